package agree

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Revoked are the keys that count for nothing any more, whoever is listed with
// them and whenever they signed.
type Revoked struct {
	all  bool // the list could not be read, so no key can be trusted
	keys map[string]bool
}

// ReadRevoked reads a revoked_keys file: public keys, one a line. Where there is
// none, nothing is revoked. ssh-keygen trusts no key when it can't read a line,
// and so does what is returned with an error.
func ReadRevoked(path string) (Revoked, error) {
	text, err := readList(path)
	if err != nil {
		return Revoked{all: true}, err
	}
	return parseRevoked(path, text)
}

func parseRevoked(path string, text []byte) (Revoked, error) {
	if bytes.HasPrefix(text, []byte("SSHKRL\n")) {
		return Revoked{all: true}, fmt.Errorf("%w: %s is a binary list (KRL), which is not read here; write the public keys into it, one a line", ErrList, shown(path))
	}
	gone := Revoked{keys: map[string]bool{}}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimLeft(strings.TrimSuffix(line, "\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		key, err := readKey(strings.TrimSuffix(line, "\r"))
		if conflict(line) {
			err = ErrConflict
		}
		if err != nil {
			return Revoked{all: true}, fmt.Errorf("%w: %s line %d: %w (until then no key is trusted)", ErrList, shown(path), number, err)
		}
		gone.keys[withdrawn(key).id()] = true
	}
	return gone, nil
}

// withdrawn is the key that a line withdraws: that of a certificate, where it
// is one.
func withdrawn(k Key) Key {
	if c, ok := k.pub.(*ssh.Certificate); ok {
		return Key{Comment: k.Comment, pub: c.Key}
	}
	return k
}

// Has reports whether a key counts for nothing any more.
func (r Revoked) Has(k Key) bool { return r.all || r.keys[k.id()] }
