package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"

	"github.com/spf13/cobra"
)

// starting is the playbook that people start from.
//
//go:embed new.yaml
var starting string

func newNew(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "new NAME",
		Short: "Writes a commented playbook to start from",
		Long: `Writes NAME.yaml: a playbook that holds together, with a comment where one is
needed and TODO where only you can know. A file that is there is never replaced.`,
		Example: "  bythebook new bookstore\n  bythebook new bookstore -o runbooks/bookstore.yaml",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			if !runbook.ValidID.MatchString(name) {
				return usageError{fmt.Errorf("%q is not an id: use a-z, 0-9 and -, 64 characters at most", name)}
			}
			if out == "" {
				out = name + ".yaml"
			}
			if err := a.begin(out, name); err != nil {
				return err
			}
			fmt.Fprintf(a.Out, "%s is written. Next: fill in what says TODO, then %s\n", clean.Line(out), a.command("check", out))
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write to this file (else NAME.yaml)")
	return cmd
}

// begin writes the playbook, unless there is a file already.
func (a *app) begin(path, name string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing the playbook: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; nothing was written", path)
	}
	if err != nil {
		return fmt.Errorf("writing the playbook: %w", err)
	}
	text := strings.NewReplacer("NAME", name, "TODAY", time.Now().UTC().Format(time.DateOnly)).Replace(starting)
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing the playbook: %w", err), os.Remove(path))
	}
	return nil
}
