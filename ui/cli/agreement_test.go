package cli

import (
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bythebook/exec/clean"
	"bythebook/exec/history/historytest"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/read"

	"github.com/charmbracelet/x/ansi"
)

// TestForeignTextBreaksBetweenWords: a name with a hyphen stays whole, what is
// indented stays so, and only what fits in no line is cut.
func TestForeignTextBreaksBetweenWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{strings.Repeat("x", 70) + " api-failure", "  " + strings.Repeat("x", 70) + "\n  api-failure"},
		{"a\n  b", "  a\n    b"},
		{strings.Repeat("y", 80), "  " + strings.Repeat("y", 78) + "\n  yy"},
		{"", ""},
	} {
		if got := indented(c.text, "  "); got != c.want {
			t.Errorf("%q\nwant\n%q", got, c.want)
		}
	}
}

// TestAnAgreementFitsAndIsSafe: whatever others have written, every line but
// those that are to be typed fits, and none obeys.
func TestAnAgreementFitsAndIsSafe(t *testing.T) {
	hostile := strings.Repeat("too long to be true ", 20) + "\x1b[2J\x1b]0;x\x07 \u202egnp.exe " + strings.Repeat("x", 200)
	long := strings.Repeat("a", 64)
	on := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	digest := strings.Repeat("ab", 32)
	v := verdict{
		app: &app{}, dir: "shop.agreement",
		entry: read.Entry{Path: "shop.yaml", Playbook: &runbook.Playbook{ID: "shop", Published: hostile}},
		Standing: agree.Standing{
			Digest: digest,
			Asked: []agree.Person{
				{ID: long, State: agree.Unproven, Why: hostile},
				{ID: "bob", State: agree.Objected, On: on, Why: hostile},
				{ID: "christina", State: agree.Agreed, On: on, Until: on.Add(time.Hour)},
			},
			Others:     []agree.Person{{ID: "dora", State: agree.Expired, On: on, Why: hostile}},
			Objections: []agree.Objection{{By: "bob", On: on, Digest: digest, Text: hostile}, {By: "bob", On: on, Text: hostile, Settled: hostile, Ended: on}},
			Finds:      []agree.Find{{By: "dora", On: on, Place: hostile, Digest: strings.Repeat("0", 64)}},
			Strays:     []string{hostile},
		},
	}
	shown, typed, _ := strings.Cut(string(v.text()), "\nNext (")
	for line := range strings.Lines(shown) {
		if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > wide {
			t.Errorf("%d cells: %q", w, line)
		}
	}
	for line := range strings.Lines(shown + typed) {
		if line = strings.TrimSuffix(line, "\n"); clean.Line(line) != line {
			t.Errorf("not safe to show: %q", line)
		}
	}
	for _, want := range []string{"Not agreed yet: 1 of 3.", "bob objects since 2026-11-23:", "dora found another text, digest 000000000000 there on"} {
		if !strings.Contains(shown, want) {
			t.Errorf("nothing says %q in\n%s", want, shown)
		}
	}
}

// TestTheListOfKeysIsReadWhenItIsWritten: what others put into it while somebody
// was asked stays, and counts.
func TestTheListOfKeysIsReadWhenItIsWritten(t *testing.T) {
	if _, err := osexec.LookPath("ssh-keygen"); err != nil {
		t.Skip("ssh-keygen is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"mine", "theirs"} {
		if out, err := osexec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	theirs, err := os.ReadFile(filepath.Join(dir, "theirs.pub"))
	if err != nil {
		t.Fatal(err)
	}
	for mail, want := range map[string]string{"bob@example.com": "", "alice@example.com": "is not among those that are listed for alice"} {
		texts := historytest.Library(t, t.TempDir(), 1)
		a := &app{World: World{Out: io.Discard, Err: io.Discard}, who: "alice"}
		w, err := a.witness(texts[0].Path, &signFlags{key: filepath.Join(dir, "mine"), yes: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(w.dir, 0o700); err != nil {
			t.Fatal(err)
		}
		list, line := filepath.Join(w.dir, "allowed_signers"), mail+" "+string(theirs)
		if err := os.WriteFile(list, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		err = w.sign(w.statement(agree.Agrees))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s was listed meanwhile: %v, want %q", mail, err, want)
		}
		if text, err := os.ReadFile(list); err != nil || !strings.HasPrefix(string(text), line) {
			t.Errorf("%s is not listed any more: %v\n%s", mail, err, text)
		}
	}
}
