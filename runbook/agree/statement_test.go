package agree

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"bythebook/runbook"

	"github.com/google/go-cmp/cmp"
)

var spoken = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// shop is a text of two files.
func shop() runbook.Copy {
	return runbook.Copy{Main: "shop.yaml", Files: map[string][]byte{
		"shop.yaml":         []byte("playbook: shop\ntitle: Shop\nfiles: [scripts/launch.sh]\n"),
		"scripts/launch.sh": []byte("echo up\n"),
	}}
}

func word(d Decision) Statement {
	return Statement{Playbook: "shop", Decision: d, By: "alice@example.com", At: spoken, Sums: shop().Sums()}
}

func TestStatementIsWrittenAsTheContractSays(t *testing.T) {
	agreed := word(Agrees)
	agreed.Settled = []string{"The command is quoted now.", "Bob tried it."}
	agreed.Settles = []string{strings.Repeat("ab", 32)}
	want := `bythebook agreement v1
playbook: shop
decision: agree
by: alice@example.com
at: 2026-11-23T12:00:00Z
settled: The command is quoted now.
settled: Bob tried it.
objection: abababababababababababababababababababababababababababababababab
` + strings.Join(shop().Sums(), "")
	if diff := cmp.Diff(want, string(agreed.Bytes())); diff != "" {
		t.Error(diff)
	}
	if got, want := agreed.Digest(), shop().Digest(); got != want {
		t.Errorf("digest %s, want that of the text, %s", got, want)
	}
}

// statements are one of each decision.
func statements() []Statement {
	objects := word(Objects)
	objects.Because = []string{"Step 2 needs a password: nobody has it.", "→ ask Kim"}
	published := word(Published)
	published.Place = "https://wiki.example.com/dr/shop"
	settles := word(Agrees)
	settles.Settled, settles.Settles = []string{"Kim has it."}, []string{sumOf(objects.Bytes())}
	return []Statement{word(Agrees), objects, settles, published}
}

func TestStatementsAreReadBack(t *testing.T) {
	for _, s := range statements() {
		got, err := ParseStatement(s.Bytes())
		if err != nil {
			t.Errorf("%s: %v", s.Decision, err)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Errorf("%s: %s", s.Decision, diff)
		}
	}
}

func TestWhatIsNoStatement(t *testing.T) {
	good := string(word(Agrees).Bytes())
	sums := shop().Sums()
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "first line"},
		"another version":    {strings.Replace(good, "v1", "v2", 1), "first line"},
		"no playbook":        {strings.Replace(good, "playbook: shop\n", "", 1), "of which playbook"},
		"a path for one":     {strings.Replace(good, ": shop", ": ../shop", 1), "of which playbook"},
		"another decision":   {strings.Replace(good, ": agree", ": abstain", 1), "none of agree, object and published"},
		"an unknown line":    {strings.Replace(good, "by: ", "mood: good\nby: ", 1), `do not have: "mood: good"`},
		"a pattern as email": {strings.Replace(good, "alice@", "*@", 1), "not an email"},
		"two emails":         {strings.Replace(good, "by: ", "by: bob@example.com\nby: ", 1), "order, or not in the spelling"},
		"local time":         {strings.Replace(good, "00Z", "00+01:00", 1), "written like"},
		"part of a second":   {strings.Replace(good, "00Z", "00.5Z", 1), "when it was made"},
		"another order":      {strings.Replace(good, "decision: agree\nby: alice@example.com\n", "by: alice@example.com\ndecision: agree\n", 1), "order, or not in the spelling"},
		"no file":            {good[:strings.Index(good, sums[0])], "of which files"},
		"not sorted":         {strings.Replace(good, sums[0]+sums[1], sums[1]+sums[0], 1), "not sorted"},
		"a file twice":       {strings.Replace(good, sums[1], sums[1]+sums[1], 1), "stands there twice"},
		"no line feed":       {strings.TrimSuffix(good, "\n"), "do not have"},
		"carriage returns":   {strings.ReplaceAll(good, "\n", "\r\n"), "first line"},
		"something after":    {good + "\n", "do not have"},
		"stdin for a file":   {strings.Replace(good, "  shop.yaml", "  -", 1), "sha256sum would not"},
		"an escaped name":    {strings.Replace(good, "  shop.yaml", `  s\nhop.yaml`, 1), "sha256sum would not"},
		"a reason":           {strings.Replace(good, sums[0], "because: No.\n"+sums[0], 1), "needs, or says more"},
		"no reason":          {strings.Replace(good, ": agree", ": object", 1), "needs, or says more"},
		"no place":           {strings.Replace(good, ": agree", ": published", 1), "needs, or says more"},
		"settles nothing":    {strings.Replace(good, sums[0], "settled: Yes.\n"+sums[0], 1), "needs, or says more"},
		"settles a word":     {strings.Replace(good, sums[0], "settled: Yes.\nobjection: bob\n"+sums[0], 1), "SHA-256"},
		"a hidden character": {strings.Replace(good, "shop.yaml", "sh\u202eop.yaml", 1), "can't be seen"},
		"an escape":          {strings.Replace(good, "shop.yaml", "sh\x1bop.yaml", 1), "can't be seen"},
		"too large":          {good + strings.Repeat("x", maxStatement), "larger than 64 KiB"},
	} {
		_, err := ParseStatement([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want ... %s ...", name, err, c.want)
		}
	}
}

func FuzzParseStatement(f *testing.F) {
	for _, s := range statements() {
		f.Add(s.Bytes())
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseStatement(text)
		if err == nil && !bytes.Equal(s.Bytes(), text) {
			t.Errorf("%q is read, and written again as %q", text, s.Bytes())
		}
	})
}
