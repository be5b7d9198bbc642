package agree

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// The limits of a list of keys.
const (
	maxList    = 1 << 20 // bytes
	maxSkipped = 20      // lines that are told of
)

// Signers says whose key is whose. It is OpenSSH's allowed_signers file (man
// ssh-keygen, ALLOWED SIGNERS), read as ssh-keygen reads it where both can make
// sense of a line, and never more leniently.
type Signers struct {
	Sum     string   // SHA-256 of the file, "" where there is none
	Skipped []string // the lines that count for nothing, by place, with why and what to do

	path  string
	text  []byte
	lines []signer
}

// ReadSigners reads an allowed_signers file. Where there is none, nobody is
// listed. A line that can't be understood counts for nothing, as it does for
// ssh-keygen, and is told of in Skipped.
func ReadSigners(path string) (Signers, error) {
	text, err := readList(path)
	if err != nil || text == nil {
		return Signers{path: path}, err
	}
	return parseSigners(path, text, time.Local), nil
}

// readList is nil where there is no such file.
func readList(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a file", ErrList, shown(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	}
	if len(text) > maxList {
		return nil, fmt.Errorf("%w: %s is longer than 1 MiB; take out the keys that nobody signs with", ErrList, shown(path))
	}
	return text, nil
}

// parseSigners reads times without a Z as of the place zone, as OpenSSH does.
func parseSigners(path string, text []byte, zone *time.Location) Signers {
	sum := sha256.Sum256(text)
	s := Signers{Sum: hex.EncodeToString(sum[:]), path: path, text: text}
	number, skipped := 0, 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimLeft(strings.TrimRight(line, "\r\n"), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		one, err := readSigner(line, zone)
		if conflict(line) {
			err = ErrConflict
		}
		if err == nil {
			one.number = number
			s.lines = append(s.lines, one)
		} else if skipped++; skipped <= maxSkipped {
			s.Skipped = append(s.Skipped, fmt.Sprintf("%s: %v", s.at(number), err))
		}
	}
	if skipped > maxSkipped {
		s.Skipped = append(s.Skipped, fmt.Sprintf("%s: %d more lines count for nothing", shown(path), skipped-maxSkipped))
	}
	return s
}

func (s Signers) at(number int) string { return fmt.Sprintf("%s line %d", shown(s.path), number) }

// lists are the people of each line with a key.
func (s Signers) lists(key Key) []string {
	var all []string
	id := key.id()
	for _, one := range s.lines {
		if one.id == id {
			all = append(all, one.people)
		}
	}
	return all
}

// Keys are the keys that are listed for somebody, whether they count now or not.
func (s Signers) Keys(identity string) []Key {
	var keys []Key
	seen := map[string]bool{}
	for _, one := range s.lines {
		if !seen[one.id] && listed(identity, one.people) {
			seen[one.id] = true
			keys = append(keys, one.key)
		}
	}
	return keys
}

// Admits says why a key does not count for somebody at a time; nil if it does.
// One line that lets it count is enough.
func (s Signers) Admits(key Key, identity string, now time.Time) error {
	var why error
	id := key.id()
	for _, one := range s.lines {
		if one.id != id || !listed(identity, one.people) {
			continue
		}
		err := one.counts(now)
		if err == nil {
			return nil
		}
		if why == nil {
			why = fmt.Errorf("%s: %w", s.at(one.number), err)
		}
	}
	if why == nil {
		return fmt.Errorf("%s: %w", key.Fingerprint(), ErrUnlisted)
	}
	return why
}

// With is the file's text with one line more, by which a key counts for
// somebody's agreements, and for nothing else.
func (s Signers) With(identity string, key Key) ([]byte, error) {
	if !plain(identity) {
		return nil, fmt.Errorf("%w: %q can't be listed; give the contact a plain email address", ErrList, identity)
	}
	text := slices.Clone(s.text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	line := fmt.Sprintf("%s namespaces=%q %s", identity, Namespace, ssh.MarshalAuthorizedKey(key.pub))
	return append(text, line...), nil
}

// plain reports a name that lists nobody but who bears it.
func plain(identity string) bool {
	return identity != "" && !strings.ContainsAny(identity, "*?!,\"# ") && shown(identity) == identity
}
