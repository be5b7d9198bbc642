package history_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/exec/journal"
	"bythebook/runbook"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

// now is when the tests' homes are read.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// web is as small as a playbook with a file of its own can be.
const web = `playbook: web
title: Web failover
files: [mend.sh]
scenarios:
  web-down:
    title: The web server is down
    rto: 30m
    recovery:
      - {id: mend, do: Mend it., run: ./mend.sh, expect: {exit: 0}}
    test:
      - {id: answers, do: It answers., run: curl localhost, expect: {exit: 0}}
`

// load writes a playbook and its script somewhere and reads it.
func load(t testing.TB, text string) read.Entry {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "mend.sh"), []byte("systemctl restart nginx\n"))
	put(t, filepath.Join(dir, "web.yaml"), []byte(text))
	return historytest.Load(t, filepath.Join(dir, "web.yaml"))
}

func put(t testing.TB, path string, text []byte) {
	t.Helper()
	_ = os.Remove(path) // a file that is written over may have to wait for the disk
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// readAll is Read, which must not fail.
func readAll(t testing.TB, home string) []history.Record {
	t.Helper()
	all, err := history.Read(home)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// three are exercises of one day, and their ids.
func three(t testing.TB, home string) []string {
	t.Helper()
	text := load(t, web)
	var ids []string
	for n := range 3 {
		took := map[string]time.Duration{"mend": time.Duration(n+1) * time.Minute}
		ids = append(ids, historytest.Exercise(t, home, historytest.Spec{Text: text, At: now.Add(time.Duration(n) * time.Hour), Took: took}))
	}
	return ids
}

// A figure is what counts of a record.
type figure struct {
	ID         string
	Verdicts   exec.Verdicts
	Objectives []exec.Objective
	Deviations []exec.Deviation
}

// figures are those of all records but one, and apart from them its own figure
// and its damage.
func figures(t testing.TB, home, but string) (others []figure, own figure, damage error) {
	t.Helper()
	for _, r := range readAll(t, home) {
		f := figure{r.ID, r.Verdicts, r.Objectives, r.Deviations}
		switch {
		case r.ID == but:
			damage, own = r.Damage, f
		case r.Damage != nil:
			t.Fatalf("%s: %v", r.ID, r.Damage)
		default:
			others = append(others, f)
		}
	}
	return others, own, damage
}

func TestReadsWhatWasGenerated(t *testing.T) {
	home, library := t.TempDir(), t.TempDir()
	specs := historytest.Exercises(t, home, historytest.Library(t, library, 5), 60, now)
	all := readAll(t, home)
	if len(all) != len(specs) {
		t.Fatalf("%d of %d exercises were read", len(all), len(specs))
	}
	for i, r := range all {
		b, spec := r.State.Began, specs[i]
		if r.Damage != nil || b.Exercise != r.ID || b.Playbook != spec.Text.Playbook.ID || b.Scenario != spec.Scenario || !r.State.First.Equal(spec.At) {
			t.Errorf("%s is %s of %s at %v (%v), want %s of %s at %v", r.ID, b.Scenario, b.Playbook, r.State.First, r.Damage, spec.Scenario, spec.Text.Playbook.ID, spec.At)
		}
		if d := cmp.Diff(figure{r.ID, exec.Judge(r.State), exec.Objectives(r.State), exec.Deviations(r.State)}, figure{r.ID, r.Verdicts, r.Objectives, r.Deviations}); d != "" {
			t.Errorf("%s is judged otherwise than alone:\n%s", r.ID, d)
		}
	}
}

func TestExercisesOfOneTextShareIt(t *testing.T) {
	home := t.TempDir()
	texts := historytest.Library(t, t.TempDir(), 2)
	historytest.Exercises(t, home, texts, 8, now)
	all := readAll(t, home)
	seen := map[*runbook.Playbook]bool{}
	for _, r := range all {
		seen[r.State.Book] = true
	}
	if len(seen) != len(texts) {
		t.Errorf("%d texts were parsed to %d playbooks", len(texts), len(seen))
	}
	known, err := history.Read(home, texts...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range known {
		if d := cmp.Diff(all[i].State.Book, r.State.Book, cmp.Exporter(func(reflect.Type) bool { return true })); d != "" {
			t.Fatalf("%s: a text that is known is another one:\n%s", r.ID, d)
		}
	}
}

// TestReadOf: of some playbooks nothing is missing, of others nothing is read,
// and what is damaged may be anybody's.
func TestReadOf(t *testing.T) {
	home := t.TempDir()
	texts := historytest.Library(t, t.TempDir(), 3)
	historytest.Exercises(t, home, texts, 30, now)
	all := readAll(t, home)
	first := texts[0].Playbook.ID
	for name, c := range map[string]struct {
		of     []string
		others bool
	}{
		"one":           {[]string{first}, true},
		"two":           {[]string{first, texts[2].Playbook.ID}, true},
		"every one":     {[]string{first, texts[1].Playbook.ID, texts[2].Playbook.ID}, false},
		"one not known": {[]string{"elsewhere"}, true},
		"none":          {nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, others, err := history.ReadOf(home, c.of, texts...)
			if err != nil {
				t.Fatal(err)
			}
			var want, ids []string
			for _, r := range all {
				if slices.Contains(c.of, r.State.Began.Playbook) {
					want = append(want, r.ID)
				}
			}
			for _, r := range got {
				ids = append(ids, r.ID)
			}
			if d := cmp.Diff(want, ids); d != "" || others != c.others {
				t.Errorf("there are others: %v (-want +got):\n%s", others, d)
			}
		})
	}
	put(t, filepath.Join(all[1].Dir, journal.Name), []byte("{}\n"))
	got, _, err := history.ReadOf(home, []string{"elsewhere"})
	if err != nil || len(got) != 1 || got[0].ID != all[1].ID || got[0].Damage == nil {
		t.Errorf("the damaged record is not the only one: %+v, %v", got, err)
	}
	if got, others, err := history.ReadOf(t.TempDir(), []string{first}); len(got) != 0 || others || err != nil {
		t.Errorf("of a home that was never used: %v, %v, %v", got, others, err)
	}
}

func TestAHomeWithoutRecordsIsEmpty(t *testing.T) {
	empty := t.TempDir()
	if err := os.Mkdir(filepath.Join(empty, "exercises"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, home := range []string{empty, filepath.Join(empty, "missing")} {
		if all := readAll(t, home); len(all) != 0 {
			t.Errorf("%s: %d records", home, len(all))
		}
	}
}

// TestAHomeThatCannotBeRead says so: nobody must take it for an empty one.
func TestAHomeThatCannotBeRead(t *testing.T) {
	home := t.TempDir()
	put(t, filepath.Join(home, "exercises"), nil)
	_, err := history.Read(home)
	pipe(t, filepath.Join(home, "exercises"))
	_, piped := history.Read(home)
	for _, err := range []error{err, piped} {
		if !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), home) {
			t.Errorf("%v", err)
		}
	}
}

// TestNoRecords are folders and files that are no exercise, and no damage.
func TestNoRecords(t *testing.T) {
	home := t.TempDir()
	three(t, home)
	for _, name := range []string{"ex-20261123-4", "ex-20261123-5", "ex-20261123-6", ".git"} {
		if err := os.Mkdir(history.Dir(home, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(history.Dir(home, "ex-20261123-5"), journal.Name), nil)
	first, _, _ := bytes.Cut(get(t, filepath.Join(history.Dir(home, "ex-20261123-1"), journal.Name)), []byte("\n"))
	put(t, filepath.Join(history.Dir(home, "ex-20261123-6"), journal.Name), first[:len(first)/2])
	put(t, history.Dir(home, "ex-20261123-7"), []byte("a file"))
	if err := syscall.Mkfifo(history.Dir(home, "ex-20261123-8"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all := readAll(t, home); len(all) != 3 {
		t.Errorf("%d records, want 3", len(all))
	}
}

// TestDamage: each is told in words, and changes nothing about the others.
func TestDamage(t *testing.T) {
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	line := func(dir string, n int) []byte {
		return bytes.SplitAfter(get(t, filepath.Join(dir, journal.Name)), []byte("\n"))[n]
	}
	for _, row := range []struct {
		name  string
		harm  func(t *testing.T, dir string)
		words string
		is    error // in the chain
	}{
		{"a line left out", func(t *testing.T, dir string) {
			path := filepath.Join(dir, journal.Name)
			put(t, path, bytes.Replace(get(t, path), line(dir, 3), nil, 1))
		}, "line 4", journal.ErrDamaged},
		{"something else in the journal's place", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, journal.Name), []byte("Bob mended it on Tuesday.\n"))
		}, "no exercise has begun", journal.ErrNotRecord},
		{"nothing but zeros, too many for a start", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, journal.Name), make([]byte, 2<<20))
		}, "no exercise has begun", journal.ErrNotRecord},
		{"does not begin with its exercise", func(t *testing.T, dir string) {
			text, err := journal.Text([]exec.Event{{At: now, Body: exec.Noted{Text: "Hello."}}})
			must(t, err)
			put(t, filepath.Join(dir, journal.Name), text)
		}, "does not begin with its exercise", nil},
		{"a later format", func(t *testing.T, dir string) { rewrite(t, dir, func(b *exec.Began) { b.Format = 2 }) }, "its format is 2", nil},
		{"another's name", func(t *testing.T, dir string) { rewrite(t, dir, func(b *exec.Began) { b.Exercise = "ex-20261123-1" }) }, `the record of "ex-20261123-1"`, nil},
		{"a scenario that its text has not got", func(t *testing.T, dir string) {
			rewrite(t, dir, func(b *exec.Began) { b.Scenario = "flood" })
		}, `no scenario "flood"`, nil},
		{"the journal is a link", func(t *testing.T, dir string) {
			path := filepath.Join(dir, journal.Name)
			must(t, os.Rename(path, filepath.Join(dir, "kept")))
			must(t, os.Symlink("kept", path))
		}, "links are not followed", nil},
		{"the journal is a pipe", func(t *testing.T, dir string) { pipe(t, filepath.Join(dir, journal.Name)) }, "not a regular file", nil},
		{"the journal is a folder", func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, journal.Name)))
			must(t, os.Mkdir(filepath.Join(dir, journal.Name), 0o700))
		}, "not a regular file", nil},
		{"the record is a link", func(t *testing.T, dir string) {
			away := t.TempDir()
			must(t, os.Rename(dir, filepath.Join(away, "record")))
			must(t, os.Symlink(filepath.Join(away, "record"), dir))
		}, "it is a link", nil},
		{"no frozen copy", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "playbook"))) }, "reading playbook/", fs.ErrNotExist},
		{"a file of the frozen copy is missing", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "playbook", "mend.sh"))) }, "playbook/mend.sh", fs.ErrNotExist},
		{"a file of the frozen copy is changed", func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "playbook", "mend.sh"), []byte("systemctl restart apache\n"))
		}, "not those that the record speaks of", nil},
		{"a file of the frozen copy is a pipe", func(t *testing.T, dir string) { pipe(t, filepath.Join(dir, "playbook", "mend.sh")) }, "not a regular file", nil},
		{"the frozen copy is a pipe", func(t *testing.T, dir string) { pipe(t, filepath.Join(dir, "playbook")) }, "reading playbook/", syscall.ENOTDIR},
		{"the frozen copy is a link", func(t *testing.T, dir string) {
			away := filepath.Join(t.TempDir(), "playbook")
			must(t, os.Rename(filepath.Join(dir, "playbook"), away))
			must(t, os.Symlink(away, filepath.Join(dir, "playbook")))
		}, "path escapes", nil},
		{"a text that this program can't read", func(t *testing.T, dir string) {
			text := []byte(web + "colour: green\n")
			put(t, filepath.Join(dir, "playbook", "web.yaml"), text)
			c := runbook.Copy{Main: "web.yaml", Files: map[string][]byte{"web.yaml": text, "mend.sh": get(t, filepath.Join(dir, "playbook", "mend.sh"))}}
			rewrite(t, dir, func(b *exec.Began) { b.Digest = c.Digest() })
		}, "colour", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			home := t.TempDir()
			victim := three(t, home)[1]
			want, _, damage := figures(t, home, victim)
			if damage != nil {
				t.Fatal(damage)
			}
			row.harm(t, history.Dir(home, victim))
			got, own, damage := figures(t, home, victim)
			switch {
			case damage == nil:
				t.Fatalf("nothing was noticed: %v", own)
			case !strings.Contains(damage.Error(), row.words):
				t.Errorf("%q does not say %q", damage, row.words)
			case row.is != nil && !errors.Is(damage, row.is):
				t.Errorf("%q is not %q", damage, row.is)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("it changed the others:\n%s", d)
			}
			t.Log(damage)
		})
	}
}

// TestAnOddFolder is a whole record in a folder that no exercise has.
func TestAnOddFolder(t *testing.T) {
	home := t.TempDir()
	id := three(t, home)[2]
	if err := os.Rename(history.Dir(home, id), history.Dir(home, id+" (copy)")); err != nil {
		t.Fatal(err)
	}
	rewrite(t, history.Dir(home, id+" (copy)"), func(b *exec.Began) { b.Exercise += " (copy)" })
	_, _, damage := figures(t, home, id+" (copy)")
	if damage == nil || !strings.Contains(damage.Error(), "not how an exercise is named") {
		t.Errorf("damage: %v", damage)
	}
}

// rewrite makes a record anew with another beginning, as a forger would.
func rewrite(t testing.TB, dir string, edit func(*exec.Began)) {
	t.Helper()
	events, err := journal.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := events[0].Body.(exec.Began)
	edit(&b)
	events[0].Body = b
	text, err := journal.Text(events)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, journal.Name), text)
}

// pipe puts a named pipe, which nobody writes to, in something's place.
func pipe(t testing.TB, path string) {
	t.Helper()
	if err := errors.Join(os.RemoveAll(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestFlipEveryByte: of the journal and of the frozen copy.
func TestFlipEveryByte(t *testing.T) {
	t.Parallel()
	stride := 1
	if testing.Short() {
		stride = 7
	}
	home := t.TempDir()
	victim := three(t, home)[1]
	dir := history.Dir(home, victim)
	want, _, _ := figures(t, home, victim)
	for _, file := range []string{journal.Name, "playbook/web.yaml", "playbook/mend.sh"} {
		text := get(t, filepath.Join(dir, file))
		for i := 0; i < len(text); i += stride {
			flipped := bytes.Clone(text)
			flipped[i] ^= [...]byte{1, 0x40, 0x80}[i%3] // none becomes a NUL, which is a hole
			put(t, filepath.Join(dir, file), flipped)
			others, own, damage := figures(t, home, victim)
			if damage == nil {
				t.Fatalf("byte %d of %s went unnoticed: %v", i, file, own)
			}
			if d := cmp.Diff(want, others); d != "" {
				t.Fatalf("byte %d of %s changed another exercise:\n%s", i, file, d)
			}
		}
		put(t, filepath.Join(dir, file), text)
	}
}

// TestCutAnywhere: a record that ends early is an exercise that does.
func TestCutAnywhere(t *testing.T) {
	home := t.TempDir()
	victim := three(t, home)[1]
	path := filepath.Join(history.Dir(home, victim), journal.Name)
	want, _, _ := figures(t, home, victim)
	text := get(t, path)
	var cuts []int // before each line's end, in its middle and behind it
	for _, end := range ends(text) {
		cuts = append(cuts, end-1, end-50, end)
	}
	for _, n := range cuts {
		put(t, path, text[:n])
		others, own, damage := figures(t, home, victim)
		begun := bytes.Contains(text[:n], []byte("\n"))
		if whole := n == len(text); damage != nil || (own.ID == victim) != begun || begun && !whole && own.Verdicts.Completion != exec.Running {
			t.Fatalf("cut at %d: %v, %v", n, own, damage)
		}
		if d := cmp.Diff(want, others); d != "" {
			t.Fatalf("cut at %d: %s", n, d)
		}
	}
}

// ends are where the lines of a text end.
func ends(text []byte) []int {
	var at []int
	for line := range bytes.Lines(text) {
		at = append(at, len(line))
		if n := len(at); n > 1 {
			at[n-1] += at[n-2]
		}
	}
	return at
}

// TestReadsWhileAnotherWrites: an exercise that goes on is never damaged, and
// never shorter than it was.
func TestReadsWhileAnotherWrites(t *testing.T) {
	home := t.TempDir()
	three(t, home)
	text := load(t, web)
	const id = "ex-20261123-4"
	events := historytest.Events(t, id, historytest.Spec{Text: text, At: now})
	dir := history.Dir(home, id)
	for path, b := range text.Copy.Files {
		if err := os.MkdirAll(filepath.Join(dir, "playbook"), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, "playbook", path), b)
	}
	written := make(chan error, 1)
	go func() { written <- appendAll(dir, events) }() // ends with the last event
	seen := uint64(0)
	for over := false; !over; {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			over = true // one more look
		default:
		}
		all := readAll(t, home)
		if len(all) == 3 && seen == 0 && !over {
			continue
		}
		if n := all[3].State.Events; all[3].Damage != nil || n < seen {
			t.Fatalf("%d events after %d: %v", n, seen, all[3].Damage)
		}
		seen = all[3].State.Events
	}
	if seen != uint64(len(events)) {
		t.Errorf("%d of %d events were read in the end", seen, len(events))
	}
}

func appendAll(dir string, events []exec.Event) error {
	j, err := journal.Create(dir)
	if err != nil {
		return err
	}
	for _, e := range events {
		if _, err := j.Append(e); err != nil {
			return err
		}
	}
	return j.Close()
}

// BenchmarkRead reads a home of 200 exercises of 40 playbooks, which were parsed
// before or were not.
func BenchmarkRead(b *testing.B) {
	home := b.TempDir()
	texts := historytest.Library(b, b.TempDir(), 40)
	for i := range 200 {
		spec := historytest.Spec{Text: texts[i%len(texts)], At: now.AddDate(0, 0, i-200), Answers: map[string]int{"which": 2}} // the longer branch
		historytest.Exercise(b, home, spec)
	}
	for _, row := range []struct {
		name  string
		known []read.Entry
	}{{"unknown", nil}, {"known", texts}} {
		b.Run(row.name, func(b *testing.B) {
			var events uint64
			for b.Loop() {
				all, err := history.Read(home, row.known...)
				if err != nil || len(all) != 200 {
					b.Fatal(len(all), err)
				}
				events = 0
				for _, r := range all {
					events += r.State.Events
				}
			}
			b.ReportMetric(float64(events)/200, "events/record")
		})
	}
}
