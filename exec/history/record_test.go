package history_test

import (
	"testing"
	"time"

	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
)

// now is when the tests' homes are read.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestReadWhatWasGenerated(t *testing.T) {
	home := t.TempDir()
	specs := historytest.Exercises(t, home, historytest.Library(t, t.TempDir(), 40), 200, now)
	all, err := history.Read(home)
	if err != nil || len(all) != len(specs) {
		t.Fatalf("%d of %d records: %v", len(all), len(specs), err)
	}
	count := map[string]int{}
	events := 0
	for _, r := range all {
		if r.Damage != nil {
			t.Errorf("%s: %v", r.ID, r.Damage)
		}
		events += int(r.State.Events)
		v := r.Verdicts
		count[string(v.Outcome)+", "+string(v.Fidelity)+", "+string(v.Completion)]++
		for _, d := range r.Deviations {
			count[d.Code]++
		}
	}
	t.Log(events, count)
}

func BenchmarkRead(b *testing.B) {
	home := b.TempDir()
	historytest.Exercises(b, home, historytest.Library(b, b.TempDir(), 40), 200, now)
	for b.Loop() {
		if all, err := history.Read(home); err != nil || len(all) != 200 {
			b.Fatal(len(all), err)
		}
	}
}
