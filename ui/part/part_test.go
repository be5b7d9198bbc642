package part

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
	"bythebook/ui/look"
)

func TestHardKeepsEveryCharacter(t *testing.T) {
	for _, c := range []struct {
		text string
		w    int
		want []string
	}{
		{"ls", 10, []string{"ls"}},
		{"--with-a-long-flag=x", 10, []string{"--with-a-\\", "long-flag\\", "=x"}},
		{"a\nb", 10, []string{"a", "b"}},
		{"宽宽宽", 4, []string{"宽\\", "宽宽"}},
		{"x\x1b[2J", 20, []string{"x^[[2J"}},
	} {
		if diff := cmp.Diff(c.want, Hard(c.text, c.w)); diff != "" {
			t.Errorf("%q in %d cells (-want +got):\n%s", c.text, c.w, diff)
		}
	}
}

// FuzzHard: nothing is added to a command but the \ at an edge, nothing is left
// out, and no line is too wide.
func FuzzHard(f *testing.F) {
	f.Add("pg_ctl promote -D /var/lib", 12)
	f.Add("宽字符 \u202e", 3)
	f.Add("shown as a backslash: \x1c", 30)
	f.Fuzz(func(t *testing.T, text string, w int) {
		if w < 3 || w > 500 {
			return
		}
		for _, line := range Hard(text, w) {
			if Width(line) > w && utf8.RuneCountInString(line) > 2 {
				t.Fatalf("%q is wider than %d", line, w)
			}
			if strings.ContainsAny(line, "\x1b\n\r") {
				t.Fatalf("%q holds more than text", line)
			}
		}
		want := strings.Join(Hard(text, 1<<20), "")
		if !strings.ContainsAny(text, "\n\r\t") && !strings.Contains(want, "\\") {
			got := ""
			for _, line := range Hard(text, w) {
				got += strings.TrimSuffix(line, "\\")
			}
			if got != want {
				t.Fatalf("wrapped %q reads %q", want, got)
			}
		}
	})
}

func TestProseWrapsAtWordsAndCommandsDoNot(t *testing.T) {
	got := Prose("Promote the standby now.\n\n    pg_ctl promote --wait\n```sh\nls -l /very/long\n```", 14)
	want := []string{"Promote the", "standby now.", "", "    pg_ctl pr\\", "omote --wait", "ls -l /very/l\\", "ong"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestProseJoinsParagraphsButNotLists(t *testing.T) {
	got := Prose("The instance is\nlost. Confirm it.\n\n- one\n- two\n1. three\n2025 was good", 40)
	want := []string{"The instance is lost. Confirm it.", "", "- one", "- two", "1. three 2025 was good"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFieldEdits(t *testing.T) {
	f := Field{}.Insert("db\n-eu\x1b[2J")
	for _, k := range []string{"home", "delete", "end", "backspace", "left"} {
		f, _ = f.Press(k)
	}
	f = f.Insert("x")
	if got := f.Text(); got != "b -eu[x2" {
		t.Errorf("the field holds %q", got)
	}
	if f, _ = f.Press("ctrl+w"); f.Text() != "b 2" {
		t.Errorf("after ctrl+w it holds %q", f.Text())
	}
	if f, _ = f.Press("ctrl+u"); f.Text() != "2" {
		t.Errorf("after ctrl+u it holds %q", f.Text())
	}
	if _, known := f.Press("f1"); known {
		t.Error("f1 means something to a field")
	}
	line, x := Field{Hidden: true}.Insert("secret").View(12)
	if strings.Contains(line, "s") || x != 1 {
		t.Errorf("a hidden field shows %q, cursor at %d", line, x)
	}
	if line, _ := (Field{}).Insert(strings.Repeat("long ", 50)).View(10); Width(line) != 10 {
		t.Errorf("a field of 10 cells takes %d", Width(line))
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "00:00", 378 * time.Second: "06:18", -40 * time.Second: "-00:40", 2*time.Hour + 3*time.Minute: "2:03:00"} {
		if got := Clock(d); got != want {
			t.Errorf("%v reads %s, want %s", d, got, want)
		}
	}
	if Signed(time.Second) != "+00:01" || Signed(-time.Second) != "-00:01" {
		t.Error("the sign is missing")
	}
}

func TestBar(t *testing.T) {
	for used, want := range map[time.Duration]string{0: "[----------]", 5 * time.Minute: "[#####-----]", time.Hour: "[##########]", -time.Second: "[----------]"} {
		if got := Bar(look.Look{}, used, 10*time.Minute, 12); got != want {
			t.Errorf("%v of 10m: %s, want %s", used, got, want)
		}
	}
}

func TestOutputShowsTheEndOrALine(t *testing.T) {
	lines := []string{"one", "two", "a line that is too long", "four"}
	if diff := cmp.Diff([]string{"oo long", "four"}, Output(lines, 4, -1, Size{9, 2})); diff != "" {
		t.Errorf("the end (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"two", "a line t\\"}, Output(lines, 4, 1, Size{9, 2})); diff != "" {
		t.Errorf("from line 1 (-want +got):\n%s", diff)
	}
	if got := Output(lines, 1000, 3, Size{9, 2}); got[0] != "one" {
		t.Errorf("lines that are gone: %q", got)
	}
}

func TestPageHoldsColoursOnly(t *testing.T) {
	var p Page
	text := "# Report\n\n[link](https://example.com) \x1b]0;title\x07 `code`\n\n```\nrm -rf --no-preserve-root\n```\n"
	for _, l := range []look.Look{{}, {Color: true}, {Color: true, Dark: true}} {
		for _, line := range p.Lines(l, text, 40) {
			if bare := ansi.Strip(line); Width(bare) > 40 {
				t.Errorf("%q is too wide", bare)
			}
			if strings.Contains(line, "\x1b]") || strings.Contains(line, "\x07") {
				t.Errorf("%q holds more than colours", line)
			}
		}
	}
	if first, again := p.Lines(look.Look{}, text, 40), p.Lines(look.Look{}, text, 40); &first[0] != &again[0] {
		t.Error("the same page was rendered twice")
	}
}

func TestExpected(t *testing.T) {
	for _, c := range []struct {
		step runbook.Step
		want string
	}{
		{runbook.Step{Kind: runbook.Run}, "exit 0"},
		{runbook.Step{Kind: runbook.Run, Expect: runbook.Expect{Exit: []int{7, 28}}}, "exit 7 or 28"},
		{runbook.Step{Kind: runbook.Run, Expect: runbook.Expect{AnyExit: true, Contains: []string{"a"}, Absent: []string{"b"}, Matches: []string{"c"}}},
			`any exit status; output contains "a"; output lacks "b"; output matches /c/`},
		{runbook.Step{Kind: runbook.Until, Within: time.Minute}, "exit 0; within 01:00"},
		{runbook.Step{Kind: runbook.Manual}, ""},
	} {
		if got := Expected(c.step); got != c.want {
			t.Errorf("%+v reads %q, want %q", c.step.Expect, got, c.want)
		}
	}
}

// What is fenced is shown character by character, however wide the page is:
// a renderer would break a command at its blanks.
func TestPageLeavesCommandsAlone(t *testing.T) {
	command := "aws ec2 run-instances --launch-template LaunchTemplateName=bookstore-api-ec2 --count 1"
	text := "1. Launch it:\n\n   ```sh\n   " + command + "\n     --indented\n   ```\n\n   Then *look*.\n\n~~~\n```\n~~~\n"
	lines := new(Page).Lines(look.Look{}, text, 40)
	got := strings.Join(lines, "\n")
	if joined := strings.ReplaceAll(got, "\\\n    ", ""); !strings.Contains(joined, "    "+command+"\n      --indented\n") {
		t.Errorf("the command is not verbatim:\n%s", got)
	}
	for _, want := range []string{"Launch it:", "Then look", "    ```"} {
		if !strings.Contains(strings.ReplaceAll(got, "*", ""), want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
	for _, line := range lines {
		if Width(line) > 40 {
			t.Errorf("wider than the page: %q", line)
		}
	}
}
