package keeper

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFolder: sockets are only put where nobody else can reach.
func TestFolder(t *testing.T) {
	for name, tt := range map[string]struct {
		runtime, temp string                // below the test's folder; "" for none
		before        func(at string) error // makes what is there already
		want, why     string                // the folder, or what is said against it
	}{
		"the user's own":            {runtime: "run", temp: "tmp", want: "run/bythebook"},
		"it is there already":       {runtime: "run", temp: "tmp", want: "run/bythebook", before: func(at string) error { return os.Mkdir(at, 0o700) }},
		"there is none":             {temp: "tmp", want: fmt.Sprint("tmp/bythebook-", os.Getuid())},
		"the one named is not":      {runtime: "gone", temp: "tmp", want: fmt.Sprint("tmp/bythebook-", os.Getuid())},
		"others can reach in":       {runtime: "run", temp: "tmp", why: "chmod 700", before: func(at string) error { return mkdir(at, 0o750) }},
		"a link":                    {runtime: "run", temp: "tmp", why: "no folder", before: func(at string) error { return os.Symlink("/", at) }},
		"a file":                    {runtime: "run", temp: "tmp", why: "no folder", before: func(at string) error { return os.WriteFile(at, nil, 0o600) }},
		"somebody else's":           {runtime: "run", temp: "tmp", why: "somebody else", before: func(at string) error { return foreign(at) }},
		"too long for a socket":     {temp: "tmp" + strings.Repeat("/x", 50), why: "longer than"},
		"nothing can be made in it": {temp: "gone", why: "make the folder"},
	} {
		t.Run(name, func(t *testing.T) {
			base := t.TempDir()
			for _, dir := range []string{"run", "tmp"} {
				if err := os.Mkdir(filepath.Join(base, dir), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if tt.why == "somebody else" && os.Getuid() != 0 {
				t.Skip("only root can give a folder away, and this case needs it")
			}
			if tt.before != nil {
				if err := tt.before(filepath.Join(base, "run/bythebook")); err != nil {
					t.Fatal(err)
				}
			}
			runtime := ""
			if tt.runtime != "" {
				runtime = filepath.Join(base, tt.runtime)
			}
			got, err := Folder(runtime, filepath.Join(base, tt.temp))
			switch {
			case tt.why == "" && (err != nil || got != filepath.Join(base, tt.want)):
				t.Errorf("it is %q, %v, want %q", got, err, tt.want)
			case tt.why != "" && (err == nil || !strings.Contains(err.Error(), tt.why)):
				t.Errorf("it is %q, %v, want an error with %q", got, err, tt.why)
			}
			if info, e := os.Stat(got); tt.why == "" && (e != nil || info.Mode().Perm() != 0o700) {
				t.Errorf("its mode is %v, %v", info, e)
			}
		})
	}
}

// mkdir makes a folder of exactly that mode.
func mkdir(at string, mode os.FileMode) error {
	if err := os.Mkdir(at, 0o700); err != nil {
		return err
	}
	return os.Chmod(at, mode)
}

// foreign makes a folder of another user's.
func foreign(at string) error {
	if err := os.Mkdir(at, 0o700); err != nil {
		return err
	}
	return os.Chown(at, 65534, 65534)
}
