package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/read"
)

// A witness is one person about to sign, and what there is to sign.
type witness struct {
	*app
	entry    read.Entry
	who      runbook.Contact
	now      time.Time
	dir      string // of the agreement
	ring     agree.Ring
	source   agree.Source
	standing agree.Standing
	yes      bool
}

// witness finds out who signs what with which key, and refuses early what would
// be refused in the end.
func (a *app) witness(path string, f *signFlags) (*witness, error) {
	e, err := a.agreeable(path)
	if err != nil {
		return nil, err
	}
	w := &witness{app: a, entry: e, now: time.Now(), dir: agree.Dir(e.Path, e.Playbook.ID), yes: f.yes}
	if w.ring, err = agree.ReadRing(w.dir); err != nil {
		return nil, err
	}
	if w.standing, err = agree.Look(e.Playbook, e.Copy, w.dir, "", w.now); err != nil {
		return nil, err
	}
	if err := w.identify(f.key); err != nil {
		return nil, err
	}
	if err := agree.CanSign(e.Playbook, w.who.ID); err != nil {
		return nil, fmt.Errorf("%s can't sign: %w", w.who.ID, err)
	}
	if w.source, err = agree.Choose(context.Background(), w.wish(f.key, w.who.Email), w.now); err != nil {
		return nil, err
	}
	if w.source.Key.Known() {
		_, err = w.admit(w.source.Key)
	}
	return w, err
}

// admit is the new text of allowed_signers where a key is this person's first.
func (w *witness) admit(key agree.Key) ([]byte, error) {
	signers, err := w.ring.Admit(w.entry.Playbook, w.who.ID, key, w.now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", near(w.dir), err)
	}
	return signers, nil
}

// agreeable is a playbook that people can agree to: one of the team's own.
func (a *app) agreeable(path string) (read.Entry, error) {
	e, err := a.playbook(path)
	switch {
	case err != nil:
		return e, err
	case e.Playbook == nil:
		return e, e.Problems
	case isShipped(e.Path):
		return e, fmt.Errorf("%s comes with this program, so there is no place for signatures beside it. Make it your own first:\n  %s", e.Playbook.ID, a.adopt(e.Playbook.ID))
	}
	return e, nil
}

func (w *witness) wish(key, mail string) agree.Wish {
	return agree.Wish{File: key, Socket: w.Getenv("SSH_AUTH_SOCK"), Home: w.Getenv("HOME"), Identity: mail, Signers: w.ring.Signers}
}

// identify finds the contact who signs: the one that is named, else the one
// called like the user, else the one whose key it is.
func (w *witness) identify(key string) error {
	book, user := w.entry.Playbook, w.Getenv("USER")
	for _, id := range []string{w.app.who, user} {
		c, ok := called(book, id)
		if ok {
			w.who = c
			return nil
		}
		if id == w.app.who && id != "" {
			return usageError{fmt.Errorf("--as %s: the playbook has no such contact. %s", id, people(book))}
		}
	}
	source, err := agree.Choose(context.Background(), w.wish(key, ""), w.now)
	if err == nil && source.Key.Known() {
		if ids := w.ring.Holders(book, source.Key); len(ids) == 1 {
			w.who, _ = book.Contact(ids[0])
			return nil
		}
	}
	none := fmt.Sprintf("The playbook has no contact %q", user)
	if user == "" {
		none = "$USER is empty"
	}
	return usageError{fmt.Errorf("who are you? %s. Say --as NAME. %s", none, people(book))}
}

// called finds a contact by id, or by a name that only one has.
func called(book *runbook.Playbook, name string) (runbook.Contact, bool) {
	if c, ok := book.Contact(name); ok {
		return c, true
	}
	var same []runbook.Contact
	for _, c := range book.Contacts {
		if name != "" && strings.EqualFold(c.Name, name) {
			same = append(same, c)
		}
	}
	if len(same) != 1 {
		return runbook.Contact{}, false
	}
	return same[0], true
}

// people lists the contacts by whose ids one may sign.
func people(book *runbook.Playbook) string {
	var all []string
	for _, c := range book.Contacts {
		all = append(all, c.ID)
	}
	if len(all) == 0 {
		return "It names nobody: add the people to its contacts, each with an email"
	}
	return "Its contacts: " + strings.Join(all, ", ")
}

// statement begins what is signed.
func (w *witness) statement(d agree.Decision) agree.Statement {
	return agree.Statement{
		Playbook: w.entry.Playbook.ID, Decision: d, By: w.who.Email,
		At: w.now.UTC().Truncate(time.Second), Sums: w.entry.Copy.Sums(),
	}
}

// show says what is about to be signed, and what others have against it.
func (w *witness) show(does string) {
	book := w.entry.Playbook
	fmt.Fprintf(w.Out, "Playbook  %s: %s\n", book.ID, clean.Line(book.Title))
	fmt.Fprintf(w.Out, "Who       %s <%s> %s\n", clean.Line(cmp.Or(w.who.Name, w.who.ID)), clean.Line(w.who.Email), does)
	fmt.Fprintf(w.Out, "Key       %s\n", clean.Line(w.source.String()))
	fmt.Fprintf(w.Out, "Digest (sha256) of the whole text, as its page shows it:\n          %s\n", w.standing.Digest)
	label := "made of"
	for _, line := range w.entry.Copy.Sums() {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		fmt.Fprintf(w.Out, "%-8s  %s  %s\n", label, sum[:12], clean.Line(path))
		label = ""
	}
	switch {
	case book.Agreement == nil:
		fmt.Fprintln(w.Out, "The playbook names nobody who has to agree; it can be signed all the same.")
	case !slices.Contains(book.Agreement.By, w.who.ID):
		fmt.Fprintf(w.Out, "The playbook does not ask %s to agree; it can be signed all the same.\n", w.who.ID)
	}
	for _, o := range w.standing.Objections {
		if o.By != w.who.ID && o.Settled == "" {
			fmt.Fprintf(w.Out, "\n%s objects since %s%s:\n%s\n", o.By, day(o.On), w.to(o), indented(o.Text, "  "))
		}
	}
}

// to says of an objection that it was made to another text.
func (w *witness) to(o agree.Objection) string {
	if o.Digest != w.standing.Digest {
		return ", then to another text"
	}
	return ""
}

// sign asks, signs, keeps the statement, and then looks at it as anybody would.
func (w *witness) sign(s agree.Statement) error {
	if _, err := agree.ParseStatement(s.Bytes()); err != nil {
		return fmt.Errorf("this can't be signed: %w", err)
	}
	if err := w.consent(); err != nil {
		return err
	}
	signature, key, err := w.source.Sign(context.Background(), s.Bytes(), w.Err)
	if err != nil {
		return err
	}
	if w.ring, err = agree.ReadRing(w.dir); err != nil { // people may have changed it while somebody was asked
		return err
	}
	signers, err := w.admit(key)
	if err != nil {
		return err
	}
	if err := agree.Keep(w.dir, w.who.ID, s, signature, w.entry.Copy, signers); err != nil {
		return err
	}
	if err := w.proven(s); err != nil {
		return err
	}
	if signers != nil {
		fmt.Fprintf(w.Out, "\nThis is the first key of %s here, and it is listed now:\n  %s\nWhoever reviews the commit confirms with %s that the key is theirs.\n", w.who.ID, clean.Line(key.String()), w.who.ID)
	}
	return nil
}

// consent asks before anything is signed.
func (w *witness) consent() error {
	switch {
	case w.yes:
		return nil
	case !isTerminal(w.In):
		return usageError{errors.New("nothing was signed, because nobody can be asked here; add --yes to sign without being asked")}
	}
	fmt.Fprint(w.Err, "\nSign this? Type y, anything else leaves it: ")
	if answer := strings.ToLower(w.line()); answer != "y" && answer != "yes" {
		fmt.Fprintln(w.Err, "Nothing was signed.")
		return exitStatus(exitError)
	}
	return nil
}

// proven looks at the folder anew, and makes sure that the statement counts.
func (w *witness) proven(s agree.Statement) error {
	var err error
	if w.standing, err = agree.Look(w.entry.Playbook, w.entry.Copy, w.dir, "", time.Now()); err != nil {
		return err
	}
	p, _ := w.standing.Person(w.who.ID)
	ok := false
	switch s.Decision {
	case agree.Agrees:
		ok = p.State == agree.Agreed
	case agree.Objects:
		ok = p.State == agree.Objected
	case agree.Published:
		ok = slices.ContainsFunc(w.standing.Finds, func(f agree.Find) bool { return f.By == w.who.ID && f.On.Equal(s.At) })
	}
	if !ok {
		return fmt.Errorf("it was signed and written to %s, but does not count there: %s", near(w.dir), cmp.Or(p.Why, strings.Join(w.standing.Strays, "; "), string(p.State)))
	}
	return nil
}
