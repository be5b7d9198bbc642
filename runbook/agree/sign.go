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
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// listing is how long an agent may take to say which keys it holds. Signing may
// take as long as its owner needs to confirm it.
const listing = 10 * time.Second

// AgentKeys are the keys of the agent at a socket with which an agreement can be
// signed. Without a socket there are none.
func AgentKeys(ctx context.Context, socket string) ([]Key, error) {
	if socket == "" {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, listing)
	defer cancel()
	client, hangUp, err := dial(ctx, socket)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	held, err := client.List()
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("the SSH agent does not answer")
	case err != nil:
		return nil, fmt.Errorf("ask the SSH agent for its keys: %s", shown(err.Error()))
	}
	var keys []Key
	for _, k := range held {
		pub, err := ssh.ParsePublicKey(k.Blob)
		if err != nil || formats[pub.Type()] == nil {
			continue
		}
		if key := (Key{Comment: k.Comment, pub: pub}); !key.weak() {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// dial calls an agent. The call ends with the context at the latest.
func dial(ctx context.Context, socket string) (client agent.ExtendedAgent, hangUp func(), err error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, nil, fmt.Errorf("reach the SSH agent: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return agent.NewClient(conn), func() { stop(); conn.Close() }, nil
}

// SignAgent lets an agent sign a statement with one of its keys. It is asked not
// to use SHA-1; one that does so all the same is told of.
func SignAgent(ctx context.Context, socket string, key Key, statement []byte) ([]byte, error) {
	client, hangUp, err := dial(ctx, socket)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSigning, err)
	}
	defer hangUp()
	signature, err := signWith(client, key, statement)
	switch {
	case ctx.Err() != nil:
		return nil, errStopped
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrSigning, err)
	}
	return signature, nil
}

// errStopped stands for a signing that its user, or the program's end, stopped.
var errStopped = fmt.Errorf("%w: it was stopped", ErrSigning)

// signWith proves what the agent made before it lets it out.
func signWith(client agent.ExtendedAgent, key Key, statement []byte) ([]byte, error) {
	signers, err := client.Signers()
	if err != nil {
		return nil, fmt.Errorf("the SSH agent does not answer (%s)", shown(err.Error()))
	}
	i := slices.IndexFunc(signers, func(s ssh.Signer) bool { return string(s.PublicKey().Marshal()) == key.id() })
	if i < 0 {
		return nil, fmt.Errorf("the SSH agent does not hold %s now; is it locked? add the key with ssh-add", key)
	}
	sig, err := sshsig.Sign(bytes.NewReader(statement), signers[i], sshsig.HashSHA512, Namespace)
	if err != nil {
		return nil, fmt.Errorf("the SSH agent refused to sign with %s (%s); is it locked, or was it not confirmed?", key, shown(err.Error()))
	}
	signature := sshsig.Armor(sig)
	if _, err := Prove(statement, signature); err != nil {
		return nil, fmt.Errorf("what the SSH agent made is not good: %w", err)
	}
	return signature, nil
}

// ssh-keygen is told to stop some times, with a pause between, and killed then.
const (
	tellings = 30
	pause    = 100 * time.Millisecond
)

// SignFile lets ssh-keygen sign a statement with the key in a file. It asks at
// the terminal for a passphrase, and writes to said what it wants of its user,
// as the touch of a hardware key. Nothing touches the disk.
func SignFile(ctx context.Context, file string, statement []byte, said io.Writer) ([]byte, Key, error) {
	var signature, words bytes.Buffer
	cmd := exec.CommandContext(ctx, "ssh-keygen", "-q", "-Y", "sign", "-n", Namespace, "-f", file)
	cmd.Stdin = bytes.NewReader(statement)
	cmd.Stdout = &signature
	cmd.Stderr = io.MultiWriter(&words, said)
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, Key{}, fmt.Errorf("%w: ssh-keygen is not installed; install OpenSSH, or add the key to an SSH agent", ErrSigning)
	case ctx.Err() != nil, errors.As(err, &exit) && exit.ExitCode() < 0: // a signal may reach it first
		return nil, Key{}, errStopped
	case err != nil:
		return nil, Key{}, fmt.Errorf("%w: ssh-keygen could not sign with %s (%s)", ErrSigning, shown(file), lastLine(words.String()))
	}
	key, err := Prove(statement, signature.Bytes())
	if err != nil {
		return nil, Key{}, fmt.Errorf("%w: what ssh-keygen made is not good: %w", ErrSigning, err)
	}
	return signature.Bytes(), key, nil
}

// interrupt ends ssh-keygen as ctrl+c does. Killed, it would leave a terminal that
// does not show what is typed. And once is not enough: a signal that comes after
// it has asked for a passphrase, and before it reads one, passes without effect.
func interrupt(keygen *os.Process) error {
	for range tellings {
		if err := keygen.Signal(os.Interrupt); err != nil {
			return err // it has ended
		}
		time.Sleep(pause)
	}
	return nil
}

// lastLine is the last thing that a program said.
func lastLine(words string) string {
	words = strings.TrimSpace(words)
	if words == "" {
		return "it did not say why"
	}
	return shown(strings.TrimSpace(words[strings.LastIndexByte(words, '\n')+1:]))
}

// A Source is a key to sign with, and where it is.
type Source struct {
	Key    Key    // not known of a file before it has signed, where no .pub stands beside it
	File   string // "" where an agent holds it
	socket string
}

// String says in words which key it is and where.
func (s Source) String() string {
	switch {
	case s.File == "":
		return "the SSH agent's key " + s.Key.String()
	case s.Key.pub == nil:
		return shown(s.File)
	}
	return shown(s.File) + ", " + s.Key.Fingerprint()
}

// Sign signs a statement, and says with which key. What ssh-keygen wants of its
// user meanwhile is written to said.
func (s Source) Sign(ctx context.Context, statement []byte, said io.Writer) ([]byte, Key, error) {
	if s.File != "" {
		signature, key, err := SignFile(ctx, s.File, statement, said)
		if err == nil && s.Key.Known() && !key.Is(s.Key) {
			return nil, key, fmt.Errorf("%w: %s holds %s now, and that is not the key that was shown", ErrSigning, shown(s.File), key)
		}
		return signature, key, err
	}
	signature, err := SignAgent(ctx, s.socket, s.Key, statement)
	return signature, s.Key, err
}

// A Wish is what there is to choose a key from, and for whom.
type Wish struct {
	File     string // named by the user; "" to choose one
	Socket   string // of the SSH agent; "" where there is none
	Home     string // the user's home directory
	Identity string
	Signers  Signers
}

// Choose finds the key to sign with: the file that is named; else one that
// counts for the person, of the agent first; else the agent's only one; else the
// only one at its usual place. It never guesses between two.
func Choose(ctx context.Context, w Wish, now time.Time) (Source, error) {
	if w.File != "" {
		return fileSource(w.File)
	}
	held, err := AgentKeys(ctx, w.Socket)
	if ctx.Err() != nil {
		return Source{}, ctx.Err()
	}
	var agents, all []Source
	for _, k := range held {
		agents = append(agents, Source{Key: k, socket: w.Socket})
	}
	files := homeSources(w.Home)
	all = append(append(all, agents...), files...)
	for _, s := range all {
		if w.Signers.Admits(s.Key, w.Identity, now) == nil {
			return s, nil
		}
	}
	switch {
	case len(agents) == 1:
		return agents[0], nil
	case len(files) == 1:
		return files[0], nil
	}
	return Source{}, noKey(all, err)
}

// noKey says what there is to choose from.
func noKey(all []Source, err error) error {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, " (%s)", shown(err.Error()))
	}
	if len(all) == 0 {
		b.WriteString("; none is in an SSH agent or in ~/.ssh: make one with ssh-keygen -t ed25519, or name its file with --key")
		return fmt.Errorf("%w%s", ErrNoKey, b.String())
	}
	b.WriteString("; name its file with --key (the .pub file, for one that an agent holds). There are:")
	for _, s := range all {
		b.WriteString("\n  " + s.String())
	}
	return fmt.Errorf("%w%s", ErrNoKey, b.String())
}

// usual are the names of ssh's own choice of keys, in its order but that today's
// kind comes first.
var usual = []string{"id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa"}

// homeSources are the keys at their usual places.
func homeSources(home string) []Source {
	var found []Source
	for _, name := range usual {
		if s, err := fileSource(filepath.Join(home, ".ssh", name)); home != "" && err == nil {
			found = append(found, s)
		}
	}
	return found
}

// fileSource looks for the public key beside a private one. Without it only
// ssh-keygen can tell which key it is.
func fileSource(file string) (Source, error) {
	switch info, err := os.Stat(file); {
	case err != nil:
		return Source{}, fmt.Errorf("%w: %w", ErrNoKey, err)
	case !info.Mode().IsRegular(): // ssh-keygen would wait for a pipe
		return Source{}, fmt.Errorf("%w: %s is not a file", ErrNoKey, shown(file))
	}
	s := Source{File: file}
	if text, err := readList(strings.TrimSuffix(file, ".pub") + ".pub"); err == nil {
		s.Key, _ = readKey(strings.TrimRight(string(text), "\r\n"))
	}
	return s, nil
}
