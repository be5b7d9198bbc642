package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
)

// forms are those in which records and standings are shown.
var forms = []string{"text", "md", "json"}

// formFlags choose one of them.
type formFlags struct {
	format string
	json   bool
}

func (f *formFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.format, "format", "text", "text, md or json")
	cmd.Flags().BoolVar(&f.json, "json", false, "for programs, the same as --format json")
	among(cmd, "format", forms...)
}

// chosen is the form that was asked for, by either flag.
func (f *formFlags) chosen(cmd *cobra.Command) (string, error) {
	switch {
	case !slices.Contains(forms, f.format):
		return "", usageError{fmt.Errorf("--format is text, md or json, not %q", f.format)}
	case !f.json:
		return f.format, nil
	case cmd.Flags().Changed("format") && f.format != "json":
		return "", usageError{errors.New("--json and --format " + f.format + " are two forms; say one")}
	}
	return "json", nil
}
