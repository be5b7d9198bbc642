package cli_test

import (
	"io"
	"testing"
	"time"

	"bythebook/exec/history/historytest"
	"bythebook/ui/cli"
)

// BenchmarkStatus is status on forty playbooks and two hundred exercises, without
// the start of the program.
func BenchmarkStatus(b *testing.B) {
	dir := b.TempDir()
	books := historytest.Library(b, dir+"/runbooks", 40)
	historytest.Exercises(b, dir+"/home", books, 200, time.Now())
	b.ReportAllocs()
	for b.Loop() {
		if code := cli.Run([]string{"status", dir + "/runbooks", "--home", dir + "/home"}, cli.World{Out: io.Discard, Err: io.Discard}); code != 0 {
			b.Fatalf("exit status %d", code)
		}
	}
}
