package agree

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// ahead is how far a clock may go before the one that looks.
const ahead = 24 * time.Hour

// Full reports whether everybody who is asked has agreed and nobody objects,
// asked or not. Where nobody is asked there is no agreement.
func (s Standing) Full() bool {
	disagrees := func(p Person) bool { return p.State != Agreed }
	open := func(o Objection) bool { return o.Settled == "" }
	return len(s.Asked) > 0 && !slices.ContainsFunc(s.Asked, disagrees) && !slices.ContainsFunc(s.Objections, open)
}

// Open are somebody's objections that are not settled, the oldest first.
func (s Standing) Open(who string) []Objection {
	var open []Objection
	for _, o := range s.Objections {
		if o.By == who && o.Settled == "" {
			open = append(open, o)
		}
	}
	return open
}

// Person finds how somebody's word stands.
func (s Standing) Person(who string) (Person, bool) {
	for _, p := range slices.Concat(s.Asked, s.Others) {
		if p.ID == who {
			return p, true
		}
	}
	return Person{}, false
}

// CanSign says why a contact can't sign anything, nil if they can.
func CanSign(book *runbook.Playbook, who string) error {
	j := newJudge(book, runbook.Copy{}, time.Time{})
	c, ok := book.Contact(who)
	if !ok {
		return fmt.Errorf("nobody in the playbook has the id %s", who)
	}
	if why := j.mute(c); why != "" {
		return errors.New(why)
	}
	return nil
}

// Look says how everybody's word on a text stands at a time. dir is the folder
// PLAYBOOK.agreement, which need not exist, and "" for none; signers is the path
// of another allowed_signers than the folder's own, "" for that one.
//
// An error means that signers can't be read. Whatever is wrong with the folder
// is part of the standing: then nobody's word counts, and it says why.
func Look(book *runbook.Playbook, from runbook.Copy, dir, signers string, now time.Time) (Standing, error) {
	j := newJudge(book, from, now)
	f, err := openFolder(dir)
	switch {
	case err == nil:
		defer f.root.Close()
		j.folder = &f
		err = j.list()
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		j.unreadable = fmt.Sprintf("the folder %s can't be read: %v", dir, err)
		j.stray(j.unreadable)
	}
	if err := j.ring(signers); err != nil {
		return Standing{}, err
	}
	j.judge()
	return j.Standing, nil
}

// A judge decides whose word counts. What it has found out is the standing.
type judge struct {
	Standing
	book       *runbook.Playbook
	from       runbook.Copy
	now        time.Time
	known      []runbook.Contact // of the team, then from outside it
	byID       map[string]runbook.Contact
	byMail     map[string][]string // ids
	folder     *folder             // nil: there is none
	unreadable string              // why the folder tells nothing
	papers     map[string][]paper  // by whom they are
	keys       Ring
	keyless    string                  // why no signature can be checked
	holders    map[string][]string     // contacts, by the key that is listed for them
	texts      map[string]runbook.Copy // other ones that people spoke of, by digest
	read       int64                   // bytes of them
}

func newJudge(book *runbook.Playbook, from runbook.Copy, now time.Time) *judge {
	j := &judge{
		Standing: Standing{Digest: from.Digest()}, book: book, from: from, now: now,
		known: slices.Concat(book.Contacts, book.External),
		byID:  map[string]runbook.Contact{}, byMail: map[string][]string{}, papers: map[string][]paper{}, texts: map[string]runbook.Copy{}, holders: map[string][]string{},
	}
	for _, c := range j.known {
		j.byID[c.ID] = c
		mail := strings.ToLower(c.Email)
		j.byMail[mail] = append(j.byMail[mail], c.ID)
	}
	return j
}

func (j *judge) stray(what string) { j.Strays = append(j.Strays, what) }

// list reads which statements there are, and tells of those that are nobody's.
func (j *judge) list() error {
	papers, foreign, err := j.folder.papers()
	for _, name := range foreign {
		j.stray(name + ": it looks like a signed statement, and by its name it is none")
	}
	for _, p := range papers {
		if _, ok := j.byID[p.who]; ok {
			j.papers[p.who] = append(j.papers[p.who], p)
		} else {
			j.stray(fmt.Sprintf("%s: nobody in the playbook has the id %s", p, p.who))
		}
	}
	return err
}

// ring reads whose key is whose: from the folder, or from the file that is named
// instead. Which keys were withdrawn is the folder's in either case.
func (j *judge) ring(path string) error {
	var err error
	if j.folder != nil {
		j.keys, err = j.folder.ring()
	}
	if path != "" {
		own, fault := ReadSigners(path)
		if fault == nil && own.Sum == "" {
			fault = fmt.Errorf("%w: there is no %s", ErrList, path)
		}
		if fault != nil {
			return fault
		}
		j.keys.Signers = own
	}
	if err != nil {
		j.keyless = err.Error()
		j.stray(j.keyless)
	}
	j.Signers = j.keys.Signers.Sum
	for _, line := range j.keys.Signers.Skipped {
		j.stray(line)
	}
	return nil
}

// judge goes through everybody who is asked, and then through all others.
func (j *judge) judge() {
	asked := map[string]bool{}
	if j.book.Agreement != nil {
		for _, who := range j.book.Agreement.By {
			if !asked[who] {
				asked[who] = true
				j.Asked = append(j.Asked, j.person(j.byID[who]))
			}
		}
	}
	for _, c := range j.known {
		if asked[c.ID] || len(j.papers[c.ID]) == 0 {
			continue
		}
		if p := j.person(c); p.State != Silent {
			j.Others = append(j.Others, p)
		}
	}
	slices.SortStableFunc(j.Objections, func(a, b Objection) int { return a.On.Compare(b.On) })
	slices.SortStableFunc(j.Finds, func(a, b Find) int { return b.On.Compare(a.On) })
}

// A heard is a statement that is proven to be its author's.
type heard struct {
	Statement
	sum string // of the statement
	key string // fingerprint
}

// A say is all that one contact has said.
type say struct {
	word       heard  // their word on the text
	why        string // it is not proven
	spoke      bool
	objections []heard
	agreed     []heard // with what these settle
}

// person judges one contact.
func (j *judge) person(c runbook.Contact) Person {
	p := Person{ID: c.ID, State: Silent, Mute: j.mute(c)}
	if j.unreadable != "" {
		p.State, p.Why = Unproven, j.unreadable
		return p
	}
	said := j.listen(c)
	told := objectionsOf(c.ID, said)
	j.Objections = append(j.Objections, told...)
	open := slices.IndexFunc(told, func(o Objection) bool { return o.Settled == "" })
	switch {
	case open >= 0:
		p.State, p.On, p.Why = Objected, told[open].On, "the objection is not settled"
		if told[open].Digest != j.Digest {
			p.Why = "the objection was to another text, and is not settled"
		}
	case said.why != "":
		p.State, p.Why = Unproven, said.why
	case said.spoke:
		j.weigh(&p, said.word)
	default:
		p.Why = p.Mute
	}
	if said.spoke && said.why == "" {
		p.Key, p.Of = said.word.key, said.word.Digest()
		if p.Of != j.Digest {
			p.Text = j.text(said.word.Statement)
		}
	}
	return p
}

// text is the other text that a statement speaks of, where it is still known.
func (j *judge) text(s Statement) runbook.Copy {
	digest := s.Digest()
	c, seen := j.texts[digest]
	if !seen {
		var size int64
		c, size = j.folder.text(s, j.from.Main, maxText-j.read)
		j.read += size
		j.texts[digest] = c
	}
	return c
}

// weigh says how an agreement that is proven stands today.
func (j *judge) weigh(p *Person, word heard) {
	p.State, p.On = Agreed, word.At
	if j.book.Agreement != nil && j.book.Agreement.Valid > 0 {
		p.Until = word.At.Add(j.book.Agreement.Valid)
	}
	switch {
	case word.Digest() != j.Digest:
		p.State, p.Why, p.Until = Another, fmt.Sprintf("agreed to another text (%s)", word.Digest()[:12]), time.Time{}
	case !p.Until.IsZero() && !p.Until.After(j.now):
		p.State, p.Why = Expired, "it held until "+p.Until.Format(time.DateOnly)
	}
}

// listen reads all papers of a contact. What they found published goes into the
// standing at once.
func (j *judge) listen(c runbook.Contact) say {
	var said say
	j.count(c.ID)
	for _, p := range j.papers[c.ID] {
		proven, why := j.prove(p, c)
		if p.role == current {
			said.word, said.why, said.spoke = proven, why, true
		} else if why != "" {
			j.stray(p.String() + ": " + why)
		}
		switch {
		case why != "":
		case proven.Decision == Objects:
			said.objections = append(said.objections, proven)
		case proven.Decision == Agrees:
			said.agreed = append(said.agreed, proven)
		default:
			j.Finds = append(j.Finds, Find{By: c.ID, On: proven.At, Place: proven.Place, Digest: proven.Digest()})
		}
	}
	return said
}

// count tells of objections that are not there any more: their numbers have no
// gap, and what settled one stands beside it.
func (j *judge) count(who string) {
	filed, last := map[int]bool{}, 0
	for _, p := range j.papers[who] {
		if p.role == objection {
			filed[p.n] = true
		}
		if p.role == objection || p.role == settled {
			last = max(last, p.n)
		}
	}
	for n := 1; n <= last; n++ {
		if !filed[n] {
			j.stray(fmt.Sprintf("%s is gone: an objection was filed under that number", paper{who, objection, n}))
		}
	}
}

// objectionsOf are somebody's objections, each with their own first word on how
// it was settled. One that is there twice was being filed.
func objectionsOf(who string, said say) []Objection {
	var all []Objection
	at := map[string]int{} // in all, by the sum of the statement
	for _, o := range said.objections {
		if _, twice := at[o.sum]; twice {
			continue
		}
		at[o.sum] = len(all)
		all = append(all, Objection{By: who, On: o.At, Digest: o.Digest(), Text: strings.Join(o.Because, "\n"), Statement: o.sum})
	}
	for _, a := range said.agreed {
		for _, sum := range a.Settles {
			i, ok := at[sum]
			if ok && (all[i].Ended.IsZero() || a.At.Before(all[i].Ended)) {
				all[i].Settled, all[i].Ended = strings.Join(a.Settled, "\n"), a.At
			}
		}
	}
	return all
}

// decisions are what may be said in each kind of paper.
var decisions = map[role][]Decision{
	current:   {Agrees, Objects},
	objection: {Objects},
	settled:   {Agrees},
	published: {Published},
}

// prove reads a paper and says why it can't count, "" where it does: it must be
// of this playbook, of this person, and signed with a key that is theirs.
func (j *judge) prove(p paper, c runbook.Contact) (proven heard, why string) {
	if why := j.mute(c); why != "" {
		return heard{}, why
	}
	text, err := j.folder.read(p.String(), maxStatement)
	if errors.Is(err, fs.ErrNotExist) {
		return heard{}, "only its signature is there, " + p.signature()
	}
	if err != nil {
		return heard{}, fmt.Sprintf("%s can't be read: %v", p, err)
	}
	s, err := ParseStatement(text)
	if err != nil {
		return heard{}, fmt.Sprintf("%s is no statement: %v", p, err)
	}
	if why := j.strange(s, p, c); why != "" {
		return heard{}, why
	}
	key, why := j.signed(p, text, c.Email)
	return heard{s, sumOf(text), key}, why
}

// strange says why a statement is none of this person's on this playbook.
func (j *judge) strange(s Statement, p paper, c runbook.Contact) string {
	switch {
	case s.Playbook != j.book.ID:
		return "it was signed for another playbook, " + s.Playbook
	case s.By != c.Email:
		return fmt.Sprintf("it was signed as %s, and the playbook has %s", s.By, c.Email)
	case !slices.Contains(decisions[p.role], s.Decision):
		return fmt.Sprintf("it says %q, which does not belong into a file of this name", s.Decision)
	case s.At.After(j.now.Add(ahead)):
		return "it says that it was signed on " + s.At.Format(time.DateOnly) + ", which is still to come"
	case p.role == published && s.Place != j.book.Published:
		return "it tells of another place, " + s.Place
	}
	return ""
}

// mute says why somebody can't sign at all, "" if they can.
func (j *judge) mute(c runbook.Contact) string {
	switch same := j.byMail[strings.ToLower(c.Email)]; {
	case c.Email == "":
		return "the playbook gives no email, and a signature is made for one"
	case !mailForm.MatchString(c.Email):
		return "a signature can't be made for the email " + c.Email
	case len(same) > 1:
		return "the playbook gives the same email for " + strings.Join(same, ", ") + ": nobody can tell whose word it is"
	}
	return ""
}

// signed says with which key of the person a paper is signed, or why it is not.
func (j *judge) signed(p paper, text []byte, mail string) (key, why string) {
	signature, err := j.folder.read(p.signature(), maxSignature)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "its signature is not there, " + p.signature()
	case err != nil:
		return "", fmt.Sprintf("%s can't be read: %v", p.signature(), err)
	case j.keyless != "":
		return "", j.keyless
	}
	by, err := Verify(text, signature, j.keys.Signers, j.keys.Revoked, mail, j.now)
	if err == nil {
		err = shared(j.holding(by))
	}
	if err != nil {
		return "", err.Error()
	}
	return by.Fingerprint(), ""
}

// holding are the contacts for whom a key is listed. With a pattern, or in two
// lines, it may be more than one.
func (j *judge) holding(key Key) []string {
	id := key.id()
	ids, known := j.holders[id]
	if !known {
		ids = j.keys.Holders(j.book, key)
		j.holders[id] = ids
	}
	return ids
}
