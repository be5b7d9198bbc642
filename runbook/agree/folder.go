package agree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"bythebook/runbook"
)

// What else than statements stands in the folder.
const (
	signersFile = "allowed_signers"
	revokedFile = "revoked_keys"
	attributes  = ".gitattributes"
	textsDir    = "texts"
)

// The limits of what is read.
const (
	maxNames = 10_000
	maxText  = 64 << 20 // of one file, and of all that are looked at together
)

// Dir is the folder that holds the agreement on a playbook: it stands beside
// the playbook's file and is called by the playbook's id.
func Dir(file, id string) string { return filepath.Join(filepath.Dir(file), id+".agreement") }

// A folder is such a folder, open. Nothing leads out of it, neither .. nor a
// link, and opening never waits: a named pipe is opened and found to be one.
type folder struct{ root *os.Root }

// openFolder opens it, where it is no link that leads away from the playbook.
func openFolder(dir string) (folder, error) {
	if dir == "" {
		return folder{}, fs.ErrNotExist
	}
	beside, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return folder{}, reason(err)
	}
	defer beside.Close()
	info, err := beside.Stat(filepath.Base(dir)) // opening a pipe as a folder would wait
	if err != nil {
		return folder{}, reason(err)
	}
	if !info.IsDir() {
		return folder{}, errors.New("it is not a folder")
	}
	root, err := beside.OpenRoot(filepath.Base(dir))
	return folder{root}, reason(err)
}

// reason takes from an error of the file system the path, which is said already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// read is the whole of a regular file that holds no more than so many bytes.
func (f folder) read(name string, most int64) ([]byte, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, reason(err)
	}
	defer file.Close()
	return readAll(file, most)
}

func readAll(file *os.File, most int64) ([]byte, error) {
	switch info, err := file.Stat(); {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("it is larger than %d bytes", most)
	}
	return text, reason(err)
}

// optional is read for a file that need not be there.
func (f folder) optional(name string, most int64) ([]byte, error) {
	text, err := f.read(name, most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// signers are the folder's own allowed_signers, nobody where there is none.
func (f folder) signers() (Signers, error) {
	text, err := f.optional(signersFile, maxList)
	if err != nil {
		return Signers{}, fmt.Errorf("%s can't be read: %w", signersFile, err)
	}
	if text == nil {
		return Signers{path: signersFile}, nil
	}
	return parseSigners(signersFile, text, time.Local), nil
}

// revoked are the keys that count for nothing any more.
func (f folder) revoked() (Revoked, error) {
	text, err := f.optional(revokedFile, maxList)
	if err != nil {
		return Revoked{all: true}, fmt.Errorf("%s can't be read: %w", revokedFile, err)
	}
	return parseRevoked(revokedFile, text)
}

// A role is what a statement is kept as.
type role string

const (
	current   role = ""          // NAME.txt, somebody's word
	objection role = "objection" // NAME.objection-1.txt, one that has been settled
	settled   role = "settled"   // NAME.settled-1.txt, the word by which it was
	published role = "published" // NAME.published.txt
)

// A paper is the name of a statement in the folder. Its signature stands beside it.
type paper struct {
	who  string // contact's id
	role role
	n    int // of an objection, and of the word that settled it
}

var paperForm = regexp.MustCompile(`^([a-z0-9][a-z0-9-]{0,63})(?:\.(objection|settled)-([1-9][0-9]{0,3})|\.(published))?$`)

// paperOf reads a paper's name, without its ending.
func paperOf(name string) (paper, bool) {
	m := paperForm.FindStringSubmatch(name)
	if m == nil {
		return paper{}, false
	}
	n, _ := strconv.Atoi(m[3]) // digits, or nothing
	return paper{who: m[1], role: role(m[2] + m[4]), n: n}, true
}

func (p paper) String() string {
	switch p.role {
	case current:
		return p.who + ".txt"
	case published:
		return p.who + ".published.txt"
	}
	return fmt.Sprintf("%s.%s-%d.txt", p.who, p.role, p.n)
}

func (p paper) signature() string { return p.String() + ".sig" }

// papers are the statements of the folder, sorted by name, and the files that
// look like one and can be nobody's. Either half of one, statement or
// signature, is enough: what is missing is then said of it.
func (f folder) papers() (all []paper, foreign []string, err error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, nil, reason(err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxNames + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, reason(err)
	}
	if len(names) > maxNames {
		return nil, nil, fmt.Errorf("it holds more than %d files", maxNames)
	}
	slices.Sort(names)
	for _, name := range names {
		base, isText := strings.CutSuffix(strings.TrimSuffix(name, ".sig"), ".txt")
		if strings.HasPrefix(name, ".") || !isText && !strings.HasSuffix(name, ".sig") {
			continue
		}
		p, ok := paperOf(base)
		switch {
		case !ok || !isText:
			foreign = append(foreign, name)
		case !slices.Contains(all[max(0, len(all)-1):], p): // the signature follows its statement
			all = append(all, p)
		}
	}
	return all, foreign, nil
}

// text is the text that a statement speaks of, as far as the folder still holds
// every file of it, to the byte, and they are no more than so many bytes
// together. main is the playbook's own file today.
func (f folder) text(s Statement, main string, most int64) (c runbook.Copy, size int64) {
	c.Files = map[string][]byte{}
	for _, line := range s.Sums {
		sum, file := line[:64], pathOf(line)
		text, err := f.read(path.Join(textsDir, sum), most-size)
		if err != nil || sumOf(text) != sum {
			return runbook.Copy{}, size
		}
		size += int64(len(text))
		c.Files[file] = text
		if file == main || c.Main == "" && !strings.Contains(file, "/") && path.Ext(file) == path.Ext(main) {
			c.Main = file
		}
	}
	if c.Main == "" {
		return runbook.Copy{}, size
	}
	return c, size
}
