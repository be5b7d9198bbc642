package agree

import (
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"
)

// What can be wrong with a signature, a key, or a list of keys. Each says what
// to do about it; what wraps it says where.
var (
	ErrUnreadable = errors.New("the signature can't be read, so its author has to sign again")
	ErrNamespace  = errors.New("the signature was made for something else than an agreement, so its author has to sign again with bythebook")
	ErrAlgorithm  = errors.New("the signature is of a kind that is no longer trusted, so its author has to sign again, with another key or a newer agent")
	ErrWeak       = errors.New("the key is too short to be trusted, so its owner needs another (ssh-keygen -t ed25519 makes one)")
	ErrMismatch   = errors.New("the signature does not fit the statement: one of them was changed after signing, so its author has to sign again")
	ErrRevoked    = errors.New("the key was withdrawn (it is in revoked_keys), so its owner has to sign again with another")
	ErrUnlisted   = errors.New("the key is not listed for this person; if it is theirs, list it in allowed_signers")
	ErrPurpose    = errors.New("allowed_signers lets the key sign other things only; if it may sign agreements, add " + Namespace + " to its namespaces")
	ErrEarly      = errors.New("allowed_signers does not let the key count yet; see its valid-after")
	ErrExpired    = errors.New("the key has expired by its valid-before in allowed_signers, so its owner has to sign again with another")
	ErrConflict   = errors.New("git left a conflict here that nobody has solved: keep the lines of both sides, and take out the three marks <<<<<<<, ======= and >>>>>>>")
	ErrList       = errors.New("the list of keys can't be used")
	ErrNoKey      = errors.New("there is no telling which key to sign with")
	ErrSigning    = errors.New("nothing was signed")
)

// A Key is somebody's public SSH key.
type Key struct {
	Comment string // what its owner calls it; foreign text
	pub     ssh.PublicKey
}

// Known reports whether it is a key: that of a file may not be known yet.
func (k Key) Known() bool { return k.pub != nil }

// Fingerprint names the key as ssh-keygen -l does, SHA256:..., and is "" where
// the key is not known.
func (k Key) Fingerprint() string {
	if k.pub == nil {
		return ""
	}
	return ssh.FingerprintSHA256(k.pub)
}

// Kind is the key's type as it stands before it in a list: ssh-ed25519.
func (k Key) Kind() string {
	if k.pub == nil {
		return ""
	}
	return k.pub.Type()
}

// Is reports whether two keys are the same, whatever they are called.
func (k Key) Is(other Key) bool { return k.id() == other.id() }

// id is the key's bytes, and "" where the key is not known.
func (k Key) id() string {
	if k.pub == nil {
		return ""
	}
	return string(k.pub.Marshal())
}

// String is the key in words: its fingerprint and what its owner calls it.
func (k Key) String() string {
	if k.Comment == "" {
		return k.Fingerprint()
	}
	return k.Fingerprint() + " (" + shown(k.Comment) + ")"
}

// formats are the signatures that count, by the kind of the key that makes
// them. It is what ssh-keygen takes: no DSA, no certificates, and from RSA keys
// none over SHA-1, which is called ssh-rsa like the key.
var formats = map[string][]string{
	ssh.KeyAlgoED25519:    {ssh.KeyAlgoED25519},
	ssh.KeyAlgoSKED25519:  {ssh.KeyAlgoSKED25519},
	ssh.KeyAlgoECDSA256:   {ssh.KeyAlgoECDSA256},
	ssh.KeyAlgoECDSA384:   {ssh.KeyAlgoECDSA384},
	ssh.KeyAlgoECDSA521:   {ssh.KeyAlgoECDSA521},
	ssh.KeyAlgoSKECDSA256: {ssh.KeyAlgoSKECDSA256},
	ssh.KeyAlgoRSA:        {ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
}

// leastRSA is the length in bits from which OpenSSH takes an RSA key.
const leastRSA = 1024

// weak reports a key that is too short for OpenSSH.
func (k Key) weak() bool {
	long, ok := k.pub.(ssh.CryptoPublicKey)
	if !ok {
		return false
	}
	number, ok := long.CryptoPublicKey().(*rsa.PublicKey)
	return ok && number.N.BitLen() < leastRSA
}

// readKey reads a public key as a line of a list ends with it: its kind, its
// bytes in base64, and a comment.
func readKey(text string) (Key, error) {
	kind, rest := cutField(text)
	body, comment := cutField(rest)
	raw, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil || body == "" {
		return Key{}, errors.New("the key is damaged; copy its line from the .pub file again")
	}
	pub, err := ssh.ParsePublicKey(raw)
	if err != nil {
		return Key{}, fmt.Errorf("the key can't be read (%s); copy its line from the .pub file again", shown(err.Error()))
	}
	if pub.Type() != kind {
		return Key{}, fmt.Errorf("the key is no %s but a %s; copy its line from the .pub file again", shown(kind), shown(pub.Type()))
	}
	return Key{Comment: comment, pub: pub}, nil
}

// cutField parts the first word from what follows the blanks behind it.
func cutField(text string) (word, rest string) {
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimLeft(text[end:], " \t")
}

// maxShown is how much of foreign text a message holds, in bytes.
const maxShown = 300

// shown makes foreign text safe in a message. Text with anything unprintable in
// it is quoted, and long text cut.
func shown(text string) string {
	if len(text) > maxShown {
		return shown(text[:maxShown-4]) + "..."
	}
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if strings.ContainsFunc(text, unprintable) {
		return strconv.Quote(text)
	}
	return text
}
