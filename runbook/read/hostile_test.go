package read

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gopkg.in/yaml.v3"
)

// full repeats a unit behind a head, up to the largest size.
func full(head, unit string) string {
	return head + strings.Repeat(unit, (maxBytes-len(head))/len(unit))
}

// numberedUpTo repeats a unit, its % being how often it was there before, up to the
// largest size or so many times.
func numberedUpTo(head, unit string, most int) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; b.Len()+len(unit)+2*6 < maxBytes && i < most; i++ {
		b.WriteString(strings.ReplaceAll(unit, "%", fmt.Sprint(i)))
	}
	return b.String()
}

// hostile are texts of up to the largest size that were made to take time or
// memory, or to hide something. BenchmarkHostile says how long each takes.
func hostile() map[string]string {
	numbered := func(head, unit string) string { return numberedUpTo(head, unit, maxBytes) }
	deep := strings.Builder{}
	for i := range 1000 {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	laughs := "a0: &a0 ha\n"
	for i := 1; i <= 9; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	const step = "playbook: x\nscenarios:\n  s:\n    title: x\n    recovery:\n"
	return map[string]string{
		"billion laughs":        laughs,
		"brackets":              full("", "["),
		"brackets, 100 KB":      strings.Repeat("[", 100_000),
		"braces":                full("", "{"),
		"nested blocks":         deep.String(),
		"dashes":                full("", "- "),
		"list in list":          full("playbook: x\nscenarios: ", "[[],"),
		"empty items":           full("tools:\n", "-\n"),
		"empty flow items":      "tools: " + full("[", "a,")[:maxBytes-8] + "]",
		"unknown keys":          numbered("", "a%: b\n"),
		"nearly known keys":     numbered("", "title%: b\n"),
		"doubled keys":          full("", "title: b\n"),
		"doubled long keys":     full("", strings.Repeat("k", 1000)+": b\n"),
		"one long key":          strings.Repeat("k", maxBytes-10) + ": b\n",
		"long escaped key":      `"` + full("", `\u202e`)[:maxBytes/2/6*6] + `": b` + "\n",
		"comments":              full("", "#\n"),
		"comments and keys":     numbered("", "a%: b #\n#\n"),
		"comments, indented":    full("a:\n", "  #\n"),
		"comments in a list":    full("a:\n", "- #\n  b\n #\n"),
		"blank lines":           full("", "\n"),
		"blanks":                full("a: ", " "),
		"one long line":         full("title: ", "x"),
		"one long quoted":       `title: "` + full("", `\x41`)[:maxBytes/8*4] + `"`,
		"question marks":        full("", "? "),
		"question marks, lines": full("", "?\n"),
		"anchors":               numbered("", "a%: &b% x\n"),
		"tags":                  full("a:\n", "- !x y\n"),
		"directives":            full("", "%TAG !a! b\n"),
		"documents":             full("", "---\na\n"),
		"steps":                 full(step, "    - {}\n"),
		"steps by hand":         full(step, "    - do: a\n"),
		"steps of one name":     full(step, "    - do: a\n")[:150_000],
		"doubled ids":           full(step, "    - {id: a, do: a}\n"),
		"jumps to nowhere":      numbered(step, "    - {id: a%, do: a, then: b%}\n"),
		"jumps to a procedure":  full(step, "    - {do: a, then: resume}\n"),
		"answers":               numbered(step+"    - ask: x\n      answers:\n", "      - {say: a%}\n"),
		"answers that go back":  full(step, "    - {ask: a, answers: [{say: b, go: test, at_most: 1}, {say: c}]}\n"),
		"contacts to nowhere":   numbered("contacts:\n", "  a%: {reports_to: b%}\n"),
		"roles and contacts":    numbered("contacts:\n", "  a%: {}\n")[:maxBytes/2] + "\n" + numbered("roles:\n", "  a%: []\n")[:maxBytes/2-1],
		"files":                 numbered("playbook: x\nfiles:\n", "- %\n"),
		"captures":              numbered(step+"    - run: x\n      capture:\n", "        LD_%: x\n"),
		"patterns":              full(step+"    - run: x\n      expect:\n        matches:\n        - (\n", "        - x{1000}\n"),
		"one long pattern":      full(step+"    - run: x\n      expect:\n        matches:\n        - ", "(x{999})"),
		"one deep pattern":      full(step+"    - run: x\n      expect:\n        matches:\n        - ", "("),
		"json":                  full(step+"    - run: x\n      expect:\n        json:\n", "        - {a: 01}\n"),
		"durations":             "playbook: x\nreview: {every: " + strings.Repeat("9", maxBytes/2) + "}",
		"plain floats":          full("tools:\n", "- 1e999999999\n"),
		"timestamps":            full("tools:\n", "- 2001-01-01 00:00:00\n"),
		"bidirectional":         full("playbook: x\n", "# \u202e\n"),
		"UTF-16":                "\xff\xfep\x00:\x00 \x00x\x00",
		"zero bytes":            full("", "\x00"),
		"lone quote":            full(`"`, "\n"),
		"block scalar":          full("title: |\n", " \n"),
		"merge keys":            full("a:\n", "  <<: b\n"),
	}
}

// Whatever it is, it is refused with problems that point somewhere.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile() {
		if testing.Short() && len(text) > 200_000 {
			continue
		}
		if len(text) > maxBytes {
			t.Errorf("%s is %d bytes, which no file can have", name, len(text))
		}
		book, problems := parsed(text)
		if book != nil {
			t.Errorf("%s was read as a playbook", name)
		}
		wellFormed(t, text, problems)
	}
}

// A file has no more lines than people can follow, however short they are.
func TestManyLines(t *testing.T) {
	const good = "playbook: x\nscenarios:\n  s:\n    title: x\n    recovery:\n    - do: a\n"
	full := good + strings.Repeat("\n", maxLines-strings.Count(good, "\n"))
	if book, problems := parsed(full); book == nil {
		t.Errorf("%d lines: %v", maxLines, problems)
	}
	book, problems := parsed(full + "\n")
	if want := "100001:1: more than 100000 lines"; book != nil || len(problems) != 1 || !strings.HasSuffix(problems[0].Error(), want) {
		t.Errorf("one more: %v, want %q", problems, want)
	}
}

// A panic inside the library is an error like any other.
func TestLibraryPanics(t *testing.T) {
	if _, err := decode(yaml.NewDecoder(broken{})); !errors.Is(err, errGaveUp) {
		t.Errorf("got %v", err)
	}
	if n, err := decode(yaml.NewDecoder(strings.NewReader("a: b"))); err != nil || len(n.Content) != 1 {
		t.Errorf("got %v, %v", n, err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { panic("broken") }

// wellFormed checks what every problem must be, whatever the document.
func wellFormed(t *testing.T, text string, problems runbook.Problems) {
	t.Helper()
	if len(problems) == 0 || len(problems) > maxProblems+1 {
		t.Errorf("%d problems", len(problems))
	}
	last := strings.Count(text, "\n") + 1
	for i, p := range problems {
		whole := p.Message == "the file is empty" || i == maxProblems
		if p.File == "" || p.Message == "" || p.Line > last || (p.Line < 1 || p.Column < 1) != whole {
			t.Errorf("points nowhere, in %d lines: %+v", last, p)
		}
		if s := p.Error(); len(s) > 20_000 || !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool { return hidden(c) || c == '\n' }) {
			t.Errorf("cannot be shown: %q", s)
		}
	}
}

func BenchmarkHostile(b *testing.B) { costs(b, hostile(), func(text string) { parsed(text) }) }

// costs reports how much processor time each text takes, on all processors
// together, and how much memory in all, freed again or not.
func costs(b *testing.B, texts map[string]string, read func(text string)) {
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			from := processor(b)
			for b.Loop() {
				read(text)
			}
			b.ReportMetric(float64((processor(b)-from).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// processor is the processor time that this process has used.
func processor(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func FuzzParse(f *testing.F) {
	for _, r := range rules {
		f.Add([]byte(framed(r.frame, r.good)))
		f.Add([]byte(framed(r.frame, r.bad)))
	}
	for _, text := range hostile() {
		if len(text) < 2000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxBytes {
			t.Skip("no file can be this large")
		}
		book, problems := parsed(string(text))
		if book == nil {
			wellFormed(t, string(text), problems)
			return
		}
		if len(problems) > 0 {
			t.Fatalf("both a playbook and problems: %v", problems)
		}
		sound(t, book)
		again(t, book)
	})
}

// again writes the playbook and reads what was written.
func again(t *testing.T, book *runbook.Playbook) {
	t.Helper()
	text := YAML(book)
	if len(text) > maxBytes {
		return
	}
	copied := runbook.Copy{Main: "pb.yaml", Files: map[string][]byte{"pb.yaml": text}}
	for _, name := range book.Files {
		copied.Files[name] = nil
	}
	got, problems := Parse(copied)
	if got == nil {
		t.Fatalf("what was written is refused: %v\n%s", problems, text)
	}
	if diff := cmp.Diff(book, got, elsewhere); diff != "" {
		t.Errorf("what was written reads otherwise (-want +got):\n%s\n%s", diff, text)
	}
}

// elsewhere leaves out of a comparison where things stand, which is another
// place in another text.
var elsewhere = cmp.Options{
	cmpopts.IgnoreFields(runbook.Playbook{}, "File", "Where", "Remarks"),
	cmpopts.IgnoreFields(runbook.Scenario{}, "Line", "Column"),
	cmpopts.IgnoreFields(runbook.Step{}, "Line", "Column"),
}

// sound checks what the rest of the program relies on in every playbook.
func sound(t *testing.T, book *runbook.Playbook) {
	t.Helper()
	if !runbook.ValidID.MatchString(book.ID) || len(book.Scenarios) == 0 {
		t.Errorf("a playbook %q with %d scenarios", book.ID, len(book.Scenarios))
	}
	for _, s := range book.Scenarios {
		if s.Title == "" || len(s.Steps) == 0 {
			t.Errorf("%s: title %q, %d steps", s.ID, s.Title, len(s.Steps))
		}
		seen := map[string]bool{}
		for i, st := range s.Steps {
			if seen[st.ID] || !runbook.ValidID.MatchString(st.ID) || st.Kind == "" || st.Effect == "" || st.Do == "" || st.Line == 0 {
				t.Errorf("%s: an unsound step %+v", s.ID, st)
			}
			seen[st.ID] = true
			for _, to := range []runbook.Target{st.Then, st.IfNot} {
				if (s.Resolve(i, to) < 0) != to.Leaves() {
					t.Errorf("%s: nothing at %q", st.ID, to)
				}
			}
			if strings.ContainsFunc(st.Run, hidden) || st.Kind.Commands() != (st.Run != "") || (st.Kind == runbook.Decide) != (len(st.Answers) > 1) {
				t.Errorf("%s: not what its kind %s needs: %+v", st.ID, st.Kind, st)
			}
		}
	}
}

// largest is a playbook with as many steps as there may be.
func largest() string {
	var b strings.Builder
	b.WriteString("playbook: large\nscenarios:\n  down:\n    title: Down\n    recovery:\n")
	for i := range maxSteps {
		fmt.Fprintf(&b, "      - {id: step-%d, do: Restart server %d., run: sudo systemctl restart app-%d, effect: read}\n", i, i, i)
	}
	return b.String()
}

func TestLargest(t *testing.T) {
	text := largest()
	if book, problems := parsed(text); book == nil || len(book.Scenarios[0].Steps) != maxSteps || len(text) > maxBytes {
		t.Errorf("%d steps in %d bytes were not read: %v", maxSteps, len(text), problems)
	}
	_, problems := parsed(text + "      - {do: One more.}\n")
	if len(problems) != 1 || problems[0].Line != maxSteps+6 {
		t.Errorf("one step more: %v", problems)
	}
}

func TestDepth(t *testing.T) {
	nested := func(depth int) string {
		return framed("step", "{run: a, expect: {json: "+strings.Repeat("[", depth)+strings.Repeat("]", depth)+"}}")
	}
	const above = 7 // playbook, scenarios, scenario, recovery, step, expect, and the value itself
	if book, problems := parsed(nested(maxDepth - above + 1)); book == nil {
		t.Errorf("at the limit: %v", problems)
	}
	if book, _ := parsed(nested(maxDepth - above + 2)); book != nil {
		t.Error("deeper than the limit, and read")
	}
}

func BenchmarkLargest(b *testing.B) {
	text := largest()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		parsed(text)
	}
}
