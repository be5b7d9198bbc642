package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"bythebook/exec/history/historytest"

	"github.com/creack/pty"
)

// BenchmarkFirstFrame is the time from the start of the program to its first
// whole frame of the library, on a terminal that answers nothing.
func BenchmarkFirstFrame(b *testing.B) { benchScreen(b, "NEXT", "--home", b.TempDir()) }

// BenchmarkLibrary is that time for a library of forty playbooks with two hundred
// exercises, and the time until it shows what is on record of them.
func BenchmarkLibrary(b *testing.B) {
	dir, home := b.TempDir(), b.TempDir()
	historytest.Exercises(b, home, historytest.Library(b, dir, 40), 200, time.Now())
	b.Run("first frame", func(b *testing.B) { benchScreen(b, "NEXT", dir, "--home", home) })
	b.Run("on record", func(b *testing.B) { benchScreen(b, "UNFINISHED", dir, "--home", home) })
}

// benchScreen starts the program until its screen shows some words.
func benchScreen(b *testing.B, words string, args ...string) {
	for b.Loop() {
		cmd := exec.Command("bythebook", args...)
		cmd.Env = append(os.Environ(), "TERM=xterm-256color")
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		readUntil(b, tty, []byte(words))
		b.StopTimer()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
		b.StartTimer()
	}
}

// readUntil reads from a terminal until some bytes have come by.
func readUntil(tb testing.TB, tty *os.File, want []byte) {
	tb.Helper()
	var seen []byte
	buf := make([]byte, 1<<16)
	for !bytes.Contains(seen, want) {
		n, err := tty.Read(buf)
		if err != nil {
			tb.Fatalf("the program ended before %q came; it wrote %q", want, seen)
		}
		seen = append(seen, buf[:n]...)
	}
}
