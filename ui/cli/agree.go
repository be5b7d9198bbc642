package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"bythebook/exec/clean"
	"bythebook/runbook/agree"
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
playbook's ` + "`published`" + ` names, and found this very text there. DIGEST is the digest
(sha256) that stands on that page, its first 12 digits at least: look there, do not
copy it from here.`,
		Example:           "  bythebook published bookstore 3f79bb7b435b",
		Args:              usageArgs(cobra.ExactArgs(2)),
		ValidArgsFunction: a.completeAgreed,
		RunE: func(_ *cobra.Command, args []string) error {
			digest := strings.TrimPrefix(strings.ToLower(args[1]), "sha256:")
			if !digestForm.MatchString(digest) {
				return usageError{fmt.Errorf("%q is not a digest (sha256): give at least the first 12 digits (0-9, a-f) of the one that you found", args[1])}
			}
			w, err := a.witness(args[0], f)
			if err != nil {
				return err
			}
			return w.published(digest)
		},
	}
	f.add(cmd)
	return cmd
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{12,64}$`)

// completeAgreed completes the playbook, and nothing after it.
func (a *app) completeAgreed(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completePlaybook(cmd, args, typed)
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
	w.share("agrees to")
	return nil
}

// sound makes sure that no error of the checks stands in the text. Whether
// people have agreed is not asked: that is what they are about to do.
func (w *witness) sound() error {
	var errs []string
	for _, f := range faults(w.entry, w.now) {
		errs = append(errs, fmt.Sprintf("  %s:%d [%s] %s", clean.Line(near(f.File)), f.Line, f.Code, clean.Line(f.Message)))
	}
	if len(errs) == 0 {
		return nil
	}
	fmt.Fprintf(w.Err, "Errors block agreement, and %s has %d:\n%s\n", w.entry.Playbook.ID, len(errs), brief(errs, 10))
	fmt.Fprintf(w.Err, "What to do about them: %s\n", w.command("check", near(w.entry.Path)))
	return exitStatus(exitError)
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
		return nil, usageError{errors.New(`to agree, say in your own words how your objection was settled: --settled "..."`)}
	}
	fmt.Fprintf(w.Out, "\nand now say of it:\n%s\n", indented(strings.Join(lines, "\n"), "  "))
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
	fmt.Fprintf(w.Out, "\n%s has objected. There is no full agreement until %s settles that:\n  %s\n", w.who.ID, w.who.ID,
		w.settling(w.entry, w.who.ID))
	w.share("objects to")
	return nil
}

func (w *witness) published(digest string) error {
	place := w.entry.Playbook.Published
	switch {
	case place == "":
		return errors.New("the playbook does not say where it is published; add the place, as in  published: https://wiki.example.com/dr")
	case !strings.HasPrefix(w.standing.Digest, digest):
		return fmt.Errorf("what you found at %s is another text than this one.\nPublish this one there (%s writes the page), or bring this file up to date", clean.Line(place), w.command("view", near(w.entry.Path)))
	}
	s := w.statement(agree.Published)
	s.Place = place
	w.show("has found this very text published")
	fmt.Fprintf(w.Out, "Place     %s\n", clean.Line(place))
	if err := w.sign(s); err != nil {
		return err
	}
	fmt.Fprintf(w.Out, "\n%s has found this very text at %s.\n", w.who.ID, clean.Line(place))
	w.share("found published:")
	return nil
}

// settling is what somebody types to settle their objection.
func (a *app) settling(e read.Entry, who string) string {
	return a.command("agree", near(e.Path), "--as", who) + ` --settled "..."`
}

// sentences are the lines of a text that somebody gave, without empty ones and
// without what only holds the place of a text where we show a command.
func sentences(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.Trim(line, ".") != "" && line != "TEXT" && line != "HOW" {
			lines = append(lines, line)
		}
	}
	return lines
}
