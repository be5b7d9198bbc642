package agree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
)

// A Statement is what somebody signs: their word on exactly one text of a
// playbook. It is written so that people read it as it stands, and so that grep
// and sha256sum make of it what this program does.
type Statement struct {
	Playbook string // its id
	Decision Decision
	By       string    // the contact's email
	At       time.Time // whole seconds; the signer's own claim
	Because  []string  // of an objection: its text, line by line
	Settled  []string  // how the objections below were settled, line by line
	Settles  []string  // SHA-256 of the statements of these objections
	Place    string    // where it was looked at what is published
	Sums     []string  // of the text, as runbook.Copy.Sums writes them
}

const (
	firstLine = "bythebook agreement v1"
	instant   = "2006-01-02T15:04:05Z"

	// maxStatement is what a statement may hold: some six hundred files.
	maxStatement = 64 << 10
)

// Bytes are what is signed. The same statement is always the same bytes.
func (s Statement) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString(firstLine + "\n")
	line := func(key, value string) { b.WriteString(key + ": " + value + "\n") }
	line("playbook", s.Playbook)
	line("decision", string(s.Decision))
	line("by", s.By)
	line("at", s.At.UTC().Format(instant))
	for _, l := range s.Because {
		line("because", l)
	}
	for _, l := range s.Settled {
		line("settled", l)
	}
	for _, l := range s.Settles {
		line("objection", l)
	}
	if s.Place != "" {
		line("place", s.Place)
	}
	for _, l := range s.Sums {
		b.WriteString(l)
	}
	return b.Bytes()
}

// Digest is that of the text that the statement speaks of.
func (s Statement) Digest() string { return sumOf([]byte(strings.Join(s.Sums, ""))) }

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// conflict reports whether a line is a mark of a merge that nobody has finished.
func conflict(line string) bool {
	return strings.HasPrefix(line, "<<<<<<< ") || strings.HasPrefix(line, "=======") || strings.HasPrefix(line, ">>>>>>> ") || strings.HasPrefix(line, "||||||| ")
}

// ParseStatement reads a statement. It takes only what Bytes would write, to
// the byte: what can be spelled in two ways can be read in two ways.
func ParseStatement(text []byte) (Statement, error) {
	if len(text) > maxStatement {
		return Statement{}, fmt.Errorf("it is larger than %d KiB", maxStatement>>10)
	}
	for line := range strings.Lines(string(text)) {
		if conflict(line) {
			return Statement{}, errors.New("git left a conflict in it: take one side of it whole, with its signature, or sign again")
		}
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	if first != firstLine {
		return Statement{}, fmt.Errorf("its first line is not %q", firstLine)
	}
	var s Statement
	for line := range strings.Lines(rest) {
		if err := s.take(line); err != nil {
			return Statement{}, err
		}
	}
	if err := s.fault(); err != nil {
		return Statement{}, err
	}
	if !bytes.Equal(s.Bytes(), text) {
		return Statement{}, errors.New("its lines are not in the order, or not in the spelling, in which statements are written")
	}
	return s, nil
}

// take reads one line with its line feed. Lines that may stand there once and
// stand there twice come out as one, and so are found when all is written again.
func (s *Statement) take(line string) error {
	if sumLine.MatchString(line) {
		s.Sums = append(s.Sums, line)
		return nil
	}
	key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
	switch key {
	case "playbook":
		s.Playbook = value
	case "decision":
		s.Decision = Decision(value)
	case "by":
		s.By = value
	case "at":
		at, err := time.Parse(instant, value)
		if err != nil {
			return errors.New("its time is not written like 2026-11-23T12:00:00Z")
		}
		s.At = at
	case "because":
		s.Because = append(s.Because, value)
	case "settled":
		s.Settled = append(s.Settled, value)
	case "objection":
		s.Settles = append(s.Settles, value)
	case "place":
		s.Place = value
	default:
		return fmt.Errorf("it has a line that statements do not have: %.60q", strings.TrimSuffix(line, "\n"))
	}
	return nil
}

var (
	sumLine = regexp.MustCompile(`^[0-9a-f]{64}  [^\n]+\n$`)
	hexSum  = regexp.MustCompile(`^[0-9a-f]{64}$`)

	// mailForm leaves out what allowed_signers would take for a pattern or a list.
	mailForm = regexp.MustCompile(`^[^\s*?!,"#@]+@[^\s*?!,"#@]+$`)
)

// fault says what of a statement can't be signed or taken for one.
func (s Statement) fault() error {
	switch {
	case !runbook.ValidID.MatchString(s.Playbook):
		return errors.New("it does not say of which playbook it is")
	case !mailForm.MatchString(s.By):
		return fmt.Errorf("%.80q is not an email address that a signature can be made for", s.By)
	case s.At.IsZero() || s.At.Nanosecond() != 0 || s.At.Year() > 9999:
		return errors.New("it does not say when it was made")
	case len(s.Sums) == 0:
		return errors.New("it does not say of which files it is")
	case len(s.Bytes()) > maxStatement:
		return fmt.Errorf("it would be larger than %d KiB: the playbook names too many files, or the text is too long", maxStatement>>10)
	}
	if err := s.fitting(); err != nil {
		return err
	}
	if err := s.covered(); err != nil {
		return err
	}
	for line := range strings.Lines(string(s.Bytes())) {
		if line = strings.TrimSuffix(line, "\n"); clean.Line(line) != line {
			return fmt.Errorf("it holds characters that can't be seen: %.80q", line)
		}
	}
	return nil
}

// fitting makes sure that a statement says what its decision needs, and nothing
// that belongs to another.
func (s Statement) fitting() error {
	because, settled, settles, place := len(s.Because) > 0, len(s.Settled) > 0, len(s.Settles) > 0, s.Place != ""
	ok := false
	switch s.Decision {
	case Agrees:
		ok = !because && settled == settles && !place
	case Objects:
		ok = because && !settled && !settles && !place
	case Published:
		ok = !because && !settled && !settles && place
	default:
		return fmt.Errorf("its decision %.40q is none of agree, object and published", s.Decision)
	}
	if !ok {
		return fmt.Errorf("it does not say what the decision %q needs, or says more", s.Decision)
	}
	for _, line := range slices.Concat(s.Because, s.Settled) {
		if strings.TrimSpace(line) != line || line == "" {
			return errors.New("a line of its text is empty, or begins or ends with a blank")
		}
	}
	if !slices.IsSorted(s.Settles) || slices.ContainsFunc(s.Settles, func(sum string) bool { return !hexSum.MatchString(sum) }) {
		return errors.New("it does not name the objections that it settles by their sorted SHA-256")
	}
	return nil
}

// covered makes sure that sha256sum reads the lines of the files as this program
// does, and that no file stands there twice.
func (s Statement) covered() error {
	seen := map[string]bool{}
	for _, line := range s.Sums {
		path := pathOf(line)
		if !sumLine.MatchString(line) || path == "-" || strings.Contains(path, `\`) {
			return fmt.Errorf("the file %.80q can't be agreed to: sha256sum would not take its name for a file's", path)
		}
		if seen[path] {
			return fmt.Errorf("the file %.80q stands there twice", path)
		}
		seen[path] = true
	}
	if !slices.IsSorted(s.Sums) {
		return errors.New("its files are not sorted")
	}
	return nil
}

// pathOf is the path in a line of sha256sum.
func pathOf(line string) string {
	_, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
	return path
}
