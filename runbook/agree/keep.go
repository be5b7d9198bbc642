package agree

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"bythebook/runbook"
)

// Keep puts somebody's signed statement into the folder, which is made where
// there is none. With it go the bytes of the text that it speaks of, and the new
// text of allowed_signers where this is the first key of that person, else nil.
// An objection that the statement settles is kept, with the word that settled it.
//
// Whatever happens meanwhile, a reader finds each file old or new, and whole;
// a statement whose signature is not there yet counts for nothing.
func Keep(dir, who string, s Statement, signature []byte, from runbook.Copy, signers []byte) error {
	f, err := makeFolder(dir)
	if err == nil {
		defer f.root.Close()
		err = f.keep(who, s, signature, from, signers)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", dir, err)
	}
	return nil
}

// makeFolder is openFolder where there need not be one yet.
func makeFolder(dir string) (folder, error) {
	beside, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return folder{}, reason(err)
	}
	defer beside.Close()
	if err := beside.Mkdir(filepath.Base(dir), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return folder{}, reason(err)
	}
	return openFolder(dir)
}

func (f folder) keep(who string, s Statement, signature []byte, from runbook.Copy, signers []byte) error {
	if err := f.keepAttributes(); err != nil {
		return err
	}
	if err := f.keepText(from); err != nil {
		return err
	}
	if signers != nil {
		if err := f.replace(signersFile, signers); err != nil {
			return err
		}
	}
	for _, sum := range s.Settles {
		if err := f.settle(who, sum, s.Bytes(), signature); err != nil {
			return err
		}
	}
	p := paper{who: who}
	if s.Decision == Published {
		p.role = published
	}
	if err := f.put(p, s.Bytes(), signature); err != nil {
		return err
	}
	return f.tidy()
}

// put writes a statement and its signature.
func (f folder) put(p paper, text, signature []byte) error {
	if err := f.replace(p.signature(), signature); err != nil {
		return err
	}
	return f.replace(p.String(), text)
}

// keepAttributes makes sure that git hands out the very bytes that were signed,
// and that two people who sign in two clones are both listed after a merge.
func (f folder) keepAttributes() error {
	_, err := f.root.Lstat(attributes)
	if errors.Is(err, fs.ErrNotExist) {
		return f.replace(attributes, []byte("# Signatures are over bytes: git must not change line ends here. Lists take the lines of both sides.\n* -text\n"+signersFile+" merge=union\n"+revokedFile+" merge=union\n"))
	}
	return reason(err)
}

// keepText keeps the bytes of every file under their sum, so that what somebody
// agreed to can be compared with what stands there later.
func (f folder) keepText(c runbook.Copy) error {
	if err := f.root.Mkdir(textsDir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return reason(err)
	}
	for _, text := range c.Files {
		name := path.Join(textsDir, sumOf(text))
		if old, err := f.read(name, maxText); err == nil && bytes.Equal(old, text) {
			continue
		}
		if err := f.replace(name, text); err != nil {
			return err
		}
	}
	return nil
}

// settle files somebody's objection under its number, and beside it the word by
// which it was settled: their current word is replaced when they agree anew.
func (f folder) settle(who, sum string, text, signature []byte) error {
	p, err := f.file(who, sum)
	if err != nil {
		return err
	}
	return f.put(paper{who, settled, p.n}, text, signature)
}

// file finds an objection under its number, or gives it the next one.
func (f folder) file(who, sum string) (paper, error) {
	p := paper{who, objection, 1}
	for ; ; p.n++ {
		text, err := f.read(p.String(), maxStatement)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil && sumOf(text) == sum {
			return p, nil
		}
	}
	text, err := f.read(paper{who: who}.String(), maxStatement)
	if err == nil && sumOf(text) != sum {
		err = errors.New("the objection that is settled is not there any more")
	}
	if err != nil {
		return p, err
	}
	signature, err := f.read(paper{who: who}.signature(), maxSignature)
	if err != nil {
		return p, err
	}
	return p, f.put(p, text, signature)
}

// tidy removes the texts that nobody's current word speaks of. Where a word
// can't be read, nothing is removed: it may speak of any.
func (f folder) tidy() error {
	papers, _, err := f.papers()
	if err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, p := range papers {
		if p.role == objection || p.role == settled {
			continue
		}
		text, err := f.read(p.String(), maxStatement)
		if err != nil {
			return nil
		}
		s, err := ParseStatement(text)
		if err != nil {
			return nil
		}
		for _, line := range s.Sums {
			needed[line[:64]] = true
		}
	}
	return f.drop(needed)
}

// drop removes the texts that nobody needs. What is called otherwise than by a
// sum is not ours.
func (f folder) drop(needed map[string]bool) error {
	dir, err := f.root.Open(textsDir)
	if err != nil {
		return reason(err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return reason(err)
	}
	for _, name := range names {
		if hexSum.MatchString(name) && !needed[name] {
			if err := f.root.Remove(path.Join(textsDir, name)); err != nil {
				return reason(err)
			}
		}
	}
	return nil
}

// replace writes a file so that a reader finds the old one or the new one,
// whole, whatever happens meanwhile. A link in its place is replaced, not
// followed. git wants what everybody may read.
func (f folder) replace(name string, text []byte) error {
	draft := path.Join(path.Dir(name), "."+path.Base(name)+"-"+rand.Text())
	file, err := f.root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("%s: %w", name, reason(err))
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = f.root.Rename(draft, name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), f.root.Remove(draft))
	}
	return f.sync(path.Dir(name))
}

// sync makes sure that the names in a folder outlive a crash.
func (f folder) sync(name string) error {
	dir, err := f.root.Open(name)
	if err != nil {
		return reason(err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}
