package shell

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A Level says what takes the steps in a terminal.
type Level string

// The levels.
const (
	Local  Level = "local"  // the shell that the terminal was opened with
	Nested Level = "nested" // a shell within that one, driven through its prompt
	Raw    Level = "raw"    // a program that is no shell: text is typed, a person says how it ended
)

const (
	probeLimit = 3 * time.Second // how long a shell may take to answer the probe
	lineGraces = 4               // and to read a line of a step, in Options.Grace
	rawQuiet   = 2 * time.Second // how long a raw program is silent when it seems to be done
)

// An inner is what a step has opened within the terminal, and which has taken
// it over. The step itself goes on until that ends.
type inner struct {
	level  Level
	shell  innerShell // its kind
	outer  string     // token of the step that opened it
	token  string     // of the newest step in it
	status int        // and how that ended
}

// Level says what takes the steps, and the name of the shell.
func (s *Session) Level() (Level, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inner == nil {
		return Local, "bash"
	}
	return s.inner.level, s.inner.shell.name
}

// Enter gives the shell a step whose command opens another shell and stays in
// it: ssh, su, a container. Until that shell is there a person may have to
// answer it, so nothing is typed before the program that takes the keys has been
// silent for a while. Then it is asked whether it is a shell, taught to report
// and made to prove that it tells the truth about a status of 42.
//
// An outcome with Evidence InBand says that the shell is there: from here on all
// steps run in it, and with its end the session ends. Where something else has
// taken the terminal over the outcome is Unknown and the level Raw. A command
// that just ended has its own outcome, like any step's.
func (s *Session) Enter(ctx context.Context, text string, vars []string, limit time.Duration) Outcome {
	return s.perform(ctx, &step{token: token(), prompt: -1, opens: true}, Place{}, text, vars, limit)
}

// arrived looks whether the running step has opened what it was to open.
func (s *Session) arrived(st *step) (ending, bool) {
	at := s.out.position()
	if at != st.silent || at == st.from || !s.takesLine(st) || s.fillsScreen() {
		st.silent = at
		return 0, false
	}
	s.out.veil.end() // what follows is our own doing
	in, taught := s.teach(st)
	if len(s.records) > 0 { // it ended meanwhile
		return 0, false
	}
	st.entry = at
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inner = in
	if !taught {
		return byRefusal, true
	}
	return byEntry, true
}

// takesLine says whether a line that is typed now would go to a prompt. Line
// editors, and ssh for whatever is behind it, take single keys; a shell without
// an editor is told from a program with a question by its name.
func (s *Session) takesLine(st *step) bool {
	now, err := s.tty.settings()
	if err != nil {
		return false
	}
	echo, lines := now.Lflag&unix.ECHO != 0, now.Lflag&unix.ICANON != 0
	if !lines {
		return !echo
	}
	group, err := s.tty.foreground()
	if err != nil || !echo || group == s.pid && !st.deaf { // our own shell, unless it was replaced
		return false
	}
	p, _ := lookup(group)
	return slices.Contains([]string{"sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"}, p.command)
}

// takeBack takes back a line that was typed: with ^U, with ^C, and with an empty
// line, because some programs look up from a line only when it ends. Each is
// given a moment: fish keeps its line where ^C and the line's end come as one.
func (s *Session) takeBack() {
	for _, key := range []string{"\x15", "\x03", "\n"} {
		if s.tty.write([]byte(key)) != nil {
			return
		}
		s.out.drain()
	}
}

// teach asks whether a shell is there and teaches it. Where none answers, what
// was typed is taken back.
func (s *Session) teach(st *step) (in *inner, taught bool) {
	in = &inner{level: Raw, outer: st.token, token: token()}
	s.out.listen(in.token)
	s.enterLine(probeLine(in.token))
	code, ok := s.await(func(c signCode) bool { return signShell <= c && c < signShell+signCode(len(innerShells)) }, probeLimit)
	if !ok {
		s.out.listen("")
		s.takeBack()
		return in, false
	}
	kind := innerShells[code-signShell]
	s.enterLine(kind.functions() + "__book_y=$(stty -g </dev/tty) && __book_t=" + in.token + " && __book_m 4000")
	if _, ok := s.await(func(c signCode) bool { return c == signDefined }, probeLimit); !ok {
		s.out.listen("")
		return in, false
	}
	s.enterLine(discarding + kind.hook)
	if _, ok := s.await(signCode.prompt, probeLimit); !ok {
		s.out.listen("")
		return in, false
	}
	in.level, in.shell = Nested, kind
	lines, _ := dictation(token(), "(exit 42)", nil, "")
	if err := s.dictate(in, lines, func() bool { return false }); err != nil {
		return in, false
	}
	code, ok = s.await(signCode.prompt, probeLimit)
	return in, ok && code == signPrompt+42 // the first step finds a status of 0
}

// enterLine types a line.
func (s *Session) enterLine(line string) error { return s.tty.write([]byte(line + "\n")) }

// await waits for a sign.
func (s *Session) await(wanted func(signCode) bool, limit time.Duration) (signCode, bool) {
	over := time.NewTimer(limit)
	defer over.Stop()
	for {
		select {
		case got := <-s.out.signs:
			if wanted(got.code) {
				return got.code, true
			}
		case <-s.out.done:
			return 0, false
		case <-over.C:
			return 0, false
		}
	}
}

// dictate hands a step to the inner shell, which begins it at once; or takes it
// back, where it was stopped meanwhile.
func (s *Session) dictate(in *inner, lines []string, stopped func() bool) error {
	deaf := errors.New("the shell in this terminal did not take the step")
	s.out.listen(in.token)
	if err := s.enterLine(in.shell.doLine(in.status)); err != nil {
		return err
	}
	taken := func(n int) bool {
		_, ok := s.await(func(c signCode) bool { return c == signTaken+signCode(n%1000) }, lineGraces*s.opt.Grace)
		return ok
	}
	if !taken(0) {
		return deaf
	}
	in.token = strings.TrimPrefix(lines[0], "t:")
	s.out.listen(in.token)
	for i, line := range lines {
		if stopped() && i > 0 {
			return s.enterLine("q")
		}
		if err := s.enterLine(line); err != nil {
			return err
		}
		if i < len(lines)-1 && !taken(i+1) {
			return deaf
		}
	}
	return nil
}
