package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// rounds is how many screens, and how many keepers, are killed at random moments.
func rounds() int {
	if everything() {
		return 200
	}
	return 20
}

// patientSleeper is a playbook whose first step goes on until a file is there.
func patientSleeper(t *testing.T, sign, until string) string {
	return write(t, "sleeper.yaml", `playbook: sleeper
title: Sleeper
scenarios:
  s:
    title: S
    recovery:
      - {id: long, do: Take long., run: "echo x >>'`+sign+`'; until [ -e '`+until+`' ]; do sleep 0.05; done; echo and so on", expect: {contains: [and so on]}, effect: read}
      - {id: short, do: Be quick., run: "true", expect: {exit: 0}, effect: read}
`)
}

// TestScreenComesBack: a screen that was killed, and one whose line dropped, cost
// nothing: the step goes on, and whoever resumes sees it end.
func TestScreenComesBack(t *testing.T) {
	need(t, "bash")
	for name, lose := range map[string]func(*terminal){"killed": (*terminal).kill, "hung up": (*terminal).hangUp} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := keptHome(t)
			sign, goes := filepath.Join(home, "sign"), filepath.Join(home, "go")
			x := atTerminal(t, "dumb", home, "run", patientSleeper(t, sign, goes))
			x.until("type begin")
			x.line("begin")
			x.until("type run")
			x.line("run")
			appears(t, sign)
			lose(x)
			back := atTerminal(t, "dumb", home, "resume")
			back.until("Running step 1")
			if err := os.WriteFile(goes, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			back.until("Step 1 passed")
			back.until("Step 2 of 2")
			back.line("stop")
			if got := back.status(); got != 5 || !strings.Contains(back.printed(), "stopped at step 2 of 2. Resume: bythebook resume ex-") {
				t.Errorf("leaving ends with %d:\n%s", got, back.printed())
			}
			again := atTerminal(t, "dumb", home, "resume")
			again.until("type run")
			again.line("run")
			again.until("type finish")
			again.line("finish")
			if got := again.status(); got != 0 {
				t.Errorf("exit status %d:\n%s", got, again.printed())
			}
			events := record(t, home)
			wentOn(t, events)
			if text, _ := os.ReadFile(sign); string(text) != "x\n" {
				t.Errorf("the step's command left %q", text)
			}
			if _, err := os.Stat(filepath.Join(home, "exercises", today()+"-1", "report.md")); err != nil {
				t.Error(err)
			}
			gone(t, keeperOf(events))
		})
	}
}

// wentOn wants a record that nothing interrupted: one process wrote all of it,
// every step was begun once and ended as somebody saw.
func wentOn(t testing.TB, events []bexec.Event) {
	t.Helper()
	began := map[string]bool{}
	for _, e := range events {
		switch e.Body.(type) {
		case bexec.Resumed, bexec.StepUnknown:
			t.Errorf("event %d: %s", e.Seq, e.Body.Type())
		case bexec.StepBegan:
			if began[e.Step] {
				t.Errorf("event %d: step %s ran twice", e.Seq, e.Step)
			}
			began[e.Step] = true
		}
	}
	if end, ok := last(events).Body.(bexec.Ended); !ok || end.Completion != bexec.Completed {
		t.Errorf("the record ends with %+v", last(events).Body)
	}
}

// TestNoKeeper: without one, leaving asks the running step to end, and its
// outcome is unknown.
func TestNoKeeper(t *testing.T) {
	need(t, "bash")
	home := keptHome(t)
	sign := filepath.Join(home, "sign")
	x := atTerminal(t, "dumb", home, "run", "--no-keeper", sleeper(t, sign))
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	x.line("run")
	appears(t, sign)
	x.hangUp()
	back := atTerminal(t, "dumb", home, "resume", "--no-keeper")
	back.until("Nobody saw how step 1")
	back.line("done")
	back.until("type run")
	back.line("run")
	back.until("type finish")
	back.line("finish")
	back.status()
	finishedUnknown(t, home)
	if _, err := os.Stat(filepath.Join(home, "exercises", today()+"-1", "keeper.log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a keeper was there: %v", err)
	}
}

// TestWatch: another seat sees everything, may note and may call stop; whoever
// resumes may take the pen, which is recorded.
func TestWatch(t *testing.T) {
	need(t, "bash")
	home := keptHome(t)
	goes := filepath.Join(home, "go")
	bob := atTerminal(t, "dumb", home, "run", patientSleeper(t, filepath.Join(home, "sign"), goes))
	bob.until("type begin")
	bob.line("begin")
	bob.until("type run")
	kim := atTerminal(t, "dumb", home, "watch", "--as", "kim")
	kim.until("Now bob has the pen. From here you may type note, approve, refuse and call stop.")
	kim.line("run")
	kim.until("Not now: bob has the pen")
	kim.line("note I see it.")
	kim.line("take")
	kim.until("only looks on")
	kim.line("call stop the backup is not there yet")
	bob.until("STOP: kim has called stop: the backup is not there yet")
	bob.line("run")
	bob.until("Not now: kim has called stop: the backup is not there yet; that has to be answered first.")
	kim.line("go on it is there")
	kim.until("Not now: bob has the pen; from here you may note, approve, and call stop.")
	bob.line("go on it is there")
	kim.until("bob answers: it goes on. it is there")
	sara := atTerminal(t, "dumb", home, "resume", "--as", "sara")
	sara.until("take gives you the pen")
	sara.line("take")
	sara.until("You have the pen")
	bob.until("Now sara has the pen")
	sara.line("run")
	kim.until("Running step 1")
	if err := os.WriteFile(goes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	kim.until("Step 1 passed")
	kim.line("stop")
	if got := kim.status(); got != 0 || !strings.Contains(kim.printed(), "goes on without you. Look again: bythebook watch ex-") {
		t.Errorf("whoever looked on leaves with %d:\n%s", got, kim.printed())
	}
	sara.until("Step 2 of 2")
	sara.line("run")
	sara.until("type finish")
	sara.line("finish")
	sara.status()
	if got := bob.status(); got != 0 {
		t.Errorf("who has lost the pen leaves with %d:\n%s", got, bob.printed())
	}
	events := record(t, home)
	wentOn(t, events)
	var told []string
	for _, e := range events {
		switch e.Body.(type) {
		case bexec.Noted, bexec.RoleHanded, bexec.StepBegan, bexec.StopCalled:
			told = append(told, e.By+" "+e.Body.Type())
		}
	}
	if got := strings.Join(told, ", "); got != "kim noted, kim stop.called, sara role.handed, sara step.began, sara step.began" {
		t.Errorf("the record tells: %s", got)
	}
	if out, err := exec.Command("bythebook", "watch", "--home", home).CombinedOutput(); err == nil || !strings.Contains(string(out), "has ended (completed); its report: bythebook report ex-") {
		t.Errorf("watching what is over: %v, %s", err, out)
	}
}

// TestWatchWithoutKeeper: where no keeper is, or it has died, a seat reads the
// record, says so, and says how old that is; nothing comes from it.
func TestWatchWithoutKeeper(t *testing.T) {
	need(t, "bash")
	home := keptHome(t)
	goes := filepath.Join(home, "go")
	bob := atTerminal(t, "dumb", home, "run", "--no-keeper", patientSleeper(t, filepath.Join(home, "sign"), goes))
	bob.until("type begin")
	kim := atTerminal(t, "dumb", home, "watch", "--as", "kim")
	kim.until("this one only reads the record. The process " + fmt.Sprint(bob.cmd.Process.Pid))
	kim.until("The newest of the record is from ")
	bob.line("begin")
	bob.until("type run")
	kim.until("Step 1 of 2")
	for _, line := range []string{"note I see it.", "call stop smoke", "run", "take"} {
		kim.line(line)
	}
	kim.until("Not now: this seat only reads the record, and nothing reaches the exercise from here.")
	bob.line("run")
	kim.until("Running step 1")
	events := len(record(t, home))
	bob.kill()
	kim.line("stop")
	if got := kim.status(); got != 0 || !strings.Contains(kim.printed(), "does not depend on you. Look again: bythebook watch ex-") {
		t.Errorf("it leaves with %d:\n%s", got, kim.printed())
	}
	if got := len(record(t, home)); got != events {
		t.Errorf("%d events have become %d", events, got)
	}
	later := atTerminal(t, "dumb", home, "watch", "--as", "kim")
	later.until("has ended; to go on: bythebook resume ex-")
	later.until("THE KEEPER IS GONE since ")
	later.until("Step 1 was running then.")
	later.line("stop")
	later.status()
	if err := os.WriteFile(goes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKeeperKilled: when a keeper is killed while a step runs, whoever acts and
// whoever looks on are told so, and that nothing is known of the step; when
// somebody resumes the exercise elsewhere, they see what comes on record.
func TestKeeperKilled(t *testing.T) {
	need(t, "bash")
	home := keptHome(t)
	sign, goes := filepath.Join(home, "sign"), filepath.Join(home, "go")
	bob := atTerminal(t, "dumb", home, "run", "--as", "bob", patientSleeper(t, sign, goes))
	bob.until("type begin")
	kim := atTerminal(t, "dumb", home, "watch", "--as", "kim")
	kim.until("Now bob has the pen")
	screen := atTerminal(t, "xterm", home, "watch", "--as", "eve")
	screen.until("LOOKING ON")
	bob.line("begin")
	bob.until("type run")
	bob.line("run")
	appears(t, sign)
	endKeeper(t, home)
	gone(t, keeperOf(record(t, home)))
	for _, x := range []*terminal{bob, kim} {
		x.until("THE KEEPER IS GONE since ")
		x.until("Step 1 was running then. Whether it still runs, and how it ends, is not known from here.")
	}
	screen.until("KEEPER GONE")
	screen.until("NOT RECORDED")
	bob.line("note lost")
	bob.until("Not done: the keeper of this exercise is gone; resume it to go on.")
	bob.line("stop")
	if got := bob.status(); got != 5 || !strings.Contains(bob.printed(), "Resume: bythebook resume ex-") || !strings.Contains(bob.printed(), "--as bob") {
		t.Errorf("who acted leaves with %d:\n%s", got, bob.printed())
	}
	if err := os.WriteFile(goes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ann := atTerminal(t, "dumb", home, "resume", "--as", "ann")
	ann.until("You are ann; bob acted so far. If that is you, leave and type: bythebook resume ex-")
	ann.until("Nobody saw how step 1")
	kim.until("Somebody has resumed it elsewhere: this seat goes on reading its record.")
	kim.until("Nobody saw how step 1")
	screen.until("somebody has resumed it elsewhere")
	ann.line("done")
	ann.until("Step 2 of 2")
	kim.until("Step 2 of 2")
	ann.line("stop")
	ann.status()
	again := atTerminal(t, "dumb", home, "resume", "--as", "ann")
	again.until("Step 2 of 2")
	again.line("stop")
	if again.status(); strings.Contains(again.printed(), "acted so far") {
		t.Errorf("who comes back as the same person is told:\n%s", again.printed())
	}
	back := atTerminal(t, "dumb", home, "resume", "--as", "bob")
	back.until("You are bob; ann acted so far.") // now by the keeper that is there
	back.line("stop")
	back.status()
	kim.line("stop")
	if got := kim.status(); got != 0 || !strings.Contains(kim.printed(), "Look again: bythebook watch ex-") {
		t.Errorf("who looked on leaves with %d:\n%s", got, kim.printed())
	}
}

// TestRecordingHasStopped: where nothing can be recorded any more by the process
// that has the exercise, the screen says so and what to do, in a keeper's hands
// and without one; resuming goes on, and what ran meanwhile is unknown.
func TestRecordingHasStopped(t *testing.T) {
	need(t, "bash", "cp", "mv")
	for _, flag := range []string{"--no-keeper=false", "--no-keeper"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			home := keptHome(t)
			book, _ := noted(2, `[ -e "$RAN.2" ] || (cp "$JOURNAL" "$JOURNAL.2"; mv "$JOURNAL.2" "$JOURNAL"; touch "$RAN.2")`)
			ran := filepath.Join(home, "ran")
			book = strings.NewReplacer("$RAN", ran, "$JOURNAL", filepath.Join(home, "exercises", today()+"-1", journal.Name)).Replace(book)
			x := atTerminal(t, "dumb", home, "run", flag, write(t, "noted.yaml", book))
			x.until("type begin")
			x.line("begin")
			x.until("type run")
			x.line("run")
			x.line("yes")
			x.until("THE RECORD CANNOT BE WRITTEN: writing the record: recording has stopped")
			x.until("Leave with stop, see to the disk, and resume the exercise.")
			x.line("stop")
			if got := x.status(); got != 1 || !strings.Contains(x.printed(), "Resume: bythebook resume ex-") || strings.Contains(x.printed(), "any word tries again") {
				t.Errorf("it ends with %d:\n%s", got, x.printed())
			}
			gone(t, keeperOf(record(t, home)))
			back := atTerminal(t, "dumb", home, "resume", flag)
			back.until("Nobody saw how step 1")
			back.line("done")
			back.until("type run")
			back.line("run")
			back.line("yes")
			back.until("type finish")
			back.line("finish")
			if got := back.status(); got == 1 || got == 5 {
				t.Errorf("resumed it ends with %d:\n%s", got, back.printed())
			}
			if text, _ := os.ReadFile(ran); string(text) != "s-0\ns-1\n" {
				t.Errorf("these steps ran: %q", text)
			}
		})
	}
}

var stepPassed = regexp.MustCompile(`Step (\d+) (?:passed|done)`)

// TestScreensLostAtRandomMoments kills screens of the practice exercise with
// kill -9 and drops the lines of others, those that act and those that look on,
// again and again. The exercise goes on, in one process, every step runs once,
// and what a screen has shown is on record.
func TestScreensLostAtRandomMoments(t *testing.T) {
	t.Parallel()
	need(t, "bash", "curl")
	home := keptHome(t)
	sheet := write(t, "answers.yaml", practiceAnswers)
	random := rand.New(rand.NewPCG(2, uint64(time.Now().UnixNano())))
	lost, hit := 0, 0
	lose := func(x *terminal) {
		select {
		case <-x.over:
			return
		default:
		}
		if lost++; lost%2 == 0 {
			x.kill()
		} else {
			x.hangUp()
		}
	}
	for lost < rounds() {
		first := atTerminal(t, "dumb", home, "practice", "--pace", "0")
		first.until("type begin")
		lose(first)
		shown := map[string]bool{}
		for done := false; !done; {
			acts := atTerminal(t, "dumb", home, "resume", "--unattended", "--answers", sheet)
			looks := atTerminal(t, "xterm", home, "watch", "--as", "kim")
			before := record(t, home)
			<-time.After(time.Duration(random.Int64N(int64(700 * time.Millisecond)))) // the random moment
			if running(record(t, home)) {
				hit++
			}
			lose(looks)
			lose(acts)
			for _, m := range stepPassed.FindAllStringSubmatch(acts.printed(), -1) {
				shown[m[1]] = true
			}
			now := record(t, home)
			holds(t, before, now)
			_, done = last(now).Body.(bexec.Ended)
		}
		events := record(t, home)
		wentOn(t, events)
		gone(t, keeperOf(events))
		ends := 0
		for _, e := range events {
			switch b := e.Body.(type) {
			case bexec.StepEnded:
				if b.Match == bexec.Matched {
					ends++
				}
			case bexec.StepDone:
				ends++
			}
		}
		if ends < len(shown) {
			t.Errorf("%d steps were shown as passed, %d are on record", len(shown), ends)
		}
	}
	t.Logf("%d screens were lost, %d times while a step ran", lost, hit)
	if hit == 0 {
		t.Error("no screen was lost while a step ran: the test proves nothing")
	}
}

// running reports whether a record ends while a step runs.
func running(events []bexec.Event) bool {
	_, began := last(events).Body.(bexec.StepBegan)
	return began
}

// TestKeepersKilledAtRandomMoments kills the keeper itself. Whoever resumes goes
// on from the record: what was running is unknown, and nothing runs again but at
// a person's word.
func TestKeepersKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	need(t, "bash", "curl")
	const homes = 4
	sheet := write(t, "answers.yaml", practiceAnswers)
	var killed, inDoubt atomic.Int64
	t.Run("homes", func(t *testing.T) { // is over when all of them are
		for i := range homes {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				k, d := killKeepers(t, sheet, rounds()/homes)
				killed.Add(k)
				inDoubt.Add(d)
			})
		}
	})
	t.Logf("%d keepers were killed, %d of them left a step in doubt", killed.Load(), inDoubt.Load())
	if inDoubt.Load() == 0 {
		t.Error("no kill hit a running step: the test proves nothing")
	}
}

// killKeepers does so in a home of its own, at least so many times, and returns
// how many were killed, and how many of them left a step in doubt.
func killKeepers(t *testing.T, sheet string, kills int) (killed, inDoubt int64) {
	t.Helper()
	home := keptHome(t)
	for killed < int64(kills) {
		args := []string{"practice", "--pace", "0"}
		for done := false; !done; args = []string{"resume"} {
			seat := atTerminal(t, "dumb", home, args...)
			seat.until("NEXT: ")
			if now := record(t, home); doubtful(now) != strings.Contains(seat.printed(), "Nobody saw how step") {
				t.Errorf("the record ends with %+v, and the next screen shows\n%s", last(now).Body, seat.printed())
			}
			seat.kill()
			acts := atTerminal(t, "dumb", home, "resume", "--unattended", "--answers", sheet)
			<-time.After(rand.N(900 * time.Millisecond)) // the random moment
			before := record(t, home)
			if _, done = last(before).Body.(bexec.Ended); !done {
				_ = syscall.Kill(keeperOf(before), syscall.SIGKILL)
				killed++
			}
			acts.status()
			now := record(t, home)
			holds(t, before, now)
			_, done = last(now).Body.(bexec.Ended)
		}
		judge(t, home)
		unseenAreUnknown(t, record(t, home))
		for _, e := range record(t, home) {
			if _, unknown := e.Body.(bexec.StepUnknown); unknown {
				inDoubt++
			}
		}
	}
	return killed, inDoubt
}

// holds wants a record to begin with all that stood in it before.
func holds(t testing.TB, before, now []bexec.Event) {
	t.Helper()
	if len(now) < len(before) {
		t.Fatalf("%d events were on record, and now there are %d", len(before), len(now))
	}
	if diff := cmp.Diff(before, now[:len(before)]); diff != "" {
		t.Fatalf("what was on record has changed:\n%s", diff)
	}
}

// doubtful reports whether somebody has to say how a step ended.
func doubtful(events []bexec.Event) bool {
	doubt := false
	for _, e := range events {
		switch e.Body.(type) {
		case bexec.StepUnknown:
			doubt = true
		case bexec.StepResolved:
			doubt = false
		}
	}
	return doubt
}

// unseenAreUnknown wants every attempt that began to have an end on record, or
// to be unknown.
func unseenAreUnknown(t testing.TB, events []bexec.Event) {
	t.Helper()
	open := ""
	for _, e := range events {
		switch b := e.Body.(type) {
		case bexec.StepBegan:
			if open != "" {
				t.Errorf("event %d: step %s began while nobody had said how %s ended", e.Seq, e.Step, open)
			}
			open = e.Step
		case bexec.StepEnded:
			open = ""
		case bexec.StepUnknown:
			if open = ""; b.PID == 0 || b.Begun == 0 || b.Now == "" {
				t.Errorf("event %d: of what ran it is only known that %+v", e.Seq, b)
			}
		}
	}
	if open != "" {
		t.Errorf("how step %s ended is on no record", open)
	}
}

// TestSurvivorsAreListed: what steps have left running is told after each, and
// again when the keeper was killed and when the exercise ends. All are left alone.
func TestSurvivorsAreListed(t *testing.T) {
	need(t, "bash", "setsid")
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("this system tells no environments, and survivors are found by theirs")
	}
	home := keptHome(t)
	sign := filepath.Join(home, "sign")
	book := write(t, "left.yaml", `playbook: left
title: Left
scenarios:
  s:
    title: S
    recovery:
      - {id: leave, do: Leave something., run: "env -i setsid -f $(command -v sleep) 4710 </dev/null >/dev/null 2>&1", expect: {exit: 0}, effect: read}
      - {id: long, do: Leave something more., run: "setsid -f sleep 4711 </dev/null >/dev/null 2>&1; sh -c ': >`+sign+`; exec sleep 300'", expect: {exit: 0}, effect: read}
`)
	x := atTerminal(t, "dumb", home, "run", book)
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	x.line("run")
	x.until("left running: process")
	x.until("Step 2 of 2")
	x.line("run")
	appears(t, sign) // what makes it is in the foreground, and is hung up with the terminal
	keeper := keeperOf(record(t, home))
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, keeper)
	x.until("THE KEEPER IS GONE since ")
	x.line("stop")
	if got := x.status(); got != 5 || !strings.Contains(x.printed(), "Resume: bythebook resume ex-") {
		t.Errorf("the screen of a killed keeper ends with %d:\n%s", got, x.printed())
	}
	back := atTerminal(t, "dumb", home, "resume")
	back.until("Nobody saw how step 2")
	back.until("something that it started is still running")
	back.until("Still running: ")
	back.until("NEXT: ")
	left := survivorsOf(t, record(t, home))
	if first := left["sleep 4711"]; syscall.Kill(first, syscall.SIGKILL) != nil {
		t.Errorf("what the second step left is not there any more: %v", left)
	} else {
		gone(t, first)
	}
	back.line("done")
	back.until("type finish")
	back.line("finish")
	back.status()
	end := last(record(t, home)).Body.(bexec.Ended)
	if len(end.Survivors) != 1 || !strings.HasSuffix(end.Survivors[0].Command, "sleep 4710") || !strings.Contains(back.printed(), fmt.Sprintf("Still running: process %d", left["sleep 4710"])) {
		t.Errorf("at the end there run %v, and the screen shows\n%s", end.Survivors, back.printed())
	}
	if err := syscall.Kill(left["sleep 4710"], syscall.SIGKILL); err != nil {
		t.Errorf("what the first step left is not there any more: %v", err)
	}
	report, err := os.ReadFile(filepath.Join(home, "exercises", today()+"-1", "report.md"))
	if err != nil || !strings.Contains(string(report), fmt.Sprintf("Left running by the exercise, and looked at no more: process %d", left["sleep 4710"])) {
		t.Errorf("the report does not tell of it: %v", err)
	}
}

// survivorsOf are the process numbers of what the newest resumption found, by
// command, and wants the unknown step to say of its shell what became of it.
func survivorsOf(t testing.TB, events []bexec.Event) map[string]int {
	t.Helper()
	left, shell := map[string]int{}, 0
	for _, e := range events {
		switch b := e.Body.(type) {
		case bexec.TerminalOpened:
			shell = b.PID
		case bexec.Resumed:
			for _, s := range b.Survivors {
				left[strings.TrimPrefix(s.Command, "/usr/bin/")] = s.PID
			}
		case bexec.StepUnknown:
			if b.PID != shell || b.Now != bexec.StillRunning || b.Started.IsZero() {
				t.Errorf("of the shell %d the record says %+v", shell, b)
			}
		}
	}
	return left
}

// TestSecretsPass: a secret that a person gives, and a password that is typed
// from the next screen, reach the step and nothing that is kept.
func TestSecretsPass(t *testing.T) {
	need(t, "bash")
	home := keptHome(t)
	book := write(t, "secret.yaml", `playbook: secret
title: Secret
inputs:
  TOKEN: {secret: {ask: true}}
scenarios:
  s:
    title: S
    recovery:
      - {id: ask, do: Ask., run: "read -rs word; echo got ${#word} and ${#TOKEN}", expect: {contains: [got 13 and 14]}, effect: read}
`)
	x := atTerminal(t, "dumb", home, "run", book)
	x.until("type give")
	x.line("give")
	x.until("TOKEN?")
	x.line("planted-token!")
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	x.line("run")
	x.until("waits for a password")
	x.kill()
	back := atTerminal(t, "dumb", home, "resume")
	back.until("waits for a password")
	back.line("planted-word!")
	back.until("Step 1 passed")
	back.until("type finish")
	back.line("finish")
	if got := back.status(); got != 0 {
		t.Errorf("exit status %d:\n%s", got, back.printed())
	}
	if shown := x.printed() + back.printed(); strings.Contains(shown, "planted") {
		t.Errorf("a screen shows a secret:\n%s", shown)
	}
	files := 0
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("planted")) {
			t.Errorf("%s holds a secret", path)
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files were read: %v", files, err)
	}
}

// TestNoPlaceForAKeeper: where nobody could reach a keeper safely the exercise
// goes on without one, and says why and what that means.
func TestNoPlaceForAKeeper(t *testing.T) {
	need(t, "bash")
	for why, spoil := range map[string]func(home string) error{ // what stands where the folder for sockets would be
		"is no folder":           func(home string) error { return os.WriteFile(filepath.Join(home, "bythebook"), nil, 0o600) },
		"bythebook is no folder": func(home string) error { return os.Symlink("/", filepath.Join(home, "bythebook")) },
		"others can reach into": func(home string) error {
			return errors.Join(os.Mkdir(filepath.Join(home, "bythebook"), 0o777), os.Chmod(filepath.Join(home, "bythebook"), 0o777))
		},
		"would be longer than": func(string) error { return nil },
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			home := keptHome(t)
			if why == "would be longer than" {
				home = filepath.Join(home, strings.Repeat("x", 90))
				if err := os.Mkdir(home, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if err := spoil(home); err != nil {
				t.Fatal(err)
			}
			withoutKeeper(t, home, why)
		})
	}
}

// withoutKeeper begins an exercise that is to get no keeper.
func withoutKeeper(t *testing.T, home, why string) {
	t.Helper()
	x := atTerminal(t, "dumb", home, "run", sleeper(t, filepath.Join(home, "sign")))
	x.until("leaving will end what runs, for no keeper can have the exercise")
	x.until(why)
	x.until("type begin")
	if got := keeperOf(record(t, home)); got != x.cmd.Process.Pid {
		t.Errorf("the process %d has the exercise, and not %d", got, x.cmd.Process.Pid)
	}
	x.line("stop")
	if got := x.status(); got != 5 || !strings.Contains(x.printed(), "stopped before its start. Resume: bythebook resume ex-") {
		t.Errorf("it ends with %d:\n%s", got, x.printed())
	}
}
