package agree

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

const (
	alice = "alice@example.com"
	bob   = "bob@example.com"
)

// statement is what is signed here. What stands in it is for others to judge.
var statement = []byte("bythebook agreement v1\nplaybook: bookstore\ndecision: agree\n")

// noon is a time within the bounds of most lists here.
var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// needsSSH skips a test where OpenSSH is not installed.
func needsSSH(t testing.TB) {
	t.Helper()
	for _, tool := range []string{"ssh-keygen", "ssh-agent", "ssh-add"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, so there is nothing to compare with", tool)
		}
	}
}

// run runs a program that has to succeed.
func run(t testing.TB, cmd *exec.Cmd) []byte {
	t.Helper()
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, said.String())
	}
	return out
}

// newKey makes a key file with ssh-keygen: "ed25519", "rsa 2048".
func newKey(t testing.TB, kind, passphrase string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	args := []string{"-q", "-N", passphrase, "-C", "test key", "-f", file, "-t"}
	kind, bits, sized := strings.Cut(kind, " ")
	args = append(args, kind)
	if sized {
		args = append(args, "-b", bits)
	}
	run(t, exec.Command("ssh-keygen", args...))
	return file
}

// public is the line of a key file's public half, without its comment.
func public(t testing.TB, file string) string {
	t.Helper()
	return lineOf(signerOf(t, file).PublicKey())
}

func lineOf(pub ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub)))
}

// signerOf loads a key file that has no passphrase.
func signerOf(t testing.TB, file string) ssh.AlgorithmSigner {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return s.(ssh.AlgorithmSigner)
}

// forge makes a signature as no proper tool would: of any algorithm, hash and
// purpose.
func forge(t testing.TB, s ssh.AlgorithmSigner, algorithm, hash, namespace string, over []byte) []byte {
	t.Helper()
	data := signedData(hash, namespace, over)
	proper, err := s.SignWithAlgorithm(rand.Reader, data, algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(&sshsig.Signature{
		Version: 1, PublicKey: s.PublicKey(), Namespace: namespace,
		HashAlgorithm: sshsig.HashAlgorithm(hash), Signature: proper,
	})
}

// signedData is what a key signs (OpenSSH's PROTOCOL.sshsig).
func signedData(hash, namespace string, over []byte) []byte {
	long, short := sha512.Sum512(over), sha256.Sum256(over)
	sum := long[:]
	if hash == "sha256" {
		sum = short[:]
	}
	return append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Hash, Sum string }{namespace, "", hash, string(sum)})...)
}

// A proof is all that one check looks at.
type proof struct {
	signers   string
	revoked   string // "" for no such file
	signature []byte
	statement []byte
	identity  string
	zone      string // "" for UTC
	now       time.Time
}

// ours is this program's answer.
func (p proof) ours(t testing.TB) error {
	t.Helper()
	zone, err := time.LoadLocation(p.zone)
	if err != nil {
		t.Skip(err)
	}
	gone := Revoked{}
	if p.revoked != "" {
		gone, err = parseRevoked("revoked_keys", []byte(p.revoked))
		if err != nil && !gone.Has(Key{}) {
			t.Errorf("a list that can't be read trusts a key: %v", err)
		}
	}
	_, err = Verify(p.statement, p.signature, parseSigners("allowed_signers", []byte(p.signers), zone), gone, p.identity, p.now)
	return err
}

// stock is the answer of ssh-keygen, and what it says.
func (p proof) stock(t testing.TB) (taken bool, said string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{
		"-Y", "verify", "-n", Namespace, "-I", p.identity,
		"-f", write("allowed_signers", []byte(p.signers)), "-s", write("signature", p.signature),
		"-O", "verify-time=" + p.now.UTC().Format("20060102150405Z"),
	}
	if p.revoked != "" {
		args = append(args, "-r", write("revoked_keys", []byte(p.revoked)))
	}
	cmd := exec.Command("ssh-keygen", args...)
	cmd.Env = append(os.Environ(), "TZ="+p.zone)
	cmd.Stdin = strings.NewReader(string(p.statement))
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

// both fails unless this program and ssh-keygen give the same answer.
func (p proof) both(t *testing.T, want bool) {
	t.Helper()
	if err := p.ours(t); (err == nil) != want {
		t.Errorf("ours: %v, want it taken: %v", err, want)
	}
	if taken, said := p.stock(t); taken != want {
		t.Errorf("ssh-keygen: %s, want it taken: %v", said, want)
	}
}

// newAgent starts an SSH agent that holds some keys, and ends it with the test.
func newAgent(t *testing.T, files ...string) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agree") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	cmd := exec.Command("ssh-agent", "-D", "-a", socket)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		os.RemoveAll(dir)
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // it speaks when it listens
		t.Fatal(err)
	}
	for _, f := range files {
		add := exec.Command("ssh-add", "-q", f)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		run(t, add)
	}
	return socket
}

// stockSigned is a signature that ssh-keygen made.
func stockSigned(t testing.TB, file string, over []byte) []byte {
	t.Helper()
	signature, _, err := SignFile(t.Context(), file, over, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// list is a line that lists a key for somebody.
func list(who, key string) string { return fmt.Sprintf("%s %s\n", who, key) }
