package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/runbook/check"
	"bythebook/runbook/read"

	"github.com/spf13/cobra"
)

// A checkFormat is a form in which findings are written.
type checkFormat struct {
	name  string
	write func(checked, *bytes.Buffer) error
}

var checkFormats = []checkFormat{
	{"text", checked.text},
	{"json", func(c checked, b *bytes.Buffer) error { return check.JSON(b, c.findings) }},
	{"sarif", func(c checked, b *bytes.Buffer) error { return check.SARIF(b, c.findings, Version) }},
}

func newCheck(a *app) *cobra.Command {
	var format, severity, explain string
	cmd := &cobra.Command{
		Use:   "check PATH...",
		Short: "Looks playbooks over before the bad day",
		Long: `Looks playbooks over: what in them would fail people, where it stands, why it
matters and what to do. PATH is a playbook, or a folder of them.

An error blocks agreement, a warning must be acknowledged, advice is advice. The
exit status is 1 when an error stands. A finding that does not apply is silenced
in the playbook, with its reason: allow: [{code: LS06, reason: ..., where: PATH}].`,
		Example: "  bythebook check runbooks\n  bythebook check runbooks/bookstore.md --severity error\n  bythebook check --explain LH03",
		RunE: func(cmd *cobra.Command, args []string) error {
			if explain != "" {
				return a.explain(explain, args)
			}
			return a.check(args, format, check.Severity(severity))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json or sarif")
	cmd.Flags().StringVar(&severity, "severity", string(check.Advice), "the least that is told: error, warning or advice")
	cmd.Flags().StringVar(&explain, "explain", "", "tell about the check with this `CODE`, with an example that fails and one that passes")
	among(cmd, "format", "text", "json", "sarif")
	among(cmd, "severity", check.Severities[:]...)
	among(cmd, "explain", codes()...)
	return cmd
}

// codes are those of all checks, with what each looks for.
func codes() []string {
	var all []string
	for _, c := range check.Table {
		all = append(all, c.Code+"\t"+c.Finds)
	}
	return all
}

func (a *app) explain(code string, args []string) error {
	if len(args) > 0 {
		return usageError{errors.New("--explain CODE stands alone; see bythebook check --help")}
	}
	text, err := check.Explain(code)
	if err != nil {
		return usageError{err}
	}
	return a.emit("", []byte(text))
}

// checked is what the checks found in some documents.
type checked struct {
	findings []check.Finding
	sources  check.Sources
	ready    check.Share
	later    []string // what of them this program can't carry out yet, in words
}

func (a *app) check(paths []string, format string, least check.Severity) error {
	i := slices.IndexFunc(checkFormats, func(f checkFormat) bool { return f.name == format })
	switch {
	case len(paths) == 0:
		return usageError{errors.New("which playbook? see bythebook check --help")}
	case i < 0:
		return usageError{fmt.Errorf("--format is text, json or sarif, not %q", format)}
	case !slices.Contains(check.Severities[:], least):
		return usageError{fmt.Errorf("--severity is error, warning or advice, not %q", least)}
	}
	var entries []read.Entry
	for _, path := range paths {
		found, err := a.documents(path)
		if err != nil {
			return err
		}
		entries = append(entries, found...)
	}
	c, f := checked{sources: check.Sources{}}, a.factsOf(entries)
	for _, e := range entries {
		c.add(e, f)
	}
	blocked := check.Blocks(c.findings)
	c.findings = check.AtLeast(c.findings, least)
	var b bytes.Buffer
	if err := checkFormats[i].write(c, &b); err != nil {
		return err
	}
	if err := a.emit("", b.Bytes()); err != nil {
		return err
	}
	if blocked {
		return exitStatus(exitError)
	}
	return nil
}

// documents are the playbooks at a path: the one in a file, or all in a folder.
func (a *app) documents(path string) ([]read.Entry, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		entries, err := read.Library(path)
		if err == nil && len(entries) == 0 {
			err = fmt.Errorf("there is no playbook in %s", path)
		}
		return entries, err
	}
	e, err := a.playbook(path)
	var problems runbook.Problems
	if errors.As(err, &problems) {
		e.Problems = problems
		return []read.Entry{e}, nil
	}
	return []read.Entry{e}, err
}

// add checks one document.
func (c *checked) add(e read.Entry, f facts) {
	if e.Playbook == nil {
		c.findings = append(c.findings, check.FromProblems(e.Problems)...)
		c.sources[e.Path] = e.Copy.Files[e.Copy.Main]
		return
	}
	c.sources[e.Playbook.File] = e.Copy.Files[e.Copy.Main]
	c.findings = append(c.findings, examine(e, f)...)
	c.ready = c.ready.Plus(check.Readiness(e.Playbook))
	for i := range e.Playbook.Scenarios {
		for _, u := range exec.Later(&e.Playbook.Scenarios[i]) {
			if !slices.Contains(c.later, u.What) {
				c.later = append(c.later, u.What)
			}
		}
	}
}

// text is what the checks say, and what they do not know: that this program is
// not done yet.
func (c checked) text(b *bytes.Buffer) error {
	if err := check.Text(b, c.findings, c.sources, c.ready); err != nil || len(c.later) == 0 {
		return err
	}
	b.WriteString("Not carried out by this version, only simulated by a dry run:\n")
	for _, what := range c.later {
		fmt.Fprintf(b, "  %s\n", what)
	}
	return nil
}

// examine performs the checks on a playbook that could be read.
func examine(e read.Entry, f facts) []check.Finding {
	return check.Run(e.Playbook, e.Copy, f.all(e))
}

// absent are the files that the playbook's text leads to and that are not
// beside it. A playbook that comes with the program has nothing beside it.
func absent(e read.Entry) []string {
	if isShipped(e.Path) {
		return nil
	}
	var missing []string
	for _, file := range check.Links(e.Playbook, e.Copy) {
		path := filepath.Join(filepath.Dir(e.Path), filepath.FromSlash(file))
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, file)
		}
	}
	return missing
}
