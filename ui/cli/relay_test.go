package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// editing is a playbook whose steps want a person: an editor, and a password.
const editing = `playbook: editing
title: Editing
scenarios:
  s:
    title: S
    recovery:
      - {id: edit, do: Edit a file., run: "vim -u NONE -i NONE 'FILE'; cat 'FILE'", expect: {contains: [in the pane, in the relay]}, effect: read}
      - {id: word, do: Say the word., run: "read -s -p 'word: ' w; echo; echo ${#w}", expect: {contains: ["12"]}, effect: read}
`

// TestCase37Relay: an editor in the pane, with the whole terminal, back, and
// again at another size; then a password. The exercise goes on by itself, and the
// record is whole and without it.
func TestCase37Relay(t *testing.T) {
	need(t, "vim")
	for _, how := range []string{"", " --no-keeper"} {
		t.Run("run"+how, func(t *testing.T) {
			t.Parallel()
			s := openScreen(t, 80, 24)
			file := filepath.Join(s.home, "notes")
			s.line("bythebook run" + how + " " + write(t, "editing.yaml", strings.ReplaceAll(editing, "FILE", file)))
			s.follow(nil, "NEXT > r = RUN step 1")
			s.press("r")
			s.until("NEXT > ctrl+] = KEYS BACK")
			s.line("iin the pane")
			s.wait("what was typed", shows(4, "in the pane"))
			s.handOver()
			s.wait("the editor alone", shows(0, "in the pane"))
			s.line("in the relay")
			s.press("Escape")
			s.wait("what was typed there", shows(1, "in the relay"))
			s.press("C-]")
			s.until("NEXT > i = GIVE IT THE KEYS")
			s.wait("the same in the pane", shows(5, "in the relay"))
			s.press("g")
			s.wait("the editor again", shows(1, "in the relay"))
			s.tmux("resize-window", "-x", "100", "-y", "30")
			s.wait("the editor in a larger window", func(text string) bool {
				rows := strings.Split(text, "\n")
				return len(rows) > 29 && rows[27] == "~" && rows[1] == "in the relay"
			})
			s.line(":wq")
			s.until("NEXT > r = RUN step 2")
			s.press("r")
			s.until("a password; nothing of it is recorded")
			s.until("NEXT > enter = SEND")
			s.tmux("send-keys", "-l", "hunter2-moon")
			s.press("Enter")
			s.follow(nil, "NEXT > enter = LEAVE")
			s.press("Enter")
			s.until("Report:")
			s.clean()
			s.whole("hunter2-moon")
		})
	}
}

// TestCase37RelayAsked: a screen that is asked to go in the middle of a relay puts
// the terminal in order, and the step goes on.
func TestCase37RelayAsked(t *testing.T) {
	need(t, "vim")
	s := openScreen(t, 80, 24)
	t.Cleanup(func() { endKeeper(t, s.home) })
	file := filepath.Join(s.home, "notes")
	s.line(`bash -c 'echo $$ >` + s.home + `/pid; exec bythebook run ` + write(t, "editing.yaml", strings.ReplaceAll(editing, "FILE", file)) + `'`)
	s.follow(nil, "NEXT > r = RUN step 1")
	s.press("r")
	s.until("NEXT > ctrl+] = KEYS BACK")
	s.line("iin the pane")
	s.handOver()
	s.wait("the editor alone", shows(0, "in the pane"))
	pid, err := os.ReadFile(filepath.Join(s.home, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", strings.TrimSpace(string(pid))).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.until("goes on with step 1 of 2, which is running. Resume:")
	s.clean()
}

// TestCase37Plain: line by line it is told what a step is, and a line goes to it.
func TestCase37Plain(t *testing.T) {
	need(t, "less")
	home := t.TempDir()
	book := write(t, "page.yaml", "playbook: page\ntitle: Page\nscenarios:\n  s:\n    title: S\n    recovery:\n"+
		"      - {id: page, do: Page., run: seq 1 99 | less, expect: {exit: 0}, effect: read}\n")
	x := atTerminal(t, "dumb", home, "run", book, "--no-keeper")
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	x.line("run")
	x.until("The command is a full-screen program. What you type goes to it.")
	x.until("use bythebook without --plain")
	x.line("q")
	x.until("Step 1 passed")
	x.line("finish")
	if got := x.status(); got != 0 {
		t.Errorf("it ends with %d:\n%s", got, x.printed())
	}
}

func shows(row int, text string) func(string) bool {
	return func(all string) bool {
		rows := strings.Split(all, "\n")
		return row < len(rows) && strings.TrimSpace(rows[row]) == text
	}
}

// handOver takes the keys back from the step and gives it the whole terminal.
func (s *screen) handOver() {
	s.t.Helper()
	s.press("C-]")
	s.until("NEXT > i = GIVE IT THE KEYS")
	s.press("g")
}

// whole looks at what is left of an exercise: a secret is nowhere in it, the
// transcript has what the editor drew, and the record that it had the terminal.
func (s *screen) whole(secret string) {
	s.t.Helper()
	dir := filepath.Join(s.home, "exercises", today()+"-1")
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(secret)) {
			s.t.Errorf("the password is in %s", path)
		}
		return err
	})
	if err != nil || files < 4 {
		s.t.Errorf("%d files were looked at: %v", files, err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "out", "transcript.raw"))
	if err != nil || !bytes.Contains(raw, []byte("\x1b[?1049h")) || !bytes.Contains(raw, []byte("in the pane\r\nin the relay\r\n")) {
		s.t.Errorf("the transcript is not whole: %v\n%q", err, raw)
	}
	record, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil || !bytes.Contains(record, []byte("the whole terminal was handed over to it, 2 times, for ")) {
		s.t.Errorf("the record does not tell of it: %v\n%s", err, record)
	}
}
