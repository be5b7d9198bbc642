package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// next is what a follower finds now.
func next(t *testing.T, f *Follower) []exec.Event {
	t.Helper()
	events, err := f.Next()
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// follow follows a folder's record until the test ends.
func follow(t *testing.T, dir string) *Follower {
	t.Helper()
	f, err := Follow(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestFollow: every event arrives once, in order, whenever it is looked for.
func TestFollow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ex")
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	f := follow(t, dir)
	var want, got []exec.Event
	for n := range 40 {
		want = append(want, add(t, j, event(n)))
		if n%3 == 0 {
			got = append(got, next(t, f)...)
		}
	}
	got = append(got, next(t, f)...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if more := next(t, f); len(more) > 0 {
		t.Errorf("%d events arrive twice", len(more))
	}
}

// TestFollowEveryByte lets a record grow by one byte at a time: an event is
// there when its line is whole, and not before.
func TestFollowEveryByte(t *testing.T) {
	dir, want := fillInMemory(t, 12)
	text, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	growing := t.TempDir()
	out, err := os.OpenFile(filepath.Join(growing, Name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	f := follow(t, growing)
	var got []exec.Event
	for i := range text {
		if _, err := out.Write(text[i : i+1]); err != nil {
			t.Fatal(err)
		}
		events, err := f.Next()
		if err != nil && !(errors.Is(err, ErrNotRecord) && len(got) == 0) {
			t.Fatalf("byte %d: %v", i, err)
		}
		if len(events) > 0 && text[i] != '\n' {
			t.Fatalf("byte %d: an event is there in the middle of a line", i)
		}
		got = append(got, events...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFollowDamage: what is not the record that was followed is told, and never
// taken for events.
func TestFollowDamage(t *testing.T) {
	for name, harm := range map[string]func(path string, text []byte) error{
		"a flipped byte": func(path string, text []byte) error {
			text[len(text)-200] ^= 1
			return os.WriteFile(path, text, 0o600)
		},
		"shorter": func(path string, text []byte) error { return os.Truncate(path, 100) },
		"replaced": func(path string, text []byte) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.WriteFile(path, text, 0o600)
		},
		"gone": func(path string, text []byte) error { return os.Remove(path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := fillInMemory(t, 6)
			path := filepath.Join(dir, Name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			half := len(text) - 1000
			for text[half-1] != '\n' {
				half--
			}
			if err := os.Truncate(path, int64(half)); err != nil {
				t.Fatal(err)
			}
			f := follow(t, dir)
			next(t, f)
			if err := os.WriteFile(path, text, 0o600); err != nil { // the same file, longer
				t.Fatal(err)
			}
			if err := harm(path, text); err != nil {
				t.Fatal(err)
			}
			if events, err := f.Next(); err == nil {
				t.Errorf("it goes on with %d events", len(events))
			}
		})
	}
}
