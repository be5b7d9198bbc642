package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	bexec "bythebook/exec"
)

// reading is a playbook of commands, each a step that only reads.
func reading(t *testing.T, commands ...string) string {
	text := "playbook: steps\ntitle: Steps\nscenarios:\n  s:\n    title: S\n    recovery:\n"
	for i, c := range commands {
		text += fmt.Sprintf("      - {id: s%d, do: Do it., run: %q, expect: {exit: 0}, effect: read}\n", i+1, c)
	}
	return write(t, "steps.yaml", text)
}

// begun starts an exercise of bob's, and gives the go.
func begun(t *testing.T, home, book string) *terminal {
	t.Helper()
	x := atTerminal(t, "dumb", home, "run", book)
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	return x
}

// memory is what a process has in memory, in bytes: now (VmRSS) or at most so
// far (VmHWM).
func memory(t *testing.T, pid int, what string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, found := strings.Cut(string(status), what+":")
	var kb int
	if _, e := fmt.Sscan(rest, &kb); err != nil || !found || e != nil {
		t.Fatalf("%s of process %d: %v, %v", what, pid, err, e)
	}
	return kb << 10
}

// TestCase22And23Flood lets steps print a great deal, in lines and in one line,
// with two screens on, and then for ever, which ctrl+c ends. The memory of the
// keeper and of both screens stays within 64 MB above what they had before.
func TestCase22And23Flood(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	lines, line := 16_000_000, 8_000_000
	if everything() {
		lines, line = 1_000_000_000, 100_000_000
	}
	home := keptHome(t)
	bob := begun(t, home, reading(t,
		fmt.Sprintf("yes 'the quick brown fox jumps over the lazy dog, again and again and again' | head -c %d", lines),
		fmt.Sprintf("head -c %d /dev/zero | tr '\\0' x", line),
		"yes",
	))
	kim := atTerminal(t, "xterm", home, "watch", "--as", "kim")
	kim.until("Step 1 of 3")
	idle := map[int]int{}
	for _, pid := range []int{keeperOf(record(t, home)), bob.cmd.Process.Pid, kim.cmd.Process.Pid} {
		idle[pid] = memory(t, pid, "VmRSS")
	}
	bob.line("run")
	bob.until("Step 1 passed")
	bob.until("Step 2 of 3")
	bob.line("run")
	bob.until("Step 2 passed")
	bob.until("Step 3 of 3")
	bob.line("run")
	bob.until("| y\r\n")
	bob.line("\x03")
	bob.until("Step 3: interrupted.")
	for pid, was := range idle {
		if more := memory(t, pid, "VmHWM") - was; more > 64<<20 {
			t.Errorf("process %d took %d MB more than when nothing ran", pid, more>>20)
		} else {
			t.Logf("process %d took %d MB more than when nothing ran", pid, more>>20)
		}
	}
	var ends []bexec.StepEnded
	for _, e := range record(t, home) {
		if b, ok := e.Body.(bexec.StepEnded); ok {
			ends = append(ends, b)
		}
	}
	if len(ends) != 3 || ends[0].Output.To-ends[0].Output.From < int64(lines) || ends[1].Output.To-ends[1].Output.From != int64(line) {
		t.Fatalf("the record tells of %+v", ends)
	}
	if end := ends[2]; end.Outcome != bexec.WasInterrupted || end.Exit == nil || *end.Exit != 130 || !end.Stopped {
		t.Errorf("what printed for ever ended as %+v", end)
	}
}

// TestStalledScreens: terminals that take nothing any more, of the screen that
// acts and of one that looks on, hold up neither a step that prints much nor
// anybody else.
func TestStalledScreens(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	home := keptHome(t)
	sign, goes := filepath.Join(home, "sign"), filepath.Join(home, "go")
	bob := begun(t, home, reading(t, "until [ -e '"+goes+"' ]; do sleep 0.01; done; yes | head -c 4000000; : >'"+sign+"'", "true"))
	kim := atTerminal(t, "xterm", home, "watch", "--as", "kim")
	kim.until("Step 1 of 2")
	bob.line("run")
	kim.until("RUNNING")
	for _, x := range []*terminal{bob, kim} { // whoever reads their terminals waits for this
		x.mu.Lock()
		defer x.mu.Unlock()
	}
	if err := os.WriteFile(goes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	appears(t, sign)
	sara := atTerminal(t, "dumb", home, "resume", "--as", "sara")
	sara.until("Step 1 passed")
	sara.line("take")
	sara.until("You have the pen")
	sara.line("run")
	sara.until("type finish")
	sara.line("finish")
	if got := sara.status(); got != 0 {
		t.Errorf("exit status %d:\n%s", got, sara.printed())
	}
	wentOn(t, record(t, home))
}

// TestCase40FilesMayNotGrow: where a limit keeps the transcript from growing,
// the step goes on, nothing passes by itself, not even unattended but on the word
// given for that, and record and report say how much is missing.
func TestCase40FilesMayNotGrow(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	home := keptHome(t)
	book := reading(t, "yes | head -c 400000; echo THE END")
	sheet := write(t, "answers.yaml", "answers: {s1: {unknown: done}}\n")
	limited := exec.Command("bash", "-c", `ulimit -f 200; exec "$@"`, "bash", "bythebook", "run", book, "--unattended", "--answers", sheet, "--home", home)
	printed, _ := limited.CombinedOutput() // what it ends with is judged below, by its record
	out := string(printed)
	var end bexec.StepEnded
	said := false
	for _, e := range record(t, home) {
		switch b := e.Body.(type) {
		case bexec.StepEnded:
			end = b
		case bexec.StepResolved:
			said = b.Done
		}
	}
	if !said || end.Outcome != bexec.Exited || end.Exit == nil || *end.Exit != 0 || end.Match != bexec.NotComparable || end.Output.Missing < 300_000 || !strings.HasSuffix(end.Output.Excerpt, "THE END") {
		t.Errorf("the record says %+v\n%s", end, out)
	}
	report, err := os.ReadFile(filepath.Join(home, "exercises", today()+"-1", "report.md"))
	want := fmt.Sprintf("%d bytes of its output are missing from the transcript", end.Output.Missing)
	if err != nil || !strings.Contains(string(report), want) {
		t.Errorf("the report does not say that %s: %v", want, err)
	}
	if !strings.Contains(out, want) {
		t.Errorf("the screen does not say that %s:\n%s", want, out)
	}
}

// TestNothingOfTheStarterReachesSteps: what whoever started the program left
// open, and told it to ignore, as nohup does, is not so for the commands of a
// step, with a keeper and without.
func TestNothingOfTheStarterReachesSteps(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	book := reading(t, "sh -c 'for n in 10 201 251; do [ ! -e /proc/$$/fd/$n ] || echo has $n; done; grep -E \"^Sig(Ign|Blk)\" /proc/$$/status | tr \"\\t\" \" \"'")
	const want = "SigBlk: 0000000000000000\nSigIgn: 0000000000000000\n"
	for name, flags := range map[string]string{"kept": "", "not kept": "--no-keeper"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := keptHome(t)
			x := terminalOf(t, "dumb", home, exec.Command("bash", "-c", "trap '' HUP INT QUIT TSTP TTIN TTOU PIPE; exec 10</dev/null 201</dev/null 251</dev/null; exec bythebook run "+flags+" \"$@\"", "bash", book, "--home", home))
			x.until("type begin")
			if to, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/251", x.cmd.Process.Pid)); to != "/dev/null" {
				t.Errorf("the program itself did not get what was left open: %q %v", to, err)
			}
			x.line("begin")
			x.until("type run")
			x.line("run")
			x.until("type finish")
			for _, e := range record(t, home) {
				if b, ok := e.Body.(bexec.StepEnded); ok {
					if diff := cmp.Diff(want, b.Output.Excerpt); diff != "" {
						t.Errorf("a step's command has (-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}
