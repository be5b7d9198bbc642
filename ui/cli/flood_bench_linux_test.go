package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	bexec "bythebook/exec"
)

// pour prints so many bytes: lines of a log, then a line without an end, then
// what is no text at all.
func pour(bytes int) string {
	return fmt.Sprintf("yes '2026-11-23T13:39:28.439592Z INFO api-7f9c: GET /orders/4711 200 in 12 ms' | head -c %[1]d; tr '\\0' x </dev/zero | head -c %[1]d; head -c %[1]d /dev/urandom", bytes/3)
}

// log prints so many bytes of a log.
func log(bytes int) string {
	return fmt.Sprintf("yes '2026-11-23T13:39:28.439592Z INFO api-7f9c: GET /orders/4711 200 in 12 ms' | head -c %d", bytes)
}

// BenchmarkFlood lets a step of an exercise print a lot, with a keeper and with
// a real screen that somebody presses keys at. It reports how fast that was and,
// beside it, how fast script takes the same, and a loop of Go that does nothing but
// read and write; how long a key took until its frame; and how much memory screen
// and keeper needed more than before. The large ones run where all of the tests do.
func BenchmarkFlood(b *testing.B) {
	need(b, "script")
	for _, c := range []struct {
		name  string
		bytes int
		text  func(int) string
	}{
		{"log-100MB", 100e6, log}, {"mixed-100MB", 100e6, pour}, {"log-1GB", 1e9, log}, {"mixed-10GB", 10e9, pour},
	} {
		b.Run(c.name, func(b *testing.B) {
			if c.bytes > 100e6 && !everything() {
				b.Skip("it takes long, and room; BYTHEBOOK_TESTS=all runs it")
			}
			var ours, theirs, plain, keys []time.Duration
			memory := 0
			for b.Loop() {
				f := openFlood(b, c.text(c.bytes))
				took, pressed := f.run(c.bytes)
				ours, keys, memory = append(ours, took), append(keys, pressed...), max(memory, f.more())
				f.close()
				theirs = append(theirs, underScript(b, c.text(c.bytes)))
				plain = append(plain, copied(b, c.text(c.bytes)))
			}
			rate := func(d time.Duration) float64 { return float64(c.bytes) / 1e6 / d.Seconds() }
			b.ReportMetric(rate(middle(ours)), "MB/s")
			b.ReportMetric(rate(middle(theirs)), "script-MB/s")
			b.ReportMetric(rate(middle(plain)), "loop-MB/s")
			b.ReportMetric(float64(middle(theirs))/float64(middle(ours)), "ratio")
			b.ReportMetric(float64(middle(plain))/float64(middle(ours)), "loop-ratio")
			b.ReportMetric(micro(middle(keys))/1e3, "key-p50-ms")
			b.ReportMetric(micro(percentile(keys, 99))/1e3, "key-p99-ms")
			b.ReportMetric(float64(len(keys)), "keys")
			b.ReportMetric(float64(memory)/1e6, "more-MB")
		})
	}
}

// A flood is an exercise at a screen whose first step prints a lot.
type flood struct {
	b    *testing.B
	home string
	x    *terminal
	pids []int // of screen and keeper
	idle int   // bytes that they had in memory before
}

func openFlood(b *testing.B, text string) flood {
	f := flood{b: b, home: keptHome(b)}
	book := write(b, "flood.yaml", `playbook: flood
title: Flood
scenarios:
  s:
    title: S
    recovery:
      - {id: flood, do: Print a lot., run: "`+strings.ReplaceAll(text, `\`, `\\`)+`", expect: {exit: 0}, effect: read}
      - {id: short, do: Be quick., run: "true", expect: {exit: 0}, effect: read}
`)
	f.x = atTerminal(b, "xterm-256color", f.home, "run", book)
	if err := pty.Setsize(f.x.tty, &pty.Winsize{Rows: 36, Cols: 120}); err != nil {
		b.Fatal(err)
	}
	f.x.until("nothing runs yet")
	f.pids = []int{f.x.cmd.Process.Pid, keeperOf(record(b, f.home))}
	f.key("?", "looking changes nothing") // what is drawn first takes memory once
	f.key("\x1b", "nothing runs yet")
	f.insist("\r", "= RUN")
	for _, pid := range f.pids {
		f.idle += resident(b, pid, "VmRSS")
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil { // the peak is counted anew
			b.Fatal(err)
		}
	}
	return f
}

// run lets the step print, and presses keys meanwhile. It returns how long the
// step took, and each key until its frame.
func (f flood) run(bytes int) (took time.Duration, keys []time.Duration) {
	f.insist("r", "i = type")
	for pause := time.NewTicker(50 * time.Millisecond); ; <-pause.C {
		events := record(f.b, f.home)
		if e, ended := last(events).Body.(bexec.StepEnded); ended {
			began := events[len(events)-2]
			if e.Match != "match" || e.Output.To-e.Output.From < int64(bytes/3*3) {
				f.b.Fatalf("it ended as %+v", e)
			}
			return last(events).Mono - began.Mono, keys
		}
		keys = append(keys, f.key("?", "looking changes nothing"))
		f.key("\x1b", "? help")
	}
}

// key presses one, and returns how long it took until some words were drawn.
func (f flood) key(key, words string) time.Duration {
	took, drawn := f.press(key, words, time.Minute)
	if !drawn {
		f.b.Fatalf("%q was never drawn, but\n%q", words, f.x.printed())
	}
	return took
}

// insist presses a key that acts, again where that was too soon.
func (f flood) insist(key, words string) {
	for range 60 {
		if _, drawn := f.press(key, words, time.Second); drawn {
			return
		}
	}
	f.b.Fatalf("%q was never drawn, but\n%q", words, f.x.printed())
}

// press presses a key, and waits so long at most until some words were drawn.
func (f flood) press(key, words string, most time.Duration) (took time.Duration, drawn bool) {
	f.x.mu.Lock()
	f.x.text.Reset()
	f.x.mu.Unlock()
	from := time.Now()
	if _, err := f.x.tty.WriteString(key); err != nil {
		f.b.Fatal(err)
	}
	for late := time.After(most); !drawn; {
		select {
		case <-f.x.came:
			drawn = strings.Contains(f.x.printed(), words)
		case <-late:
			return most, false
		}
	}
	return time.Since(from), true
}

// more is how much memory screen and keeper needed at most, over what they had.
func (f flood) more() int {
	peak := -f.idle
	for _, pid := range f.pids {
		peak += resident(f.b, pid, "VmHWM")
	}
	return peak
}

// close ends the exercise, and takes what it printed off the disk.
func (f flood) close() {
	f.x.kill()
	endKeeper(f.b, f.home)
	if err := os.RemoveAll(filepath.Join(f.home, "exercises")); err != nil {
		f.b.Fatal(err)
	}
}

// resident is one of the kernel's figures of a process's memory, in bytes.
func resident(b *testing.B, pid int, figure string) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), figure+":")
	kb := 0
	if _, err := fmt.Sscan(line, &kb); err != nil {
		b.Fatal(err)
	}
	return kb << 10
}

// underScript is how long script takes to record a command's output.
func underScript(b *testing.B, text string) time.Duration {
	return timed(b, func(path string) error {
		return exec.Command("script", "-qefc", text, path).Run()
	})
}

// copied is how long the plainest loop takes to do so.
func copied(b *testing.B, text string) time.Duration {
	return timed(b, func(path string) error {
		file, err := os.Create(path)
		if err != nil {
			return err
		}
		defer file.Close()
		cmd := exec.Command("bash", "-c", text)
		started, err := pty.Start(cmd)
		if err != nil {
			return err
		}
		tty := closable(b, started)
		defer tty.Close()
		if _, err := io.Copy(file, tty); !errors.Is(err, syscall.EIO) { // as a terminal ends
			return fmt.Errorf("the terminal did not end: %w", err)
		}
		return cmd.Wait()
	})
}

// timed is how long something takes that fills a file.
func timed(b *testing.B, fill func(path string) error) time.Duration {
	path := filepath.Join(b.TempDir(), "typescript")
	from := time.Now()
	if err := fill(path); err != nil {
		b.Fatal(err)
	}
	took := time.Since(from)
	if err := os.Remove(path); err != nil {
		b.Fatal(err)
	}
	return took
}
