package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// A screen is a person at a real terminal multiplexer.
type screen struct {
	t      *testing.T
	socket string
	home   string
}

// openScreen starts an interactive shell in a terminal of that size.
func openScreen(t *testing.T, w, h int) *screen {
	t.Helper()
	need(t, "tmux", "bash", "curl")
	home := t.TempDir()
	s := &screen{t: t, socket: filepath.Base(filepath.Dir(home)), home: home} // a name of this test's own
	s.tmux("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h),
		"env", "PS1=ready$ ", "BYTHEBOOK_HOME="+s.home, "USER=bob", "LANG=C.UTF-8", "bash", "--norc", "--noprofile")
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-L", s.socket, "kill-server").Run()
		_ = exec.Command("bythebook", "lab", "down", "--home", s.home).Run()
	})
	s.until("ready$")
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (s *screen) press(keys ...string) { s.tmux(append([]string{"send-keys"}, keys...)...) }
func (s *screen) line(text string)     { s.tmux("send-keys", "-l", text); s.press("Enter") }
func (s *screen) text() string         { return s.tmux("capture-pane", "-p") }

// wait looks at the screen until it is as wanted.
func (s *screen) wait(what string, ok func(text string) bool) string {
	s.t.Helper()
	end := time.Now().Add(30 * time.Second)
	beat := time.NewTicker(30 * time.Millisecond)
	defer beat.Stop()
	for {
		text := s.text()
		if ok(text) {
			return text
		}
		if time.Now().After(end) {
			s.t.Fatalf("waiting for %s, the screen shows\n%s", what, text)
		}
		<-beat.C
	}
}

func (s *screen) until(part string) string {
	s.t.Helper()
	return s.wait(fmt.Sprintf("%q", part), func(text string) bool { return strings.Contains(text, part) })
}

var nextLine = regexp.MustCompile(`(?m)^ NEXT > (\S+)(?: or \d+)? = (.*)$`)

// follow does what the NEXT line says, and nothing else, until it says to stop.
// choices are what a person answers, by the step's id, where there is a choice.
func (s *screen) follow(choices map[string]string, stop string) string {
	s.t.Helper()
	said := ""
	for range 400 {
		text := s.wait("another NEXT line", func(text string) bool {
			m := nextLine.FindString(text)
			return m != "" && m != said || strings.Contains(text, stop)
		})
		if strings.Contains(text, stop) {
			return text
		}
		m := nextLine.FindStringSubmatch(text)
		said = m[0]
		switch key := m[1]; {
		case strings.HasPrefix(key, "1"):
			s.press(s.choice(text, choices))
		case strings.Contains(m[2], "RECORD the step") && !strings.Contains(text, "[Told"):
			s.tmux("send-keys", "-l", "Told the team.")
			s.until("[Told the team.")
			s.press("Enter")
		case key == "enter":
			s.press("Enter")
		default:
			s.press(key)
		}
		s.tookEffect(said)
	}
	s.t.Fatalf("the NEXT line led nowhere:\n%s", s.text())
	return ""
}

// tookEffect waits until the screen asks for something else. A key that was
// pressed before the screen was armed is pressed again by the next round.
func (s *screen) tookEffect(said string) {
	end := time.Now().Add(3 * time.Second)
	beat := time.NewTicker(30 * time.Millisecond)
	defer beat.Stop()
	for time.Now().Before(end) {
		if nextLine.FindString(s.text()) != said {
			return
		}
		<-beat.C
	}
}

func (s *screen) choice(text string, choices map[string]string) string {
	s.t.Helper()
	for id, key := range choices {
		if strings.Contains(text, ": "+id+" ") {
			return key
		}
	}
	s.t.Fatalf("a choice that nobody foresaw:\n%s", text)
	return ""
}

// TestFollowingNext is the main job as a newcomer does it: each practice
// exercise, doing only what the NEXT line says, to the report, and the one
// that needs no name at both sizes.
func TestFollowingNext(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		w, h     int
		scenario string
		choices  map[string]string // of what a person answers, by the step's id
	}{
		{80, 24, "", map[string]string{"repair-dependency": "2", "which-failure": "1"}},
		{120, 36, "", map[string]string{"repair-dependency": "2", "which-failure": "1"}},
		{80, 24, "database-failure", map[string]string{"choose-loss": "2", "which-loss": "2", "enter-again": "1"}},
		{80, 24, "cdn-failure", map[string]string{"choose-loss": "2", "which-loss": "2", "publish-again": "1"}},
		{80, 24, "search-failure", map[string]string{"how-long": "2"}},
	} {
		t.Run(fmt.Sprintf("%dx%d %s", row.w, row.h, row.scenario), func(t *testing.T) {
			t.Parallel()
			s := openScreen(t, row.w, row.h)
			s.line(strings.TrimSpace("bythebook practice --pace 0 " + row.scenario))
			last := s.follow(row.choices, "NEXT > enter = LEAVE")
			for _, want := range []string{"as documented", "completed", "MET"} {
				if !strings.Contains(last, want) {
					t.Errorf("the summary lacks %q:\n%s", want, last)
				}
			}
			s.press("v")
			s.until("THE REPORT")
			s.until("Summary")
			s.press("Escape")
			s.until("NEXT > enter = LEAVE")
			s.press("Enter")
			s.until("Report: " + s.home[:10])
			s.until("ready$")
			s.clean()
			if _, err := os.Stat(filepath.Join(s.home, "exercises", today()+"-1", "report.md")); err != nil {
				t.Error(err)
			}
		})
	}
}

func today() string { return "ex-" + time.Now().UTC().Format("20060102") }

// clean asks the terminal whether it is as it was: no other screen, no mouse,
// a visible cursor, lines edited and echoed.
func (s *screen) clean() {
	s.t.Helper()
	modes := strings.TrimSpace(s.tmux("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_flag}"))
	if modes != "0 0 1 0" {
		s.t.Errorf("the terminal was left with alternate screen, mouse, cursor, keypad = %s", modes)
	}
	s.line("stty -a | grep -o -E '[- ](icanon|echo|isig) ' | tr -d '\\n'; echo .")
	s.until(" icanon  echo ") // as on a terminal that nobody has touched
}

// hostile is a playbook whose steps do to a terminal what nobody should.
const hostile = `playbook: hostile
title: "Hostile <U+202E> words"
scenarios:
  bad:
    title: Bad manners
    recovery:
      - {id: title, do: Set the title., run: "printf '\\033]0;stolen\\007\\033]2;stolen\\033\\\\after-title\\n'", expect: {contains: [after-title]}, effect: read}
      - {id: clip, do: Write the clipboard., run: "printf '\\033]52;c;c3RvbGVu\\007after-clip\\n'", expect: {contains: [after-clip]}, effect: read}
      - {id: cursor, do: Move about., run: "printf '\\033[2J\\033[H\\033[5;5Hafter-cursor\\033[?25l\\033[?1049h\\033[?1000h\\033c\\n'", expect: {contains: [after-cursor]}, effect: read}
      - {id: osc, do: Leave a sequence open., run: "printf '\\033]0;never closed'; echo; echo after-osc", expect: {contains: [after-osc]}, effect: read}
      - {id: bidi, do: Write backwards., run: "printf 'safe \\342\\200\\256 txt.exe after-bidi\\n'", expect: {contains: [after-bidi]}, effect: read}
      - {id: long, do: One long line., run: "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo after-long", expect: {exit: 0}, effect: read}
      - {id: last, do: Look at what the long line left., run: "echo after-all", expect: {contains: [after-all]}, effect: read}
`

// TestHostileSteps: whatever a step prints, its text is visible and the
// terminal stays as it was.
func TestHostileSteps(t *testing.T) {
	t.Parallel()
	s := openScreen(t, 80, 24)

	s.line("bythebook run " + write(t, "hostile.yaml", hostile))
	s.follow(nil, "2/7")
	for i, want := range []string{"after-title", "after-clip", "after-cursor", "after-osc", "after-bidi", "after-long"} {
		s.until(want)
		if got := s.tmux("display-message", "-p", "#{pane_title}"); strings.Contains(got, "stolen") || strings.Contains(got, "never closed") {
			t.Fatalf("step %d set the title to %s", i+1, got)
		}
		if text := s.text(); !strings.Contains(text, " NEXT ") || !strings.Contains(text, "hostile > bad") {
			t.Fatalf("after %s the screen is\n%s", want, text)
		}
		s.follow(nil, fmt.Sprintf("%d/7", min(7, i+3)))
	}
	s.follow(nil, "NEXT > enter = LEAVE")
	s.press("Enter")
	s.until("Report:")
	s.clean()
	if buffers, err := exec.Command("tmux", "-L", s.socket, "show-buffer").Output(); err == nil && strings.Contains(string(buffers), "stolen") {
		t.Error("a step wrote the clipboard")
	}

}

// TestParentKilled: a shell whose job was killed takes its terminal back. The
// screen notices, leaves, and the exercise, which no keeper has, can be resumed.
func TestParentKilled(t *testing.T) {
	t.Parallel()
	s := openScreen(t, 80, 24)
	s.line(`bash -c 'echo $$ >` + s.home + `/pid; bythebook practice --pace 0 --no-keeper; exit 0'`)
	s.until("enter = BEGIN")
	s.follow(nil, "2/18")
	s.until("NEXT > r = RUN step 2") // armed: the terminal's answer is in
	pid, err := os.ReadFile(filepath.Join(s.home, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", "-9", strings.TrimSpace(string(pid))).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.until("Killed")
	events, err := journal.Read(filepath.Join(s.home, "exercises", today()+"-1"))
	if err != nil {
		t.Fatal(err)
	}
	program := events[0].Body.(bexec.Began).Process.PID
	s.wait("the program to be gone", func(string) bool { return syscall.Kill(program, 0) != nil })
	s.press("C-l")
	s.line("echo still $((40+2))")
	s.until("still 42")
	s.clean()
	s.line("bythebook resume --no-keeper")
	s.until("NEXT > r = RUN step 2")
}

// TestScreenKilled: a screen that was killed leaves a terminal to be put in
// order, and an exercise that the next screen is in the middle of.
func TestScreenKilled(t *testing.T) {
	s := openScreen(t, 80, 24)
	t.Cleanup(func() { endKeeper(t, s.home) })
	goes := filepath.Join(s.home, "go")
	s.line(`bash -c 'echo $$ >` + s.home + `/pid; exec bythebook run ` + patientSleeper(t, filepath.Join(s.home, "sign"), goes) + `'`)
	s.until("enter = BEGIN")
	s.follow(nil, "NEXT > r = RUN step 1")
	s.press("r")
	s.until("WAIT  step 1 runs")
	pid, err := os.ReadFile(filepath.Join(s.home, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", "-9", strings.TrimSpace(string(pid))).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.line("reset")
	s.until("ready$")
	s.line("bythebook watch")
	s.until("LOOKING ON")
	s.until("nobody has the pen; next: step 1 is running")
	s.press("q")
	s.until("NEXT > l = LEAVE")
	s.press("l")
	s.until("goes on without you")
	s.line("bythebook resume")
	s.until("WAIT  step 1 runs")
	if err := os.WriteFile(goes, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.until("NEXT > r = RUN step 2")
	s.follow(nil, "NEXT > enter = LEAVE")
	s.press("Enter")
	s.until("Report:")
	s.clean()
	wentOn(t, record(t, s.home))
}
