package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// counts is how often something is tried: few times where somebody waits for
// the tests, many where everything is gone through (.ci/run).
func counts(few, many int) int {
	if os.Getenv("BYTHEBOOK_TESTS") == "all" {
		return many
	}
	return few
}

// event is the n-th event of a made-up exercise, with bodies of many shapes.
func event(n int) exec.Event {
	e := exec.Event{
		At:   time.Date(2026, 11, 23, 13, 39, 28, 439592000, time.UTC).Add(time.Duration(n) * time.Second),
		Mono: time.Duration(n) * 1234567 * time.Microsecond,
		By:   "alice@example.com",
	}
	step := fmt.Sprintf("step-%d", n/3)
	seven := 7
	bodies := []exec.Body{
		exec.StepBegan{Attempt: 1, Command: `curl -fsS "http://example.com/?a=1&b=<2>" && echo 'é ☃'`},
		exec.StepEnded{Attempt: 1, Outcome: exec.Exited, Exit: &seven, Evidence: "status",
			Checks: []exec.Check{{Mode: "exit", Want: "0", Seen: "7"}}, Output: exec.Output{From: 3, To: 90, Lines: 2, Excerpt: "a\tb\nc\x1b"}},
		exec.Noted{Text: "a note"},
		exec.Marked{Name: "recovered", Instant: e.At.Add(-time.Minute), Basis: "observed"},
		exec.Released{},
		exec.Answered{Question: "which?", Choice: 2, Say: "the second"},
	}
	if n == 0 {
		e.Body = exec.Began{Format: 1, Exercise: "ex-20261123-1", Playbook: "bookstore", Kind: exec.Rehearsal, Rule: exec.Strict,
			Sums:    []exec.Sum{{Path: "bookstore.yaml", SHA256: start}},
			Process: exec.Process{PID: os.Getpid(), Host: "host-a", User: "alice"}}
		return e
	}
	e.Step, e.Body = step, bodies[n%len(bodies)]
	return e
}

// fill writes a record of n events into a new folder and returns the folder and
// what was acknowledged.
func fill(t testing.TB, n int) (string, []exec.Event) {
	t.Helper()
	return fillAt(t, t.TempDir(), n)
}

// fillInMemory is fill for tests that open a record thousands of times: on a
// real disk they would only measure its flushes.
func fillInMemory(t testing.TB, n int) (string, []exec.Event) {
	t.Helper()
	parent, err := os.MkdirTemp("/dev/shm", "journal-*")
	if err != nil {
		return fill(t, n)
	}
	t.Cleanup(func() { os.RemoveAll(parent) })
	return fillAt(t, parent, n)
}

func fillAt(t testing.TB, parent string, n int) (string, []exec.Event) {
	t.Helper()
	dir := filepath.Join(parent, "ex")
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var acked []exec.Event
	for i := range n {
		acked = append(acked, add(t, j, event(i)))
	}
	return dir, acked
}

func add(t testing.TB, j *Journal, e exec.Event) exec.Event {
	t.Helper()
	got, err := j.Append(e)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func bytesOf(t testing.TB, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// put makes the record's file hold exactly these bytes.
func put(t testing.TB, dir string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, Name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) { // the stricter, and the faster
		d := cmp.Diff(want, got)
		t.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// TestFirst: how a record begins is known whatever comes after it, and only
// where its first line is whole.
func TestFirst(t *testing.T) {
	dir, acked := fill(t, 3)
	whole := bytesOf(t, dir)
	at := ends(whole)
	for name, c := range map[string]struct {
		text  []byte
		known bool
	}{
		"all of it":          {whole, true},
		"nothing else":       {whole[:at[0]], true},
		"damage behind it":   {append(bytes.Clone(whole[:at[0]]), "{}\n"...), true},
		"damage in it":       {bytes.Replace(whole, []byte("bookstore"), []byte("bookstole"), 1), false},
		"half of it":         {whole[:at[0]/2], false},
		"no line end at all": {bytes.Repeat([]byte("x"), 2*maxLine), false},
		"another line first": {whole[at[0]:], false},
		"nothing":            {nil, false},
	} {
		put(t, dir, c.text)
		switch got, err := First(dir); {
		case !c.known && err == nil:
			t.Errorf("%s is taken for a beginning: %+v", name, got)
		case c.known && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.known:
			same(t, name, acked[0], got)
		}
	}
}

func TestAppendIsWhatReadersSee(t *testing.T) {
	dir, acked := fill(t, 40)
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Read", acked, got)
	j, got, torn, err := Open(dir)
	if err != nil || torn != 0 {
		t.Fatal(torn, err)
	}
	defer j.Close()
	same(t, "Open", acked, got)
	for i, e := range got {
		if e.Seq != uint64(i)+1 {
			t.Fatalf("event %d is numbered %d", i, e.Seq)
		}
	}
	next := add(t, j, event(40))
	got, err = Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "going on", append(acked, next), got)
}

func TestAppendSettlesWhatCannotBeKept(t *testing.T) {
	dir, acked := fill(t, 1)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	zone := time.FixedZone("far", 5*3600+1800)
	wild := []exec.Event{
		{At: time.Now(), Mono: 1999, Body: exec.Noted{Text: "now, here, with nanoseconds"}},
		{At: time.Date(2026, 1, 1, 0, 0, 0, 999, zone), Body: exec.Marked{Name: "m", Instant: time.Now().In(zone)}},
		{At: time.Unix(0, 0), Mono: -5, By: "\xff\xfe", Step: "a\xffb", Body: exec.Noted{Text: "broken \xc3( \u2028 \x00 \\ \" </script>"}},
		{At: time.Unix(0, 0), Seq: 99, Body: exec.StepEnded{Checks: []exec.Check{}, Notices: []string{}}},
		{At: time.Unix(0, 0), Body: exec.Captured{Name: "A", Value: `"hash":"` + start + `"}` + "\n" + opening}},
	}
	for _, e := range wild {
		acked = append(acked, add(t, j, e))
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "Read", acked, got)
	if got := got[1]; got.Mono != time.Microsecond || got.At.Nanosecond()%1000 != 0 || got.At.Location() != time.UTC {
		t.Errorf("not in whole microseconds of UTC: %v, %v", got.At, got.Mono)
	}
}

func TestAppendRefuses(t *testing.T) {
	dir, acked := fill(t, 1)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	before := bytesOf(t, dir)
	for name, e := range map[string]exec.Event{
		"no body":       {At: time.Unix(0, 0)},
		"far year":      {At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), Body: exec.Noted{}},
		"far instant":   {Body: exec.Marked{Instant: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		"foreign event": {Body: foreign{}},
		"64 KiB":        {Body: exec.Noted{Text: strings.Repeat("x", maxLine)}},
	} {
		if _, err := j.Append(e); err == nil {
			t.Errorf("%s was recorded", name)
		} else if errors.Is(err, ErrTooLong) != (name == "64 KiB") || !errors.Is(err, exec.ErrUnwritable) || errors.Is(err, exec.ErrStopped) {
			t.Errorf("%s: %v", name, err)
		}
	}
	same(t, "the file", before, bytesOf(t, dir))
	add(t, j, event(1)) // a refusal is not the end
	if got, err := Read(dir); err != nil || len(got) != len(acked)+1 {
		t.Fatal(len(got), err)
	}
}

type foreign struct{}

func (foreign) Type() string { return "of.another.program" }

func TestLongestLine(t *testing.T) {
	dir, _ := fill(t, 1)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	bare := exec.Event{At: time.Unix(0, 0), Body: exec.Noted{}}
	bare.Seq = 2
	_, data, _ := settle(bare)
	empty, _ := encode(bare, data, start)
	longest := exec.Event{At: time.Unix(0, 0), Body: exec.Noted{Text: strings.Repeat("x", maxLine-len(empty))}}
	add(t, j, longest)
	j.Close()
	if got, err := Read(dir); err != nil || len(got) != 2 {
		t.Fatal(len(got), err)
	}
	whole := bytesOf(t, dir)
	put(t, dir, whole[:len(whole)-1]) // the longest torn tail there can be
	if _, _, torn, err := Open(dir); err != nil || torn != maxLine-1 {
		t.Fatal(torn, err)
	}
}

func TestCreate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := filepath.Join(t.TempDir(), "exercises", "ex-1")
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, event(0))
	j.Close()
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, Name): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}
	if _, err := Create(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a record was made over another: %v", err)
	}
	if got, err := Read(dir); err != nil || len(got) != 1 {
		t.Error(len(got), err)
	}
}

func TestOnlyARealFile(t *testing.T) {
	other, _ := fill(t, 3)
	for name, plant := range map[string]func(path string) error{
		"symlink": func(p string) error { return os.Symlink(filepath.Join(other, Name), p) },
		"pipe":    func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"folder":  func(p string) error { return os.Mkdir(p, 0o700) },
	} {
		dir := t.TempDir()
		if err := plant(filepath.Join(dir, Name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Create(dir); err == nil {
			t.Errorf("Create took a %s", name)
		}
		if _, _, _, err := Open(dir); err == nil {
			t.Errorf("Open took a %s", name)
		}
		if _, err := Read(dir); err == nil {
			t.Errorf("Read took a %s", name)
		}
	}
}

func TestNotARecord(t *testing.T) {
	dir := t.TempDir()
	if _, _, _, err := Open(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	for name, b := range map[string]string{
		"empty": "", "zeros": strings.Repeat("\x00", 5000), "text": "hello\nworld\n",
		"long": strings.Repeat("x", 3*maxLine), "half a first record": `{"v":1,"seq":1,"at":"2026`,
	} {
		put(t, dir, []byte(b))
		if _, _, _, err := Open(dir); !errors.Is(err, ErrNotRecord) {
			t.Errorf("%s: Open: %v", name, err)
		}
		if _, err := Read(dir); !errors.Is(err, ErrNotRecord) {
			t.Errorf("%s: Read: %v", name, err)
		}
		same(t, name, b, string(bytesOf(t, dir)))
	}
}

func TestHeld(t *testing.T) {
	dir, _ := fill(t, 3)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, err = Open(dir)
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), fmt.Sprintf("process %d of alice on host-a", os.Getpid())) {
		t.Errorf("second writer: %v", err)
	}
	if _, err := Read(dir); err != nil {
		t.Errorf("an observer was kept out: %v", err)
	}
	resumed := event(3)
	resumed.Body = exec.Resumed{Process: exec.Process{PID: 77, Host: "host-b", User: "bob"}}
	add(t, j, resumed)
	if _, _, _, err = Open(dir); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "process 77 of bob on host-b") {
		t.Errorf("second writer after a resume: %v", err)
	}
	j.Close()
	if j, _, _, err = Open(dir); err != nil {
		t.Fatalf("after Close: %v", err)
	}
	j.Close()
}

func TestAfterClose(t *testing.T) {
	dir, _ := fill(t, 2)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Error(err)
	}
	if _, err := j.Append(event(2)); !errors.Is(err, exec.ErrStopped) {
		t.Errorf("append after Close: %v", err)
	}
}

func TestFileChangedUnderneath(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"removed":   os.Remove,
		"cut":       func(p string) error { return os.Truncate(p, 10) },
		"longer":    func(p string) error { return os.Truncate(p, 1<<20) },
		"replaced":  func(p string) error { return errors.Join(os.Rename(p, p+".old"), os.WriteFile(p, nil, 0o600)) },
		"no folder": func(p string) error { return os.RemoveAll(filepath.Dir(p)) },
	} {
		dir, _ := fill(t, 3)
		j, _, _, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(filepath.Join(dir, Name)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := j.Append(event(3)); !errors.Is(err, exec.ErrStopped) {
				t.Errorf("%s: %v", name, err)
			}
		}
		j.Close()
	}
}

func TestVerify(t *testing.T) {
	dir, _ := fill(t, 5)
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	_, got, err := Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := bytesOf(t, dir)
	lines := strings.SplitAfter(string(b), "\n")
	first, _ := sealed([]byte(lines[0]))
	same(t, "Verify", Stat{Events: 5, First: string(first), Last: j.Head(), SHA256: digest(b)}, got)

	put(t, dir, append(b, "torn"...))
	_, got, err = Verify(dir)
	same(t, "Verify a torn record", Stat{Events: 5, First: string(first), Last: j.Head(), Torn: 4, SHA256: digest(append(b, "torn"...))}, got)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	put(t, dir, b)
	if _, _, err = Verify(dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("Verify a damaged record: %v", err)
	}
}

// TestTextIsWhatAppendWrites: a record that is made at once is the same, byte by
// byte, as one that came about event by event.
func TestTextIsWhatAppendWrites(t *testing.T) {
	dir, acked := fillInMemory(t, 40)
	text, err := Text(acked)
	if err != nil || !bytes.Equal(text, bytesOf(t, dir)) {
		t.Errorf("another record: %v", err)
	}
	long := event(0)
	long.Body = exec.Noted{Text: strings.Repeat("x", maxLine)}
	if _, err := Text([]exec.Event{long}); !errors.Is(err, ErrTooLong) {
		t.Errorf("a line that is too long: %v", err)
	}
}
