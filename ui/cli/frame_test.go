package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/creack/pty"
)

// BenchmarkFirstFrame is the time from the start of the program to its first
// whole frame of the library, on a terminal that answers nothing.
func BenchmarkFirstFrame(b *testing.B) {
	home := b.TempDir()
	for b.Loop() {
		cmd := exec.Command("bythebook", "--home", home)
		cmd.Env = append(os.Environ(), "TERM=xterm-256color")
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		readUntil(b, tty, []byte("NEXT"))
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
