package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// hostile are secrets that look different in every encoding, the last of
// several lines.
var hostile = []string{
	"hunter2-wHy?", "it's \"so\" <quoted> & 100% \\ $HOME `x`!", "pässwörd/🔑+key=", "aaaaaaaa", "abcabcabd",
	"-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\r\nshort\n  q83vEjRWeJA=\n",
}

// printed is a line of a secret as programs print it: by the standard library
// and by bash, not by the table under test.
func printed(t *testing.T, line string) map[string]string {
	t.Helper()
	pad := func(n int) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", n) + line + "tail"))
	}
	doc, err := json.Marshal(map[string]string{"value": line})
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string]string{
		"as it is": line, "JSON": string(doc), "query": "?q=" + url.QueryEscape(line), "path": "/" + url.PathEscape(line),
		"hex": hex.EncodeToString([]byte(line)), "HEX": fmt.Sprintf("%X", line),
		"base64": pad(0), "base64 one on": pad(1), "base64 two on": pad(2), "base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte("uu" + line + "tail")),
	}
	for how, script := range map[string]string{
		"printf %q": `printf %q "$V"`, "${V@Q}": `echo "${V@Q}"`, "declare": "declare -p V", "trace": `exec 2>&1; set -x; : "$V" x`, "trace of it alone": `exec 2>&1; set -x; : $'\n' "$V"`,
	} {
		c := exec.Command("bash", "-c", script)
		c.Env = []string{"V=" + line}
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		forms["bash: "+how] = string(out)
	}
	return forms
}

// TestS1EveryEncodingAtEverySplit prints each secret in each form, cut in two at
// every place and into single bytes, and looks for what is left of it.
func TestS1EveryEncodingAtEverySplit(t *testing.T) {
	for _, secret := range hostile {
		set := NewSet(secret)
		for _, line := range lines(secret) {
			for how, form := range printed(t, line) {
				whole := Rules{Secrets: set}.Text(form)
				if !strings.Contains(whole, Hidden) {
					t.Errorf("%s: %q is let through: %q", how, form, whole)
					continue
				}
				for _, p := range patterns(line) {
					if strings.Contains(whole, p) {
						t.Errorf("%s: %q is left in %q", how, p, whole)
					}
				}
				if len(whole) > len(Hidden)+40 {
					t.Errorf("%s: most of %q is left: %q", how, form, whole)
				}
				for i := range len(form) + 1 {
					if got := through(set, form[:i], form[i:]); got != whole {
						t.Errorf("%s, cut at %d: %q, want %q", how, i, got, whole)
					}
				}
				if got := through(set, strings.Split(form, "")...); got != whole {
					t.Errorf("%s, in single characters: %q, want %q", how, got, whole)
				}
			}
		}
	}
}

// TestColoursInside: what a search highlights is hidden with the rest, wherever
// the colour begins and wherever reads cut it.
func TestColoursInside(t *testing.T) {
	const secret = "hunter2"
	set := NewSet(secret)
	for _, colour := range []string{"\x1b[7m", "\x1b[m", "\x1b[01;31m\x1b[K", "\x1b[38;5;208m"} {
		for i := range secret {
			in := "x" + secret[:i] + colour + secret[i:] + "\x1b[27m y"
			want := "x(hidden)\x1b[27m y"
			if i == 0 {
				want = "x" + colour + "(hidden)\x1b[27m y"
			}
			for k := range len(in) + 1 {
				if got := through(set, in[:k], in[k:]); got != want {
					t.Fatalf("%q, cut at %d: %q, want %q", in, k, got, want)
				}
			}
		}
	}
	for _, in := range []string{
		"hunt\x1b[2Jer2", "hunt\x1bxhunter", "hunt\x1b", "hunt\x1b[1;", "hunt\x1b[" + strings.Repeat("1", 80) + "mer2", "hunt\x1b[1mers \x1b[mhu", "h\x1b]7717;x\a",
	} {
		if got := through(set, strings.Split(in, "")...); got != in {
			t.Errorf("%q becomes %q", in, got)
		}
	}
	s, flood := NewStream(Rules{Secrets: set}), []byte("hunt"+strings.Repeat("\x1b[1m", 1000))
	if out := s.Push(nil, flood); !bytes.Equal(out, flood[:len(out)]) || len(flood)-len(out) > 4+painted {
		t.Errorf("of %d bytes of colours %d are held", len(flood), len(flood)-len(out))
	}
	if got, want := through(set, "hunt\x1b[\x1b[hunter2 h\x1b\x1b[1munter2"), "hunt\x1b[\x1b[(hidden) h\x1b\x1b[1munter2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestBrokenIntoLines: what dumps print of a long secret is broken anywhere, and
// leaves little of it to see.
func TestBrokenIntoLines(t *testing.T) {
	secret := strings.Repeat("A7f-Zq9", 40)
	set := NewSet(secret)
	for _, script := range []string{"base64", "base64 -w 64", "od -An -tx1 -v | tr -d ' '", "{ printf user:; cat; } | base64"} {
		c := exec.Command("bash", "-c", script)
		c.Stdin = strings.NewReader(secret)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(Rules{Secrets: set}.Text(string(out))) {
			for _, left := range strings.Split(strings.TrimSpace(line), Hidden) {
				if len(left) > 11 {
					t.Errorf("%s leaves %q", script, left)
				}
			}
		}
	}
}

// TestEverySplitOfASmallText cuts a text in all of the ways that there are.
func TestEverySplitOfASmallText(t *testing.T) {
	const text = "xabcabcabd\x1b[mabcaby"
	set := NewSet("abcabd", "bcabdabca")
	for cuts := range 1 << (len(text) - 1) {
		var pieces []string
		from := 0
		for i := 1; i <= len(text); i++ {
			if i == len(text) || cuts>>(i-1)&1 == 1 {
				pieces = append(pieces, text[from:i])
				from = i
			}
		}
		if got := through(set, pieces...); got != "xabc"+Hidden+"by" {
			t.Fatalf("%q: %q", pieces, got)
		}
	}
}

// through is what comes out of a stream, given pieces.
func through(set *Set, pieces ...string) string {
	s := NewStream(Rules{Secrets: set})
	var out []byte
	for _, p := range pieces {
		out = s.Push(out, []byte(p))
	}
	return string(s.Flush(out))
}

// TestStreamHidesWhatIsThere holds the automaton against looking for each form
// at each place, on secrets and texts of few letters, so that they overlap.
func TestStreamHidesWhatIsThere(t *testing.T) {
	few := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 6, 9, -1)
	rapid.Check(t, func(t *rapid.T) {
		secrets := rapid.SliceOfN(few, 1, 4).Draw(t, "secrets")
		pieces := rapid.SliceOf(rapid.StringOfN(rapid.RuneFrom([]rune("abbax")), 0, 12, -1)).Draw(t, "pieces")
		text := strings.Join(pieces, "")
		if got, want := through(NewSet(secrets...), pieces...), naive(secrets, text); got != want {
			t.Fatalf("%q without %q: %q, want %q", text, secrets, got, want)
		}
	})
}

// TestPiecesMakeNoDifference: what comes out does not depend on how it came.
func TestPiecesMakeNoDifference(t *testing.T) {
	r := Rules{Secrets: NewSet("abcabc", "bcab]a"), Patterns: []*regexp.Regexp{regexp.MustCompile(`k=\w*`), regexp.MustCompile(`^a.*c$`)}, Mark: []byte("\x1b]m")}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.StringOfN(rapid.RuneFrom([]rune("abcabck=\x1b][7mK\a\n")), 0, 9, -1)).Draw(t, "pieces")
		whole := r.Text(strings.Join(pieces, ""))
		s := NewStream(r)
		var out []byte
		for _, p := range pieces {
			out = s.Push(out, []byte(p))
		}
		if got := string(s.Flush(out)); got != whole {
			t.Fatalf("in pieces %q, in one %q", got, whole)
		}
	})
}

// naive hides by looking everywhere for everything.
func naive(secrets []string, text string) string {
	hide := make([]bool, len(text))
	for _, secret := range secrets {
		for _, p := range patterns(secret) {
			for i := range text {
				if strings.HasPrefix(text[i:], p) {
					for k := range p {
						hide[i+k] = true
					}
				}
			}
		}
	}
	var b strings.Builder
	for i := range text {
		switch {
		case !hide[i]:
			b.WriteByte(text[i])
		case i == 0 || !hide[i-1]:
			b.WriteString(Hidden)
		}
	}
	return b.String()
}

// TestQuiet tells what a person sees, and when: "|" is a pause.
func TestQuiet(t *testing.T) {
	for _, c := range []struct{ secret, pattern, in, want string }{
		{"hunter2", "", "login: |", "login: |"},
		{"hunter2", "", "name h|", "name h|"},
		{"hunter2", "", "name hu|t", "name hu|t"},
		{"hunter2", "", "name hun|t", "name |hunt"},
		{"hunter2", "", "h|u|n|t|e|r|2|!", "h|u|||||(hidden)|!"},
		{"hunter2", "", "x hunter2|", "x (hidden)|"},
		{"hunter2", "", "x hunter2|hunter2.", "x (hidden)|."},
		{"hunter2", "", "hunter|", "|hunter"},
		{"", `token=\S+`, "Password: |yes\n", "Password: |yes\n"},
		{"", `token=\S+`, "a token=abc|def|.\nb\n", "a (hidden)||\nb\n"},
		{"", `token=\S+`, "token|=abc\n", "token|(hidden)\n"},
		{"", `^key .*$`, "the key is\r\nkey is\r\n", "the key is\r\n(hidden)\r\n"},
		{"hunter2", `token=\S+`, "token=hunter2-x hunter2 hun|", "(hidden) (hidden) |hun"},
		{"", "", "anything|", "anything|"},
	} {
		r := Rules{}
		if c.secret != "" {
			r.Secrets = NewSet(c.secret)
		}
		if c.pattern != "" {
			r.Patterns = []*regexp.Regexp{regexp.MustCompile(c.pattern)}
		}
		if got := played(r, c.in); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
}

func played(r Rules, in string) string {
	s := NewStream(r)
	if s == nil {
		return in
	}
	var out []byte
	for i, p := range strings.Split(in, "|") {
		if i > 0 {
			out = append(s.Quiet(out), '|')
		}
		out = s.Push(out, []byte(p))
	}
	return string(s.Flush(out))
}

// TestMarksPass: no pattern hides a mark, however greedy, and what stands before
// one leaves with it.
func TestMarksPass(t *testing.T) {
	r := Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(`key=.*|\S{20,}`)}, Mark: []byte("\x1b]7717;")}
	const mark = "\x1b]7717;0123456789012345678901\a"
	for in, want := range map[string]string{
		"a key=b" + mark:                        "a " + Hidden + mark,
		"a\n" + mark + "key=b" + mark + mark:    "a\n" + mark + Hidden + mark + mark,
		"\x1b]0;title with key=b\a" + mark:      "\x1b]0;title with " + Hidden + mark,
		mark[:12] + mark + "\x1bkey=\x1b]c\r\n": mark[:12] + mark + "\x1b" + Hidden + "\x1b]c\r\n",
	} {
		for size := 1; size <= len(in); size++ {
			s := NewStream(r)
			var out []byte
			for p := in; p != ""; p = p[min(size, len(p)):] {
				out = s.Push(out, []byte(p[:min(size, len(p))]))
			}
			if s.Holds() {
				t.Errorf("%q in pieces of %d: something is held", in, size)
			}
			if got := string(out); got != want {
				t.Fatalf("%q in pieces of %d: %q, want %q", in, size, got, want)
			}
		}
	}
}

// TestHeld: only what may become a secret is held back.
func TestHeld(t *testing.T) {
	s := NewStream(Rules{Secrets: NewSet("hunter2")})
	for _, c := range []struct {
		in, out string
		holds   bool
	}{{"a hun", "a ", true}, {"gry hunter", "hungry ", true}, {"2", "", true}, {" ok", "(hidden) ok", false}} {
		if got := string(s.Push(nil, []byte(c.in))); got != c.out || s.Holds() != c.holds {
			t.Errorf("after %q: %q, holds %v", c.in, got, s.Holds())
		}
	}
	if secrets, patterns := s.Hidden(); secrets != 1 || patterns != 0 {
		t.Errorf("%d and %d are counted", secrets, patterns)
	}
}

// TestLongLines: a line is not waited for for ever, and what matches in it is
// found wherever it stands.
func TestLongLines(t *testing.T) {
	r := Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(`token=\w+`)}}
	for _, at := range []int{0, longest - 20, longest - context, longest - context - 3, 3 * longest} {
		in := strings.Repeat(".", at) + "token=secret" + strings.Repeat(".", 5*longest-at)
		s := NewStream(r)
		var out []byte
		for _, p := range [][]byte{[]byte(in)[:at+8], []byte(in)[at+8:]} {
			out = s.Push(out, p)
			if len(s.redaction.line) > longest {
				t.Fatalf("%d bytes are held", len(s.redaction.line))
			}
		}
		out = s.Flush(out)
		if want := strings.Replace(in, "token=secret", Hidden, 1); string(out) != want {
			t.Errorf("at %d: %d bytes, want %d; left: %v", at, len(out), len(want), bytes.Contains(out, []byte("secret")))
		}
	}
}

func TestFit(t *testing.T) {
	for secret, want := range map[string]bool{
		"": false, "short": false, "longer": true, "pässw": false, "pässwö": true, "  ab  cd": true, "    abcde    ": false, "ab\ncd\nef": false, "ab\ncdefgh\n": true,
	} {
		if Fit(secret) != want || (NewSet(secret) != nil) != want {
			t.Errorf("%q: %v", secret, Fit(secret))
		}
	}
}

// TestSuspects has a line of each kind, and lines that only look like one.
func TestSuspects(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "a private key"},
		{"id AKIAQWERTYUIOPASDFGH", "an AWS access key"},
		{"ghp_0123456789abcdefghijABCDEFGHIJ012345", "a token"},
		{"xoxb-123456789012-abc", "a token"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig", "a token"},
		{"password=hunter2", "a password or token"},
		{`{"password": "hunter2hunter2"}`, "a password or token"},
		{"> Authorization: Bearer 0123456789abcdef", "a password or token"},
		{"Set-Cookie: sid=0123456789abcdef; Path=/", "a cookie"},
		{"psql postgres://bob:hunter2@db/books", "a password"},
		{"curl -u bob:hunter2 https://x", "a password"},
		{"mysql --password hunter2", "a password"},

		{"postgres://bob:(hidden)@db password=(hidden) Authorization: Bearer (hidden)", ""},
		{"Password: ", ""},
		{"PASSWORD=$PASSWORD token: expires tomorrow", ""},
		{"-----BEGIN CERTIFICATE-----", ""},
		{"key: value", ""},
	} {
		var got []string
		for _, s := range Suspects(c.text) {
			got = append(got, s.What)
			if !strings.Contains(c.text, s.It) {
				t.Errorf("%q: %q is not in it", c.text, s.It)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

// BenchmarkStream hides forty secrets, all forms of them, in what looks like a
// log, in the pieces in which a terminal gives it.
func BenchmarkStream(b *testing.B) {
	var secrets []string
	for i := range 40 {
		secrets = append(secrets, fmt.Sprintf("s%dcret-%x-value", i, i*7919))
	}
	var text []byte
	for i := 0; len(text) < 1<<20; i++ {
		text = fmt.Appendf(text, "2026-11-23T13:39:28.%06dZ INFO api: GET /orders/%d 200 in %d ms, request=%x\r\n", i, i*31, i%97, i*2654435761)
		if i%100 == 0 {
			text = append(text, secrets[i/100%40]...)
		}
	}
	for name, r := range map[string]Rules{
		"secrets": {Secrets: NewSet(secrets...)},
		"pattern": {Patterns: []*regexp.Regexp{regexp.MustCompile(`token=\S+`)}},
	} {
		b.Run(name, func(b *testing.B) {
			s := NewStream(r)
			b.SetBytes(int64(len(text)))
			var out []byte
			for b.Loop() {
				for p := text; len(p) > 0; p = p[min(len(p), 4096):] {
					out = s.Push(out[:0], p[:min(len(p), 4096)])
				}
			}
		})
	}
}
