package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the program: with the word lab it is
// `bythebook lab`, with the word own an owner that stays until it is killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "lab":
			env := Env{Dir: os.Getenv("LAB_DIR"), Self: os.Args[0]}
			os.Exit(Main(context.Background(), os.Args[2:], env, os.Stdout, os.Stderr))
		case "own":
			os.Exit(own(os.Args[2], os.Args[3]))
		}
	}
	os.Exit(m.Run())
}

// own is an exercise's process: it holds the lab and does nothing else.
func own(dir, owner string) int {
	l, err := Up(context.Background(), dir, os.Args[0], 0, owner)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("fresh", l.Fresh())
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// self is this test binary.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// fixture is a lab at pace 0 in a folder of its own.
type fixture struct {
	*testing.T
	dir string
	lab *Lab
}

func begin(t *testing.T) fixture {
	t.Helper()
	f := fixture{T: t, dir: filepath.Join(t.TempDir(), "lab")}
	l, err := Up(t.Context(), f.dir, self(t), 0, "ex-20261123-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(true); err != nil {
			t.Error(err)
		}
		f.gone()
	})
	f.lab = l
	return f
}

// env is a variable of the lab.
func (f fixture) env(name string) string {
	f.Helper()
	for _, pair := range f.lab.Env() {
		if have, value, _ := strings.Cut(pair, "="); have == name {
			return value
		}
	}
	f.Fatalf("the lab has no variable %s", name)
	return ""
}

// do runs a command in this process, and wants that exit status.
func (f fixture) do(status int, args ...string) string {
	f.Helper()
	var out, err bytes.Buffer
	got := Main(f.Context(), args, Env{Dir: f.dir, Self: self(f.T)}, &out, &err)
	if got != status {
		f.Fatalf("lab %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, &out, &err)
	}
	if (err.Len() > 0) != (status != 0) {
		f.Fatalf("lab %s: status %d and stderr %q", strings.Join(args, " "), got, &err)
	}
	return out.String() + err.String()
}

// get fetches a page; status 0 is a connection that was not made.
func (f fixture) get(url string) (status int, body string) {
	f.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		f.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// answers wants a page with that status and that text in it.
func (f fixture) answers(url string, status int, text string) {
	f.Helper()
	got, body := f.get(url)
	if got != status || !strings.Contains(body, text) {
		f.Fatalf("%s: %d %s; want %d with %q", url, got, body, status, text)
	}
}

// until polls, for things that other processes do in their own time.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	for !done() {
		if pause(ctx, 5*time.Millisecond) != nil {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// gone wants that no process of this lab's folder is left.
func (f fixture) gone() {
	f.Helper()
	until(f.T, "nobody holds the folder", folder(f.dir).free)
	until(f.T, "no process is left", func() bool { return len(processes(f.T, f.dir)) == 0 })
}

// processes lists the processes that name dir in their command line. Zombies
// have none.
func processes(t *testing.T, dir string) []string {
	t.Helper()
	out, err := exec.Command("ps", "-axww", "-o", "pid=,command=").Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("no ps here to look for what is left over")
	}
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		if strings.Contains(lines.Text(), dir) {
			found = append(found, lines.Text())
		}
	}
	return found
}
