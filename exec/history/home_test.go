package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bythebook/exec/history"
	"bythebook/exec/history/historytest"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	home, text := t.TempDir(), load(t, web)
	var ids []string
	for n := range 11 {
		at := now.AddDate(0, 0, n/10) // ten on one day, one on the next
		ids = append(ids, historytest.Exercise(t, home, historytest.Spec{Text: text, At: at}))
	}
	if err := os.Mkdir(history.Dir(home, "ex-20261125-1"), 0o700); err != nil { // a start that was cut off
		t.Fatal(err)
	}
	got, err := history.IDs(home, "")
	if d := cmp.Diff(ids, got); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	for _, row := range []struct {
		beginning, want string
		is              error
		words           string
	}{
		{"", "ex-20261124-1", nil, ""},
		{"ex-20261124", "ex-20261124-1", nil, ""},
		{"ex-20261123-1", "ex-20261123-1", nil, ""}, // itself, although -10 begins so too
		{"ex-20261123-9", "ex-20261123-9", nil, ""},
		{"ex-2026112", "", history.ErrAmbiguous, "ex-2026112 is the beginning of several exercises: ex-20261123-1, ex-20261123-2, ex-20261123-3, ex-20261123-4, " +
			"ex-20261123-5, ex-20261123-6, ex-20261123-7, ex-20261123-8, ex-20261123-9, ex-20261123-10, ex-20261124-1"},
		{"ex-20261125-1", "", history.ErrNone, "there is no exercise ex-20261125-1 on record in " + home},
	} {
		dir, err := history.Find(home, row.beginning)
		if row.want != "" && dir != history.Dir(home, row.want) || !errors.Is(err, row.is) || err != nil && err.Error() != row.words {
			t.Errorf("%q: %s, %v", row.beginning, dir, err)
		}
	}
	empty := t.TempDir()
	if _, err := history.Find(empty, ""); !errors.Is(err, history.ErrNone) || err.Error() != "there is no exercise on record in "+empty {
		t.Errorf("nothing on record: %v", err)
	}
}

func TestRecall(t *testing.T) {
	home := t.TempDir()
	dir := history.Dir(home, three(t, home)[1])
	s, err := history.Recall(dir)
	if err != nil || s.Ended == nil || s.Step(0).Took() != 2*time.Minute {
		t.Errorf("not the exercise that was recorded: %v, %v", s.Step(0).Took(), err)
	}
	put(t, filepath.Join(dir, "playbook", "mend.sh"), nil)
	want := "the record in " + dir + ": its frozen playbook: its bytes are not those that the record speaks of (sha256 " + s.Began.Digest + ")"
	if _, err := history.Recall(dir); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestOldestFirst(t *testing.T) {
	want := []string{"backup", "ex-20261122-11", "ex-20261123-1", "ex-20261123-2", "ex-20261123-9", "ex-20261123-10", "ex-20261124-1"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, history.ByAge)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("not by day and number (-want +got):\n%s", d)
	}
}
