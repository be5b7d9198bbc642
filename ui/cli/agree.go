package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
	"bythebook/runbook/compare"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
)

// signFlags are those of all commands that sign.
type signFlags struct {
	key string // the file of one
	yes bool
}

func (f *signFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.key, "key", "", "sign with the key in this `FILE` (else the SSH agent's, else the one in ~/.ssh)")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask before signing")
}

func newAgree(a *app) *cobra.Command {
	f, settled := &signFlags{}, ""
	cmd := &cobra.Command{
		Use:   "agree PLAYBOOK",
		Short: "Signs exactly this text of a playbook with your SSH key",
		Long: `Says, signed with your own SSH key, that you agree to exactly this text of a
playbook and of every file that it names. It shows first what is signed and what
has changed since you last agreed. One byte changed later, and your word does not
hold for it any more.

Your word is kept beside the playbook, in ID.agreement/, for you to commit. You
are the contact that --as names, else the one called like $USER, else the one
whose key it is. Nobody can sign for somebody else. Errors of the checks block it.

If you have objected, say with --settled how that was settled.`,
		Example:           "  bythebook agree bookstore\n  bythebook agree runbooks/bookstore.yaml --as alice --key ~/.ssh/id_ed25519\n  bythebook agree bookstore --settled \"Step 4 names the password's place now.\"",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeAgreed,
		RunE: func(_ *cobra.Command, args []string) error {
			w, err := a.witness(args[0], f)
			if err != nil {
				return err
			}
			return w.agree(settled)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&settled, "settled", "", "how your objection was settled, in your words")
	return cmd
}

func newObject(a *app) *cobra.Command {
	f, because := &signFlags{}, ""
	cmd := &cobra.Command{
		Use:   "object PLAYBOOK --because TEXT",
		Short: "Objects to a playbook, signed with your SSH key",
		Long: `Says, signed with your own SSH key, what keeps you from agreeing to a playbook.
Until you say yourself how it was settled (agree --settled), there is no full
agreement, whatever becomes of the text. Anybody among the contacts may object.`,
		Example:           "  bythebook object bookstore --because \"Step 4 needs a password that only Kim has.\"",
		Args:              usageArgs(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeAgreed,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(sentences(because)) == 0 {
				return usageError{errors.New("say what keeps you from agreeing: --because TEXT")}
			}
			w, err := a.witness(args[0], f)
			if err != nil {
				return err
			}
			return w.object(because)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&because, "because", "", "what keeps you from agreeing, in your words")
	return cmd
}

func newPublished(a *app) *cobra.Command {
	f := &signFlags{}
	cmd := &cobra.Command{
		Use:   "published PLAYBOOK DIGEST",
		Short: "Says that you found this very text where it is published",
		Long: `Says, signed with your own SSH key, that you have looked at the place that the
playbook's ` + "`published`" + ` names, and found this very text there. DIGEST is the sha256
that you found on that page, its first 12 digits at least: look there, do not
copy it from here.`,
		Example:           "  bythebook published bookstore 3f79bb7b435b",
		Args:              usageArgs(cobra.ExactArgs(2)),
		ValidArgsFunction: a.completeAgreed,
		RunE: func(_ *cobra.Command, args []string) error {
			if !digestForm.MatchString(args[1]) {
				return usageError{fmt.Errorf("%q is not a digest: give at least the first 12 digits (0-9, a-f) of the sha256 that you found", args[1])}
			}
			w, err := a.witness(args[0], f)
			if err != nil {
				return err
			}
			return w.published(strings.ToLower(args[1]))
		},
	}
	f.add(cmd)
	return cmd
}

var digestForm = regexp.MustCompile(`^[0-9a-fA-F]{12,64}$`)

// completeAgreed completes the playbook, and nothing after it.
func (a *app) completeAgreed(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completePlaybook(cmd, args, typed)
}

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
		_, err = w.ring.Admit(e.Playbook, w.who.ID, w.source.Key, w.now)
	}
	return w, err
}

// agreeable is a playbook that people can agree to: one of the team's own.
func (a *app) agreeable(path string) (read.Entry, error) {
	e, err := a.playbook(path)
	switch {
	case err != nil:
		return e, err
	case e.Playbook == nil:
		return e, e.Problems
	case strings.HasPrefix(e.Path, shipped):
		own := "runbooks/" + e.Playbook.ID + ".yaml"
		return e, fmt.Errorf("%s comes with this program, so there is no place for signatures beside it. Make it your own first:\n  mkdir -p runbooks\n  %s", e.Playbook.ID, a.command("convert", e.Playbook.ID, "-o", own))
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
		c, ok := book.Contact(id)
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
	return usageError{fmt.Errorf("who are you? The playbook has no contact %q. Say --as NAME. %s", user, people(book))}
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

// sentences are the lines of a text that somebody gave, without empty ones.
func sentences(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// statement begins what is signed.
func (w *witness) statement(d agree.Decision) agree.Statement {
	return agree.Statement{
		Playbook: w.entry.Playbook.ID, Decision: d, By: w.who.Email,
		At: w.now.UTC().Truncate(time.Second), Sums: w.entry.Copy.Sums(),
	}
}

func (w *witness) agree(settled string) error {
	if err := w.sound(); err != nil {
		return err
	}
	s := w.statement(agree.Agrees)
	open := w.standing.Open(w.who.ID)
	if len(open) == 0 && settled != "" {
		return usageError{fmt.Errorf("--settled: %s has no open objection to this playbook", w.who.ID)}
	}
	w.show("agrees to exactly this text")
	w.since()
	if len(open) > 0 {
		var err error
		if s.Settled, err = w.settled(open, settled); err != nil {
			return err
		}
		for _, o := range open {
			s.Settles = append(s.Settles, o.Statement)
		}
		slices.Sort(s.Settles)
	}
	if err := w.sign(s); err != nil {
		return err
	}
	until := ""
	if p, _ := w.standing.Person(w.who.ID); !p.Until.IsZero() {
		until = ", until " + day(p.Until)
	}
	fmt.Fprintf(w.Out, "\n%s has agreed to exactly this text of %s%s.\n", w.who.ID, w.entry.Playbook.ID, until)
	w.rest()
	return w.share("agrees to")
}

// sound makes sure that no error of the checks stands in the text. Whether
// people have agreed is not asked: that is what they are about to do.
func (w *witness) sound() error {
	facts := check.Facts{Now: w.now, Absent: absent(w.entry)}
	var errs []string
	for _, f := range check.Run(w.entry.Playbook, w.entry.Copy, facts) {
		if f.Severity == check.Error && f.Allowed == "" {
			errs = append(errs, fmt.Sprintf("  %s:%d [%s] %s", clean.Line(near(f.File)), f.Line, f.Code, clean.Line(f.Message)))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	fmt.Fprintf(w.Err, "Errors block agreement, and %s %s:\n%s\n", w.entry.Playbook.ID, counted(len(errs), "has 1", "has %d"), brief(errs, 10))
	fmt.Fprintf(w.Err, "What to do about them: %s\n", w.command("check", near(w.entry.Path)))
	return exitStatus(exitError)
}

// brief joins lines, and says how many were left out.
func brief(lines []string, most int) string {
	if over := len(lines) - most; over > 0 {
		last := lines[most]
		indent := last[:len(last)-len(strings.TrimLeft(last, " "))]
		lines = append(slices.Clone(lines[:most]), fmt.Sprintf("%sand %d more", indent, over))
	}
	return strings.Join(lines, "\n")
}

// counted words a number: one of them, or many.
func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// show says what is about to be signed, and what others have against it.
func (w *witness) show(does string) {
	book := w.entry.Playbook
	fmt.Fprintf(w.Out, "Playbook  %s: %s\n", book.ID, clean.Line(book.Title))
	fmt.Fprintf(w.Out, "Who       %s <%s> %s\n", clean.Line(cmp.Or(w.who.Name, w.who.ID)), clean.Line(w.who.Email), does)
	fmt.Fprintf(w.Out, "Key       %s\n", clean.Line(w.source.String()))
	fmt.Fprintf(w.Out, "sha256    %s\n", w.standing.Digest)
	for i, line := range w.entry.Copy.Sums() {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		fmt.Fprintf(w.Out, "%-8s  %s  %s\n", []string{"of", ""}[min(i, 1)], sum[:12], clean.Line(path))
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
		return ", then to an earlier text"
	}
	return ""
}

// since shows what has changed in meaning since this person spoke last.
func (w *witness) since() {
	p, _ := w.standing.Person(w.who.ID)
	switch p.State {
	case agree.Agreed:
		fmt.Fprintf(w.Out, "\n%s agreed to this very text on %s already; to sign again renews it.\n", p.ID, day(p.On))
	case agree.Earlier, agree.Objected:
		if changes, ok := changedSince(w.entry, p.Text); ok {
			fmt.Fprintf(w.Out, "\nSince %s spoke on %s:\n%s", p.ID, day(p.On), told(changes, true))
		}
	}
}

// changedSince are the changes in meaning since a text that somebody spoke of,
// and the files that are others now. It is false where that text is not known.
func changedSince(e read.Entry, old runbook.Copy) ([]compare.Change, bool) {
	if len(old.Files) == 0 {
		return nil, false
	}
	book, problems := read.Parse(old)
	if len(problems) > 0 {
		return nil, false
	}
	changes := compare.Between(book, e.Playbook)
	for _, path := range slices.Sorted(maps.Keys(old.Files)) {
		text, still := e.Copy.Files[path]
		if path != old.Main && still && !bytes.Equal(text, old.Files[path]) { // what is new or gone is named in the playbook
			changes = append(changes, compare.Change{Path: "files", What: "file " + path + ": its content changed", Old: string(old.Files[path]), New: string(text)})
		}
	}
	return changes, true
}

// mostLines is how many lines of a value are shown, mostChanges how many changes.
const (
	mostLines   = 8
	mostChanges = 40
)

// told is what has changed, with the old value and the new one where they are
// wanted and not part of the words.
func told(changes []compare.Change, values bool) string {
	if len(changes) == 0 {
		return "  only comments and layout have changed\n"
	}
	var lines []string
	for _, c := range changes[:min(len(changes), mostChanges)] {
		lines = append(lines, indented(c.What, "  "))
		for _, v := range []struct{ name, text string }{{"was", c.Old}, {"now", c.New}} {
			if values && v.text != "" && !strings.Contains(c.What, v.text) {
				text := strings.Split(indented(strings.TrimRight(v.text, "\n"), "         "), "\n")
				lines = append(lines, "    "+v.name+": "+strings.TrimLeft(brief(text, mostLines), " "))
			}
		}
	}
	if over := len(changes) - mostChanges; over > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", over))
	}
	return strings.Join(lines, "\n") + "\n"
}

// settled is how somebody's open objections were settled, in their words.
func (w *witness) settled(open []agree.Objection, text string) ([]string, error) {
	for _, o := range open {
		fmt.Fprintf(w.Out, "\nYou objected on %s:\n%s\n", day(o.On), indented(o.Text, "  "))
	}
	if text == "" && isTerminal(w.In) {
		fmt.Fprint(w.Err, "How was it settled? One line, which is signed with the rest: ")
		text = w.line()
	}
	lines := sentences(text)
	if len(lines) == 0 {
		return nil, usageError{errors.New("to agree, say how your objection was settled: --settled TEXT")}
	}
	return lines, nil
}

func (w *witness) object(because string) error {
	s := w.statement(agree.Objects)
	s.Because = sentences(because)
	w.show("objects to this text")
	fmt.Fprintf(w.Out, "\nThe objection:\n%s\n", indented(strings.Join(s.Because, "\n"), "  "))
	for _, o := range w.standing.Open(w.who.ID) {
		fmt.Fprintf(w.Out, "\nIt takes the place of what you said on %s:\n%s\n", day(o.On), indented(o.Text, "  "))
	}
	if err := w.sign(s); err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "\n%s has objected. There is no full agreement until %s says how it was settled:\n  %s\n", w.who.ID, w.who.ID,
		w.command("agree", near(w.entry.Path), "--as", w.who.ID, "--settled", "TEXT"))
	return w.share("objects to")
}

func (w *witness) published(digest string) error {
	place := w.entry.Playbook.Published
	switch {
	case place == "":
		return errors.New("the playbook does not say where it is published; add the place, as in  published: https://wiki.example.com/dr")
	case !strings.HasPrefix(w.standing.Digest, digest):
		return fmt.Errorf("what you found at %s is another text: this one is sha256 %s.\nPublish this one there (%s writes the page), or bring this file up to date", clean.Line(place), w.standing.Digest[:12], w.command("view", near(w.entry.Path)))
	}
	s := w.statement(agree.Published)
	s.Place = place
	w.show("has found this very text published")
	fmt.Fprintf(w.Out, "Place     %s\n", clean.Line(place))
	if err := w.sign(s); err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "\n%s has found this very text at %s.\n", w.who.ID, clean.Line(place))
	return w.share("found published:")
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
	signers, err := w.ring.Admit(w.entry.Playbook, w.who.ID, key, w.now)
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
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

// rest says whose word is still missing.
func (w *witness) rest() {
	if w.entry.Playbook.Agreement == nil {
		return
	}
	if w.standing.Full() {
		fmt.Fprintln(w.Out, "Everybody who is asked has agreed.")
		return
	}
	var missing []string
	for _, p := range slices.Concat(w.standing.Asked, w.standing.Others) {
		if asked := slices.Contains(w.entry.Playbook.Agreement.By, p.ID); asked && p.State != agree.Agreed || p.State == agree.Objected {
			missing = append(missing, fmt.Sprintf("%s (%s)", p.ID, p.State))
		}
	}
	fmt.Fprintf(w.Out, "Still missing: %s.\n", strings.Join(missing, ", "))
}

// share says how the others get to see it.
func (w *witness) share(does string) error {
	top := workTree(filepath.Dir(w.entry.Path))
	if top == "" {
		fmt.Fprintf(w.Out, "It is kept in %s; put that under version control beside the playbook.\n", near(w.dir))
		return nil
	}
	git, dir := "git", near(w.dir)
	if here, err := os.Getwd(); err != nil || workTree(here) != top {
		git, dir = "git -C "+quoted(top), w.dir
	}
	message := fmt.Sprintf("%s %s %s", w.who.ID, does, w.entry.Playbook.ID)
	fmt.Fprintf(w.Out, "To share it:\n  %s add %s\n  %s commit -m %s %s\n", git, quoted(dir), git, quoted(message), quoted(dir))
	return nil
}

// workTree is the git work tree that a folder stands in, "" if it is in none.
func workTree(dir string) string {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return ""
}

var bareWord = regexp.MustCompile(`^[A-Za-z0-9_./@:+=-]+$`)

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if bareWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(clean.Line(word), "'", `'\''`) + "'"
}

// near is a path from here, where that is shorter.
func near(path string) string {
	dir, err := os.Getwd()
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
