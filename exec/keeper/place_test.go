package keeper

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// TestPlainFiles: whatever a step has put where a keeper reads or writes a file,
// nothing is written through it, and nobody waits for it.
func TestPlainFiles(t *testing.T) {
	for name, set := range map[string]func(path, victim string) error{
		"a link":            func(path, victim string) error { return os.Symlink(victim, path) },
		"a link to nothing": func(path, victim string) error { return os.Symlink(victim+".new", path) },
		"an open file":      func(path, _ string) error { return os.Symlink("/proc/self/fd/1", path) },
		"a pipe":            func(path, _ string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":          func(path, _ string) error { return os.MkdirAll(filepath.Join(path, "x"), 0o700) },
	} {
		dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{note, note + ".next", "keeper.log", agentLink + ".next"} {
			if err := set(filepath.Join(dir, file), victim); err != nil {
				t.Fatal(err)
			}
		}
		if to, err := readNote(dir); err == nil {
			t.Errorf("%s: it leads to %q", name, to)
		}
		if _, err := Start(Process{Self: "/bin/false", Log: filepath.Join(dir, "keeper.log")}); err == nil {
			t.Errorf("%s: a keeper starts", name)
		}
		err := leaveNote(dir, "/somewhere.sock")
		if to, _ := readNote(dir); (to == "/somewhere.sock") != (err == nil) || err != nil && name != "a folder" {
			t.Errorf("%s: the note is %q, %v", name, to, err)
		}
		_ = Agent(dir, "/agent.sock")
		if text, err := os.ReadFile(victim); string(text) != "precious" {
			t.Errorf("%s: what it leads to holds %q, %v", name, text, err)
		}
		if beside, err := os.ReadDir(filepath.Dir(victim)); err != nil || len(beside) != 1 {
			t.Errorf("%s: beside it are %v, %v", name, beside, err)
		}
	}
}
