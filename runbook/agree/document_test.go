package agree

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/runbook"
)

// threeLines are the check without this program, as the document gives it.
func threeLines(t *testing.T) string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/agreement.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "\n```sh\n")
	lines, _, ok := strings.Cut(rest, "```")
	if !ok || strings.Count(lines, "\n") != 3 || !strings.Contains(lines, "ssh-keygen -Y verify") {
		t.Fatalf("the document's check is not three lines: %q", lines)
	}
	return lines
}

// bookstore is a playbook that Alice has agreed to, on disk as the document has it.
func bookstore(t *testing.T) (dir string, m *team) {
	t.Helper()
	dir = t.TempDir()
	m = newTeam(t)
	m.book.ID, m.dir = "bookstore", Dir(filepath.Join(dir, "bookstore.yaml"), "bookstore")
	m.from = runbook.Copy{Main: "bookstore.yaml", Files: map[string][]byte{
		"bookstore.yaml": []byte("playbook: bookstore\n"), "scripts/launch the api.sh": []byte("echo up\n"),
	}}
	for path, text := range m.from.Files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.agree("alice")
	if err := os.WriteFile(filepath.Join(dir, signersFile), m.file(signersFile), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// TestStockToolsCheckAnAgreement runs what the document says, and nothing of
// this program.
func TestStockToolsCheckAnAgreement(t *testing.T) {
	for _, tool := range []string{"ssh-keygen", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, and the check without this program needs it", tool)
		}
	}
	lines := threeLines(t)
	taken := func(dir string) (bool, string) {
		cmd := exec.Command("sh", "-c", lines)
		cmd.Dir = dir
		said, err := cmd.CombinedOutput()
		return err == nil, string(said)
	}
	dir, _ := bookstore(t)
	if ok, said := taken(dir); !ok || !strings.Contains(said, "bookstore.yaml: OK") {
		t.Fatalf("a good agreement is refused: %s", said)
	}
	for _, name := range []string{"bookstore.yaml", "scripts/launch the api.sh", "bookstore.agreement/alice.txt", "bookstore.agreement/alice.txt.sig"} {
		dir, _ := bookstore(t)
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Clone(text)
		text[len(text)/2] ^= 1
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if ok, said := taken(dir); ok {
			t.Errorf("%s with another byte is taken: %s", name, said)
		}
	}
	for name, spoil := range map[string]func(*team){
		"an objection": func(m *team) { m.says("alice", m.statement("alice", Objects)) },
		"Bob's": func(m *team) {
			m.agree("bob")
			m.write("alice.txt", m.file("bob.txt"))
			m.write("alice.txt.sig", m.file("bob.txt.sig"))
		},
		"another purpose":     func(m *team) { m.write("alice.txt.sig", signedBy(m.t, "alice", "git", m.file("alice.txt"))) },
		"a word of no files":  func(m *team) { m.spoil("alice", "decision: agree\n") },
		"a word of one other": func(m *team) { m.spoil("alice", "decision: agree\n"+strings.Repeat("0", 64)+"  other.yaml\n") },
	} {
		dir, m := bookstore(t)
		spoil(m)
		if ok, said := taken(dir); ok {
			t.Errorf("%s is taken for Alice's agreement: %s", name, said)
		}
	}
}

// spoil lets somebody sign what is no statement.
func (m *team) spoil(who, text string) {
	m.write(who+".txt", []byte(text))
	m.write(who+".txt.sig", signedBy(m.t, who, Namespace, []byte(text)))
}
