package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bythebook/exec/mask"
)

const secret = "hunter2-wHy?"

// onDisk fails the test where any file of a session holds the secret, or a piece
// of it that is no ordinary word.
func onDisk(t *testing.T, s *Session) {
	t.Helper()
	files, err := filepath.Glob(s.opt.Transcript + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcript: %v", err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), "hunter2") || strings.Contains(string(text), "-wHy?") {
			t.Errorf("%s holds the secret (%v): %q", path, err, text)
		}
	}
}

// inPieces prints the value of V byte by byte, each a write of its own, in every
// shell.
const inPieces = `v=$V; while [ -n "$v" ]; do r=${v#?}; printf %s "${v%"$r"}"; v=$r; done`

// TestNestedSecrets: what a shell within the terminal prints of a secret, in
// whatever pieces, is nowhere on disk; who has to take a value out of the output
// gets it as it came, and nothing else.
func TestNestedSecrets(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, _ way, s *Session) {
		s.Hide(mask.Rules{Secrets: mask.NewSet(secret)})
		for _, c := range []struct {
			text, plain, shown string
			hidden             int
		}{
			{`printf '<%s>' "$V"; (exit 3)`, "<" + secret + ">", "<(hidden)>", 1},
			{inPieces + `; printf ' end'; (exit 3)`, secret + " end", "(hidden) end", 1},
			{`printf %s "$V"; (exit 3)`, secret, "(hidden)", 1},
			{`printf %s "${V%-*}"; printf '\n%s' "$V" nothing; (exit 3)`, "hunter2\n" + secret + "\nnothing", "", 1},
			{"printf none; (exit 3)", "", "none", 0},
		} {
			if c.shown == "" { // the beginning of a secret alone is none
				s.Hide(mask.Rules{Secrets: mask.NewSet(secret, "hunter2")})
				c.shown, c.hidden = "(hidden)\n(hidden)\nnothing", 2
			}
			o := s.Run(context.Background(), c.text, []string{"V=" + secret}, 0)
			if got := printed(t, s, o); got != c.shown || !o.OK(3) || o.Hidden != c.hidden {
				t.Errorf("%s: %q, %+v", c.text, got, o)
			}
			if got := strings.ReplaceAll(string(s.Plain(o.From)), "\r\n", "\n"); got != c.plain {
				t.Errorf("%s: as it came: %q, want %q", c.text, got, c.plain)
			}
		}
		alive(t, s)
		onDisk(t, s)
	})
}

// TestSecretsOnTheWay: what the opening command prints is hidden too, and what
// was typed to find out who is there is no part of its output.
func TestSecretsOnTheWay(t *testing.T) {
	t.Parallel()
	need(t, "dash")
	s := open(t)
	s.Hide(mask.Rules{Secrets: mask.NewSet(secret)})
	o := s.Enter(context.Background(), `printf 'token %s\n' "$V"; exec dash`, []string{"V=" + secret}, 0)
	if got := raw(t, s, o); !o.OK(0) || o.Evidence != InBand || !strings.HasPrefix(got, "token (hidden)\r\n") || o.Hidden != 1 {
		t.Errorf("%q %+v", got, o)
	}
	if got := string(s.Plain(o.From)); !strings.HasPrefix(got, "token "+secret+"\r\n") || strings.Contains(got, "__book") {
		t.Errorf("as it came: %q", got)
	}
	if o := run(t, s, `printf %s "$V"; (exit 4)`); !o.OK(4) || printed(t, s, o) != "(hidden)" {
		t.Errorf("%q %+v", printed(t, s, o), o)
	}
	onDisk(t, s)
}

// TestRawSecrets: nor is what a program prints that is no shell.
func TestRawSecrets(t *testing.T) {
	t.Parallel()
	need(t, "python3")
	s := open(t)
	s.Hide(mask.Rules{Secrets: mask.NewSet(secret)})
	o := s.Enter(context.Background(), "python3 -i -q", []string{"V=" + secret}, 0)
	if level, _ := s.Level(); level != Raw {
		t.Fatalf("%s %+v", level, o)
	}
	o = s.Run(context.Background(), "import os; print('V is', os.environ['V'], '$V')", []string{"V=" + secret, "W=w"}, 0)
	if want := []string{"$V was typed as it is: what is no shell does not know its value"}; !slices.Equal(o.Notices, want) {
		t.Errorf("%q", o.Notices)
	}
	if got := raw(t, s, o); !strings.Contains(got, "V is (hidden)") || o.Hidden != 1 {
		t.Errorf("%q %+v", got, o)
	}
	if got := string(s.Plain(o.From)); !strings.Contains(got, "V is "+secret) {
		t.Errorf("as it came: %q", got)
	}
	onDisk(t, s)
}

// TestNestedSecretsAtEverySplit: wherever the reads cut what an inner shell says
// and prints, its output is found where it stands in the transcript.
func TestNestedSecretsAtEverySplit(t *testing.T) {
	t.Parallel()
	sign := func(code string) string { return string(signHead("0123456789abcdefghijkl")) + code + "\a" }
	const plain, hidden = "one hunter2-wHy? two\r\nhunter2-", "one (hidden) two\r\nhunter2-"
	before, after := " \\eval\r\n"+sign("2000"), "$ hunter2-wHy? h"
	for size := 1; size < 120; size++ {
		o, err := openOutput(filepath.Join(t.TempDir(), "t"), token())
		if err != nil {
			t.Fatal(err)
		}
		s := &Session{out: o}
		s.Hide(mask.Rules{Secrets: mask.NewSet(secret)})
		o.open()
		o.listen("0123456789abcdefghijkl")
		o.pump(&chunks{strings.NewReader(before + sign("3000") + plain + sign("1003") + after), size})
		from := int64(len(before) + signLen)
		if o.from != from || o.to != from+int64(len(hidden)) {
			t.Fatalf("reads of %d bytes: from %d to %d, want %d and %d more", size, o.from, o.to, from, len(hidden))
		}
		if got := string(s.Plain(from)); got != plain {
			t.Errorf("reads of %d bytes: what came is %q", size, got)
		}
		o.close()
		text, _ := os.ReadFile(o.path)
		if want := before + sign("3000") + hidden + sign("1003") + "$ (hidden) h"; string(text) != want {
			t.Fatalf("reads of %d bytes: the transcript is %q, want %q", size, text, want)
		}
	}
}
