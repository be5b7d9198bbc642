package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/exec/clean/cleantest"
)

// TestEscapesReachNoTerminal: nothing that stands in a file's name, in a person's,
// in a document or in an answer reaches the terminal as anything but text,
// whatever is asked for. All of them are tried where everything is gone through,
// and else some.
func TestEscapesReachNoTerminal(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	for i, e := range cleantest.Escapes {
		if everything() || i%8 == 3 {
			t.Run(e.Name, func(t *testing.T) {
				t.Parallel()
				escaping(t, e.Text)
			})
		}
	}
}

// escaping lets every command tell of what bears such a text.
func escaping(t *testing.T, evil string) {
	t.Helper()
	quoted := func(words string) string { // YAML reads what JSON writes
		text, err := json.Marshal(words + strings.ToValidUTF8(evil, "?"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dir := filepath.Join(t.TempDir(), "d"+strings.ReplaceAll(evil, "/", "_"))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"evil.yaml": fmt.Sprintf("playbook: evil\ntitle: %s\nowner: alice\npurpose: %s\nnone: {non-critical: %s}\n"+
			"contacts: {alice: {name: %s, email: %s, phone: %s, availability: %s}}\n"+
			"scenarios: {s: {title: %s, overview: %s, assumptions: [{text: %s}], recovery: [{id: a, do: %s, why: %s, note: %s, run: \"printf '%%s' \\\"$EVIL\\\"\", expect: {contains: [%s]}, if_not: b, effect: read}, {id: b, do: %s, evidence: text}]}}\n",
			quoted("t"), quoted("p"), quoted("n"), quoted("Alice"), quoted("a@b.c"), quoted("5"), quoted("x"), quoted("S"), quoted("o"), quoted("as"), quoted("do"), quoted("why"), quoted("note"), quoted("zz"), quoted("do")),
		"plain.yaml":    "playbook: plain\ntitle: Plain\nscenarios: {s: {title: S, recovery: [{id: a, do: Say it., run: 'printf \"%s\" \"$EVIL\"', expect: {contains: [zz]}, effect: read}, {id: b, do: See.}]}}\n",
		"answers.yaml":  "answers: {a: {skip: " + quoted("no") + ", agreed: " + quoted("kim") + "}, b: {done: " + quoted("seen") + "}}\n",
		"harmless.yaml": "answers: {a: {skip: It printed what it printed.}, b: {done: seen}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	home := filepath.Join(dir, "home")
	for _, args := range [][]string{
		{"check", "evil.yaml"}, {"check", "evil.yaml", "--format", "json"}, {"check", "evil.yaml", "--format", "sarif"}, {"view", "evil.yaml"}, {"view", "evil.yaml", "--json"},
		{"run", "evil.yaml", "--unattended", "--answers", "answers.yaml"}, {"run", "plain.yaml", "--unattended", "--answers", "harmless.yaml"}, {"run", "plain.yaml", "--unattended", "--answers", "answers.yaml"},
		{"exercises"}, {"exercises", "--json"}, {"report", "--names"}, {"report", "--names", "--format", "json"}, {"resume"}, {"watch"},
		{"status", "plain.yaml"}, {"status", "plain.yaml", "--json"}, {"agreement", "plain.yaml"}, {"."}, {"new", "x", "-o", "x" + strings.ReplaceAll(evil, "/", "_") + ".yaml"},
		{"check", evil}, {"run", evil}, {"resume", evil}, {evil},
	} {
		if strings.HasPrefix(args[len(args)-1], "-") {
			continue
		}
		cmd := exec.Command("bythebook", append(args, "--home", home, "--as", "kim"+evil)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "EVIL="+evil, "TERM=xterm")
		out, _ := cmd.CombinedOutput() // it may well fail
		if len(out) == 0 {
			t.Errorf("%q says nothing", args)
		}
		cleantest.Harmless(t, fmt.Sprintf("%q", args), string(out))
		if args[0] == "exercises" && !strings.Contains(string(out), "plain") {
			t.Errorf("%q: no exercise went through:\n%s", args, out)
		}
	}
}
