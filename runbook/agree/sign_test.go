package agree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// signAt names a key file in the environment of this test's program, which then
// signs with it at its terminal, as a person would.
const signAt = "BYTHEBOOK_TEST_SIGN"

func TestMain(m *testing.M) {
	if file := os.Getenv(signAt); file != "" {
		os.Exit(signHere(file))
	}
	os.Exit(m.Run())
}

// signHere signs, and then tells how the terminal is left.
func signHere(file string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	signature, _, err := SignFile(ctx, file, statement, os.Stderr)
	if err != nil {
		fmt.Printf("error: %v\n", err)
	}
	fmt.Printf("%s", signature)
	stty := exec.Command("stty", "-a")
	stty.Stdin = os.Stdin
	settings, _ := stty.Output()
	fmt.Printf("echo is on: %v\n", slices.Contains(strings.Fields(string(settings)), "echo"))
	return 0
}

var kinds = []string{"ed25519", "rsa 2048", "rsa 3072", "ecdsa 256", "ecdsa 384", "ecdsa 521"}

func TestEveryKindSignsFromItsFileAndFromAnAgent(t *testing.T) {
	needsSSH(t)
	var files []string
	for _, kind := range kinds {
		files = append(files, newKey(t, kind, ""))
	}
	socket := newAgent(t, files...)
	held, err := AgentKeys(t.Context(), socket)
	if err != nil || len(held) != len(kinds) {
		t.Fatalf("the agent holds %v (%v), want %d keys", held, err, len(kinds))
	}
	for i, kind := range kinds {
		p := proof{signers: list(alice, public(t, files[i])), statement: statement, identity: alice, now: noon}
		t.Run(kind+" from its file", func(t *testing.T) {
			signature, key, err := SignFile(t.Context(), files[i], statement, io.Discard)
			if err != nil || !key.Is(held[i]) {
				t.Fatalf("signed with %v (%v), want %v", key, err, held[i])
			}
			p.signature = signature
			p.both(t, true)
		})
		t.Run(kind+" from the agent", func(t *testing.T) {
			if held[i].Comment != "test key" {
				t.Errorf("the key is called %q", held[i].Comment)
			}
			p.signature, err = SignAgent(t.Context(), socket, held[i], statement)
			if err != nil {
				t.Fatal(err)
			}
			p.both(t, true)
		})
	}
}

// atTerminal signs with a key file at a terminal, where ssh-keygen asks for the
// passphrase, and types an answer.
func atTerminal(t *testing.T, file, answer string) (screen string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for an ssh-keygen that asks otherwise
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), signAt+"="+file, "SSH_AUTH_SOCK=", "TMPDIR="+t.TempDir())
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var seen strings.Builder
	some := make([]byte, 1024)
	for asked := false; ; {
		n, err := terminal.Read(some)
		seen.Write(some[:n])
		if !asked && strings.Contains(seen.String(), "passphrase") && strings.HasSuffix(seen.String(), ": ") {
			asked = true
			io.WriteString(terminal, answer)
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, seen.String())
	}
	if left, _ := os.ReadDir(strings.TrimPrefix(cmd.Env[len(cmd.Env)-1], "TMPDIR=")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return strings.ReplaceAll(seen.String(), "\r\n", "\n")
}

func TestAPassphraseIsAskedForAtTheTerminal(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "correct horse")
	text, err := os.ReadFile(file + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	p := proof{signers: list(alice, string(text)), statement: statement, identity: alice, now: noon}

	screen := atTerminal(t, file, "correct horse\n")
	if strings.Contains(screen, "correct horse") || !strings.Contains(screen, "echo is on: true") {
		t.Errorf("the passphrase is seen, or the terminal left without echo:\n%s", screen)
	}
	_, signature, _ := strings.Cut(screen, "-----BEGIN")
	signature, _, _ = strings.Cut("-----BEGIN"+signature, "echo is on")
	p.signature = []byte(signature)
	p.both(t, true)

	screen = atTerminal(t, file, "wrong\n")
	if !strings.Contains(screen, "error: nothing was signed: ssh-keygen could not sign with "+file+" (") || strings.Contains(screen, "BEGIN SSH") {
		t.Errorf("a wrong passphrase is not told of:\n%s", screen)
	}

	screen = atTerminal(t, file, "\x03") // ctrl+c
	if !strings.Contains(screen, "error: nothing was signed: it was stopped") || !strings.Contains(screen, "echo is on: true") {
		t.Errorf("ctrl+c does not end it, or leaves the terminal without echo:\n%s", screen)
	}
}

func TestAPassphraseIsNotAskedForWhereTheAgentHoldsTheKey(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	t.Setenv("SSH_AUTH_SOCK", newAgent(t, file))
	run(t, exec.Command("ssh-keygen", "-q", "-p", "-P", "", "-N", "correct horse", "-f", file))
	for _, named := range []string{file, file + ".pub"} {
		if _, _, err := SignFile(t.Context(), named, statement, io.Discard); err != nil {
			t.Errorf("%s: %v", named, err)
		}
	}
}

func TestWhatSSHKeygenSaysIsPassedOn(t *testing.T) {
	needsSSH(t)
	file := filepath.Join(t.TempDir(), "key\x1b[2J")
	if err := os.WriteFile(file, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	_, _, err := SignFile(t.Context(), file, statement, &said)
	if !errors.Is(err, ErrSigning) || said.Len() == 0 {
		t.Fatalf("%v, and said %q", err, said.String())
	}
	if strings.ContainsRune(err.Error(), 0x1b) {
		t.Errorf("an escape character is in the message: %q", err)
	}
}

func TestWithoutSSHKeygenItIsSaidWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, _, err := SignFile(t.Context(), "key", statement, io.Discard)
	if !errors.Is(err, ErrSigning) || !strings.Contains(err.Error(), "install OpenSSH") {
		t.Errorf("%v", err)
	}
}

// serve answers at a socket as an agent does.
func serve(t *testing.T, a agent.Agent) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "agree")
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); os.RemoveAll(dir) })
	go func() { // ends when the listener is closed
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(a, conn) // ends when the caller hangs up
		}
	}()
	return socket
}

// An old agent signs with SHA-1 whatever it is asked for.
type old struct{ agent.ExtendedAgent }

func (o old) SignWithFlags(key ssh.PublicKey, data []byte, _ agent.SignatureFlags) (*ssh.Signature, error) {
	return o.Sign(key, data)
}

func TestAnAgentThatSignsWithSHA1IsToldOf(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "rsa 2048", "")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := ssh.ParseRawPrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: raw}); err != nil {
		t.Fatal(err)
	}
	key := Key{pub: signerOf(t, file).PublicKey()}
	if _, err := SignAgent(t.Context(), serve(t, ring), key, statement); err != nil {
		t.Errorf("a good agent: %v", err)
	}
	_, err = SignAgent(t.Context(), serve(t, old{ring.(agent.ExtendedAgent)}), key, statement)
	if !errors.Is(err, ErrSigning) || !errors.Is(err, ErrAlgorithm) {
		t.Errorf("an old agent: %v", err)
	}
}

func TestAnAgentThatDoesNotHelp(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	key := Key{pub: signerOf(t, file).PublicKey()}
	empty := newAgent(t)
	locked := agent.NewKeyring()
	if err := locked.Lock([]byte("x")); err != nil {
		t.Fatal(err)
	}
	for name, socket := range map[string]string{"holds no key": empty, "locked": serve(t, locked), "not there": filepath.Join(t.TempDir(), "s"), "no socket": file} {
		if _, err := SignAgent(t.Context(), socket, key, statement); !errors.Is(err, ErrSigning) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if keys, err := AgentKeys(t.Context(), ""); keys != nil || err != nil {
		t.Errorf("without a socket: %v, %v", keys, err)
	}
	if _, err := AgentKeys(t.Context(), file); err == nil {
		t.Error("a file was taken for a socket")
	}
}

// TestASilentAgentIsLeft: an agent takes calls and never answers.
func TestASilentAgentIsLeft(t *testing.T) {
	for name, call := range map[string]func(context.Context, string) error{
		"for its keys": func(ctx context.Context, socket string) error { _, err := AgentKeys(ctx, socket); return err },
		"for a signature": func(ctx context.Context, socket string) error {
			_, err := SignAgent(ctx, socket, Key{}, nil)
			return err
		},
		"to choose a key": func(ctx context.Context, socket string) error {
			_, err := Choose(ctx, Wish{Socket: socket}, noon)
			return err
		},
	} {
		dir, err := os.MkdirTemp("", "agree")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		l, err := net.Listen("unix", filepath.Join(dir, "s"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { // ends when it has been called, or with the listener
			conn, err := l.Accept()
			if err == nil {
				conn.Read(make([]byte, 1))
				cancel()
			}
		}()
		if err := call(ctx, l.Addr().String()); err == nil {
			t.Errorf("a silent agent was good enough, asked %s", name)
		}
	}
}

// TestTheKeyIsChosen: NAME@agent and NAME@home say where a key is, NAME* that it
// is listed for Alice.
func TestTheKeyIsChosen(t *testing.T) {
	needsSSH(t)
	file := map[string]string{}
	for _, name := range []string{"one", "two", "three"} {
		file[name] = newKey(t, "ed25519", "")
	}
	for _, c := range []struct {
		name, agent, home, listed string
		want                      string // a key's name and @agent or @home; or words of the error
	}{
		{"the listed one of the agent", "one two", "three", "two", "two@agent"},
		{"the first of two listed ones", "one two three", "", "two three", "two@agent"},
		{"the listed one at home, before the agent's only one", "one", "two three", "three", "three@home"},
		{"the agent's before the same at home", "one two", "two", "two", "two@agent"},
		{"the agent's only one", "one", "two three", "", "one@agent"},
		{"the only one at home", "", "one", "", "one@home"},
		{"the only one at home, where the agent has several", "one two", "three", "", "three@home"},
		{"two of the agent", "one two", "", "", "name its file with --key"},
		{"two at home", "", "one two", "", "name its file with --key"},
		{"none", "", "", "", "make one with ssh-keygen -t ed25519"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var held []string
			for _, name := range strings.Fields(c.agent) {
				held = append(held, file[name])
			}
			w := Wish{Socket: newAgent(t, held...), Home: t.TempDir(), Identity: alice}
			for i, name := range strings.Fields(c.home) {
				atHome(t, w.Home, usual[i], file[name])
			}
			var lines string
			for _, name := range strings.Fields(c.listed) {
				lines += list(alice, public(t, file[name]))
			}
			w.Signers = parseSigners("", []byte(list(bob, public(t, file["one"]))+lines), time.UTC)
			got, err := Choose(t.Context(), w, noon)
			if name, place, found := strings.Cut(c.want, "@"); found {
				want := Key{pub: signerOf(t, file[name]).PublicKey()}
				if err != nil || !got.Key.Is(want) || (got.File == "") != (place == "agent") {
					t.Errorf("chose %v (%v), want %s", got, err, c.want)
				}
			} else if !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("chose %v (%v), want %q", got, err, c.want)
			}
		})
	}
}

// atHome puts a key file at one of its usual places.
func atHome(t *testing.T, home, name, file string) {
	t.Helper()
	dir := filepath.Join(home, ".ssh")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", ".pub"} {
		text, err := os.ReadFile(file + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+end), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestANamedFileIsTakenAndSignsWithoutItsPublicHalf(t *testing.T) {
	needsSSH(t)
	file := newKey(t, "ed25519", "")
	if err := os.Remove(file + ".pub"); err != nil {
		t.Fatal(err)
	}
	s, err := Choose(t.Context(), Wish{File: file, Identity: alice}, noon)
	if err != nil || s.File != file || s.Key.Fingerprint() != "" || s.String() != file {
		t.Fatalf("chose %v (%v), want %s", s, err, file)
	}
	_, key, err := s.Sign(t.Context(), statement, io.Discard)
	if want := (Key{pub: signerOf(t, file).PublicKey()}); err != nil || !key.Is(want) {
		t.Errorf("signed with %v (%v), want %v", key, err, want)
	}
	pipe := file + ".pipe"
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, none := range []string{file + ".no", pipe, t.TempDir()} {
		if _, err := Choose(t.Context(), Wish{File: none}, noon); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s is taken for a key: %v", none, err)
		}
	}
}

// TestNoKeyListsWhatThereIs reads the whole message.
func TestNoKeyListsWhatThereIs(t *testing.T) {
	needsSSH(t)
	one, two := newKey(t, "ed25519", ""), newKey(t, "ecdsa", "")
	w := Wish{Socket: newAgent(t, one, two), Home: t.TempDir(), Identity: alice}
	_, err := Choose(t.Context(), w, noon)
	want := fmt.Sprintf(`there is no telling which key to sign with; name its file with --key (the .pub file, for one that an agent holds). There are:
  the SSH agent's key %s (test key)
  the SSH agent's key %s (test key)`, ssh.FingerprintSHA256(signerOf(t, one).PublicKey()), ssh.FingerprintSHA256(signerOf(t, two).PublicKey()))
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}

// TestTheKeyThatWasShownSigns: a file that holds another key by the time it
// signs has signed nothing.
func TestTheKeyThatWasShownSigns(t *testing.T) {
	needsSSH(t)
	shown, other := newKey(t, "ed25519", ""), newKey(t, "ed25519", "")
	s, err := fileSource(shown)
	if err != nil {
		t.Fatal(err)
	}
	for _, half := range []string{"", ".pub"} {
		if err := os.Rename(other+half, shown+half); err != nil {
			t.Fatal(err)
		}
	}
	if signature, _, err := s.Sign(t.Context(), statement, io.Discard); !errors.Is(err, ErrSigning) || signature != nil {
		t.Errorf("the other key signed: %v", err)
	}
}
