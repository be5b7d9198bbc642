package agree

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"bythebook/runbook"
)

// A Ring says whose key is whose, and which keys were withdrawn.
type Ring struct {
	Signers Signers
	Revoked Revoked
}

// ReadRing reads the keys of the folder PLAYBOOK.agreement, which need not exist.
func ReadRing(dir string) (Ring, error) {
	f, err := openFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Ring{}, nil
	}
	if err != nil {
		return Ring{}, fmt.Errorf("the folder %s can't be read: %w", dir, err)
	}
	defer f.root.Close()
	return f.ring()
}

func (f folder) ring() (Ring, error) {
	signers, err := f.signers()
	if err != nil {
		return Ring{}, err
	}
	revoked, err := f.revoked()
	return Ring{signers, revoked}, err
}

// Holders are the contacts for whom a key is listed.
func (r Ring) Holders(book *runbook.Playbook, key Key) []string {
	lists := r.Signers.lists(key)
	var ids []string
	for _, c := range slices.Concat(book.Contacts, book.External) {
		if slices.ContainsFunc(lists, func(people string) bool { return listed(c.Email, people) }) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// shared says that a key is several people's, nil where it is not.
func shared(holders []string) error {
	if len(holders) < 2 {
		return nil
	}
	return fmt.Errorf("the key is listed for %s, so nobody can tell whose word it is; each needs one of their own", strings.Join(holders, ", "))
}

// Admit says whether somebody may sign with a key. It gives back the new text of
// allowed_signers where this is their first key, and nil where it is listed.
//
// Only whoever has no key yet is listed by signing. A second key would let
// anybody who may write here sign for them.
func (r Ring) Admit(book *runbook.Playbook, who string, key Key, now time.Time) ([]byte, error) {
	c, _ := book.Contact(who)
	if r.Revoked.Has(key) {
		return nil, fmt.Errorf("%s: %w", key, ErrRevoked)
	}
	listed, others := r.Signers.Keys(c.Email), r.Holders(book, key)
	switch err := shared(others); {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", key, err)
	case slices.ContainsFunc(listed, key.Is):
		return nil, r.Signers.Admits(key, c.Email, now)
	case len(others) > 0:
		return nil, fmt.Errorf("the key %s is listed for %s, and nobody signs for somebody else; name your own with --key FILE", key, strings.Join(others, ", "))
	}
	if len(listed) > 0 {
		return nil, fmt.Errorf("the key %s is not among those that are listed for %s (%s). Sign with one of these; or add this one to allowed_signers, in a change of its own that somebody reviews", key, who, inWords(listed))
	}
	return r.Signers.With(c.Email, key)
}

func inWords(keys []Key) string {
	var all []string
	for _, k := range keys {
		all = append(all, k.String())
	}
	return strings.Join(all, ", ")
}
