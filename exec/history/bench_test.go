package history_test

import (
	"testing"

	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
)

// BenchmarkSurvey is what all exercises of a home show of one playbook, read
// already: forty playbooks, two hundred exercises.
func BenchmarkSurvey(b *testing.B) {
	home := b.TempDir()
	texts := historytest.Library(b, b.TempDir(), 40)
	historytest.Exercises(b, home, texts, 200, now)
	all, err := history.Read(home)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		history.Text(history.Survey(all, texts[0].Playbook, "", now))
	}
}
