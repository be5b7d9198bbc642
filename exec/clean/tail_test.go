package clean

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// printed is what programs print, as a person reads it and as it is compared.
var printed = []struct{ name, in, want string }{
	{"line", "ok\r\n", "ok\n"},
	{"no line feed at the end", "ok", "ok"},
	{"empty", "", ""},
	{"only a carriage return", "\r", ""},
	{"progress bar", "10%\r50%\r100%\r\n", "100%\n"},
	{"shorter overwrite", "100%\r5", "500%"},
	{"erase to the end", "100%\r\x1b[K5", "5"},
	{"erase to the start", "abcd\b\b\x1b[1K", "   d"},
	{"erase all", "abcd\x1b[2Kxy", "    xy"},
	{"erase all, then return", "abcd\x1b[2K\rxy", "xy"},
	{"backspace", "passworx\bd", "password"},
	{"backspace at the start", "\b\bab", "ab"},
	{"backspace over a wide character", "東京\b\b北", "北京"},
	{"tab", "a\tb", "a       b"},
	{"tab over text", "abcdefghij\r\tX", "abcdefghXj"},
	{"trailing blanks", "a  \r\n  \r\nb ", "a\n\nb"},
	{"colour", "\x1b[1;31mred\x1b[0m", "red"},
	{"conceal", "\x1b[8mhidden\x1b[0m", "hidden"},
	{"cursor, screen, printer", "\x1b[2J\x1b[H\x1b[?1049h\x1b[5i\x1b[6na", "a"},
	{"scroll region", "\x1b[1;99999r\x1b[99999999bx", "x"},
	{"charset and reset", "\x1b(0\x1bc\x1b#8x", "x"},
	{"title", "\x1b]0;owned\x07a\x1b]2;owned\x1b\\b", "ab"},
	{"directory, prompt, picture, note", "\x1b]7;file://h/\x07\x1b]133;A\x07\x1b]1337;File=:AA\x07\x1b]9;hi\x07.", "."},
	{"clipboard", "a\x1b]52;c;cm0gLXJmIC8=\x07b", "a[clipboard write blocked]b"},
	{"dcs, apc, pm, sos", "a\x1bPq#0\x1b\\b\x1b_Gi=1\x1b\\c\x1b^p\x1b\\d\x1bXs\x1b\\e", "abcde"},
	{"unterminated osc before a line feed", "\x1b]0;owned\nall is lost\n", "^[]0;owned\nall is lost\n"},
	{"unterminated dcs before an escape", "\x1bPq1\x1b[0mseen", "^[Pq1seen"},
	{"unterminated apc at the end", "\x1b_seen", "^[_seen"},
	{"return in an unterminated osc", "\x1b]0;a\rb\n", "^[]0;a^Mb\n"},
	{"unterminated csi", "\x1b[31\nseen", "^[[31\nseen"},
	{"utf-8 in a csi", "\x1b[3é", "^[[3é"},
	{"lone escape", "a\x1b", "a^["},
	{"escape, then a control character", "\x1b\x07x", "^[^Gx"},
	{"c0 and del", "\x05\x0e\x0f\x7f\x07", "^E^N^O^?^G"},
	{"c1 as utf-8", "\u009b31m", "<U+009B>31m"},
	{"c1 raw", "\x9b31m", "\uFFFD31m"},
	{"bidi and zero width", "\u202Ea\u200b", "<U+202E>a<U+200B>"},
	{"other blanks", "1\u00a0234", "1 234"},
	{"invalid utf-8", "\xff\xc3(\xe2\x82\n", "\uFFFD\uFFFD(\uFFFD\uFFFD\n"},
}

func TestOutput(t *testing.T) {
	for _, c := range printed {
		t.Run(c.name, func(t *testing.T) {
			if got := Output([]byte(c.in)); got != c.want {
				t.Errorf("Output(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// lines feeds a Tail and returns what it shows at the end.
func lines(max int, chunks ...string) *Tail {
	t := NewTail(max)
	for _, c := range chunks {
		t.Write([]byte(c))
	}
	t.Flush()
	return t
}

func TestTailShowsWhatOutputCompares(t *testing.T) {
	for _, c := range printed {
		var got []string
		for _, l := range lines(1000, c.in).Lines() {
			got = append(got, strings.TrimRight(l, " "))
		}
		want := strings.Split(strings.TrimSuffix(c.want, "\n"), "\n")
		if c.want == "" {
			want = nil
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestTailShowsWhereALinkLeads(t *testing.T) {
	in := "\x1b]8;;https://evil.example/x\x1b\\https://bank.example\x1b]8;;\x1b\\ \x1b]8;;x\x07y\x1b]8;;\x07"
	want := []string{"[link to evil.example] https://bank.example [link] y"}
	if d := cmp.Diff(want, lines(3, in).Lines()); d != "" {
		t.Error(d)
	}
	if got, want := Output([]byte(in)), "https://bank.example y"; got != want {
		t.Errorf("Output = %q, want %q", got, want)
	}
}

func TestTailKeepsTheLastLines(t *testing.T) {
	tail := NewTail(3)
	for i := range 10 {
		fmt.Fprintf(tail, "line %d\r\n", i)
	}
	if d := cmp.Diff([]string{"line 7", "line 8", "line 9"}, tail.Lines()); d != "" {
		t.Error(d)
	}
	fmt.Fprint(tail, "unfin")
	if d := cmp.Diff([]string{"line 8", "line 9", "unfin"}, tail.Lines()); d != "" {
		t.Error(d)
	}
	if got := tail.Total(); got != 11 {
		t.Errorf("Total = %d, want 11", got)
	}
	if got := len(lines(0, "a\nb\nc").Lines()); got != 1 {
		t.Errorf("a tail of no lines keeps %d, want 1", got)
	}
}

func TestTailCountsRemovedSequences(t *testing.T) {
	if got := lines(1, "\x1b[2J\x1b]0;t\x07\x1b(Bx").Removed(); got != 3 {
		t.Errorf("Removed = %d, want 3", got)
	}
}

func TestNothingHidesWhatFollows(t *testing.T) {
	for _, intro := range []string{"\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x1b[", "\x1b", "\x1b(", "\x1b]52;c;"} {
		long := intro + strings.Repeat("1", 10_000) + "THE END"
		for _, in := range []string{intro + "\nTHE END", intro + "\x1b[0mTHE END", long} {
			if got := Output([]byte(in)); !strings.Contains(got, "THE END") {
				t.Errorf("after %q the output ends in %q", intro, got[max(0, len(got)-20):])
			}
		}
	}
	if got := Output([]byte("\x1b]52;c;" + strings.Repeat("A", 300))); !strings.Contains(got, blocked) {
		t.Errorf("a long clipboard write is not named: %q", got)
	}
}

func TestLongLineIsCutIntoPieces(t *testing.T) {
	tail := NewTail(2)
	exact := strings.Repeat("x", maxCells)
	fmt.Fprintf(tail, "%s\nnext\n", exact)
	if d := cmp.Diff([]string{exact, "next"}, tail.Lines()); d != "" {
		t.Errorf("a line of exactly %d characters was cut: %s", maxCells, d)
	}
	chunk := bytes.Repeat([]byte("é"), 32<<10)
	for range 320 { // 20 MB without a line feed
		tail.Write(chunk)
	}
	for _, l := range tail.Lines() {
		if n := utf8.RuneCountInString(l); n > maxCells {
			t.Errorf("a piece has %d characters, want at most %d", n, maxCells)
		}
	}
	if c := cap(tail.screen.line.left) + cap(tail.screen.line.right); c > 64<<10 {
		t.Errorf("the line holds %d bytes", c)
	}
}

// Overwriting costs in proportion to what was printed, or a few megabytes of
// carriage returns would stall whoever compares them.
func TestOverwritingIsLinear(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for _, again := range []string{"\r", "a\r", "é\r", "\b", "\x1b[1K", "y\x1b[1K", "y\x1b[2K", "\t\r"} {
		safe(t, Output([]byte(long+strings.Repeat(again, 1<<19))), true)
	}
}

func FuzzTail(f *testing.F) {
	for i, c := range printed {
		f.Add([]byte(c.in), uint64(i))
	}
	for _, c := range hostile {
		f.Add([]byte(c.in), uint64(7))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		whole := lines(5, string(in))
		cut := NewTail(5)
		random := rand.New(rand.NewPCG(seed, 1))
		for rest := in; len(rest) > 0; {
			n := 1 + random.IntN(min(len(rest), 9))
			cut.Write(rest[:n])
			rest = rest[n:]
		}
		cut.Flush()
		if d := cmp.Diff(whole.Lines(), cut.Lines()); d != "" {
			t.Errorf("chunks change the result: %s", d)
		}
		if whole.Total() != cut.Total() || whole.Removed() != cut.Removed() {
			t.Errorf("chunks change the counts")
		}
		for _, l := range whole.Lines() {
			safe(t, l, false)
		}
		safe(t, Output(in), true)
	})
}

func BenchmarkTail(b *testing.B) {
	colour := strings.Repeat("\x1b[32m2026-11-23\x1b[0m replica \x1b[1mcaught up\x1b[0m, 0 bytes behind\r\n", 1000)
	for _, c := range []struct{ name, in string }{
		{"plain", strings.Repeat(strings.Repeat("replica caught up ", 5)+"ok....\r\n", 1000)},
		{"colour", colour},
		{"yes", strings.Repeat("y\r\n", 20_000)},
		{"progress", strings.Repeat("\r\x1b[K  42% of 100%", 5000)},
		{"unicode", strings.Repeat("réplique à jour, 東京\r\n", 4000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			tail := NewTail(1000)
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				tail.Write([]byte(c.in))
			}
		})
	}
}
