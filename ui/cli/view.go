package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bythebook/runbook"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
	"bythebook/runbook/view"
	"bythebook/ui/part"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

func newView(a *app) *cobra.Command {
	var asJSON bool
	var out string
	cmd := &cobra.Command{
		Use:   "view [PLAYBOOK [SCENARIO]]",
		Short: "Shows a playbook as a page, or the whole library as one",
		Long: `Shows a playbook as Markdown, for reading and for publishing: whom to call when
something fails, in order, then each scenario with its procedures, then what the
document says of the system and of itself. PLAYBOOK is a path, or the id of a
playbook in the library; of a folder, or without one, it is the page of the
library: every playbook with its state, its problems and its gates.

On a terminal the page is rendered; elsewhere it is Markdown.`,
		Example:           "  bythebook view bookstore\n  bythebook view runbooks/bookstore.md api-failure\n  bythebook view bookstore --json | jq '.scenarios | keys'\n  bythebook view runbooks -o runbooks/README.md",
		Args:              usageArgs(cobra.MaximumNArgs(2)),
		ValidArgsFunction: a.completePlaybook,
		RunE: func(_ *cobra.Command, args []string) error {
			args = append(args, "", "")
			text, err := a.page(args[0], args[1], asJSON)
			if err != nil {
				return err
			}
			if tty, ok := a.Out.(*os.File); ok && out == "" && !asJSON && isTerminal(tty) {
				text = a.rendered(tty, text)
			}
			return a.emit(out, text)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the model that was understood, for programs")
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	return cmd
}

// page is the page of a playbook, of one of its scenarios, or of a library.
func (a *app) page(path, scenario string, asJSON bool) ([]byte, error) {
	if info, err := os.Stat(path); path == "" || err == nil && info.IsDir() {
		if asJSON || scenario != "" {
			return nil, usageError{errors.New("--json and SCENARIO are for a playbook, not for a library")}
		}
		return a.libraryPage(path)
	}
	e, err := a.playbook(path)
	if err != nil {
		return nil, err
	}
	if e.Playbook == nil {
		return nil, e.Problems
	}
	if asJSON && scenario != "" {
		return nil, usageError{errors.New("--json is of a whole playbook; leave SCENARIO out")}
	}
	if asJSON {
		return read.JSON(e.Playbook, e.Copy.Digest()), nil
	}
	if scenario == "" {
		return []byte(view.Markdown(e.Playbook, e.Copy.Digest())), nil
	}
	if _, err := chooseScenario(e.Playbook, scenario); err != nil {
		return nil, err
	}
	s, _ := e.Playbook.Scenario(scenario)
	return []byte(view.Scenario(e.Playbook, s, e.Copy.Digest())), nil
}

// libraryPage is every playbook with its state, its problems and its gates.
func (a *app) libraryPage(dir string) ([]byte, error) {
	entries, _, err := a.entries(dir)
	if err != nil {
		return nil, err
	}
	f := a.facts(entries...)
	rows := make([]view.Entry, len(entries))
	for i, e := range entries {
		rows[i] = view.Entry{Book: e.Playbook, Path: e.Path, Digest: e.Copy.Digest(), Problems: len(e.Problems)}
		if e.Playbook == nil {
			continue
		}
		counts := weigh(examine(e, f))
		rows[i].Errors, rows[i].Warnings, rows[i].Advice = counts[check.Error], counts[check.Warning], counts[check.Advice]
		for _, r := range f.records {
			if r.Real() && r.State.Began.Playbook == e.Playbook.ID {
				rows[i].LastExercise = r.ID
			}
		}
	}
	return []byte(view.Library(rows)), nil
}

// weigh counts the findings that stand, by severity.
func weigh(findings []check.Finding) map[check.Severity]int {
	counts := map[check.Severity]int{}
	for _, f := range findings {
		if f.Allowed == "" {
			counts[f.Severity]++
		}
	}
	return counts
}

// widest is how wide a page is at most: longer lines are hard to follow.
const widest = 100

// rendered is a page as a terminal shows it.
func (a *app) rendered(tty *os.File, text []byte) []byte {
	l := a.look()
	l.Dark = true
	return []byte(strings.Join((&part.Page{Whole: true}).Lines(l, undrawn(string(text)), min(columns(tty), widest)), "\n") + "\n")
}

// columns are those of the terminal that something is written to, or 80.
func columns(out io.Writer) int {
	if tty, ok := out.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(tty.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			return int(size.Col)
		}
	}
	return 80
}

// undrawn leaves out the charts: a terminal cannot draw them, and what they say
// stands in tables as well.
func undrawn(page string) string {
	for {
		before, chart, found := strings.Cut(page, "```mermaid\n")
		_, after, closed := strings.Cut(chart, "\n```\n")
		if !found || !closed {
			return page
		}
		page = before + after
	}
}

func newConvert(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "convert FILE.md",
		Short: "Writes a Markdown playbook as the YAML that was understood",
		Long: `Writes the YAML that was understood of a Markdown playbook. Reading that gives the
same playbook, so it shows exactly what would be performed. With -o the files that
the playbook names are put beside it, where they are not there yet; so a playbook
that comes with the program becomes one of your own.`,
		Example: "  bythebook convert runbooks/bookstore.md > bookstore.yaml\n  bythebook convert etcd -o runbooks/etcd.yaml",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			e, err := a.playbook(args[0])
			if err != nil {
				return err
			}
			if e.Playbook == nil {
				return e.Problems
			}
			text := append(openPoints(e.Playbook.Remarks), read.YAML(e.Playbook)...)
			if out == "" {
				return a.emit("", text)
			}
			return a.settle(out, text, e.Copy)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file instead of the terminal")
	return cmd
}

// settle writes a playbook to a file, and beside it the files that it names. None
// of those that are there already is replaced.
func (a *app) settle(path string, text []byte, from runbook.Copy) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := a.emit(path, text); err != nil {
		return err
	}
	for name, content := range from.Files {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Lstat(to); name == from.Main || err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", to, err)
		}
		if err := os.WriteFile(to, content, 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", to, err)
		}
	}
	return nil
}

// openPoints are comments that say what the text left open, and how it was read.
func openPoints(remarks []runbook.Remark) []byte {
	var b strings.Builder
	for _, r := range remarks {
		fmt.Fprintf(&b, "# %s: %s [%s]\n", r.Path, strings.Join(strings.Fields(r.Message), " "), r.Code)
	}
	return []byte(b.String())
}
