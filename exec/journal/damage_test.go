package journal

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	record "bythebook/exec"
)

// ends lists where each line of b ends, in bytes from the start.
func ends(b []byte) []int {
	var at []int
	for i, c := range b {
		if c == '\n' {
			at = append(at, i+1)
		}
	}
	return at
}

// whole counts the lines that end at or before n.
func whole(ends []int, n int) int {
	k := 0
	for k < len(ends) && ends[k] <= n {
		k++
	}
	return k
}

// thrifty keeps no space ready: in memory that costs more than all the rest.
type thrifty struct{ file }

func (thrifty) Reserve(int64) error { return nil }

// resume opens a record that must be resumable, checks what it gives back and
// that going on with it works, and that no acknowledged byte was changed.
func resume(t *testing.T, what, dir string, want []record.Event, torn []byte) {
	t.Helper()
	before := bytesOf(t, dir)
	good := len(before) - len(torn)
	j, got, n, err := open(dir, func(f *onDisk) file { return thrifty{f} })
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	same(t, what, want, got)
	if n != len(torn) {
		t.Fatalf("%s: %d bytes set aside, want %d", what, n, len(torn))
	}
	e := add(t, j, event(len(want)))
	j.Close()
	after := bytesOf(t, dir)
	if !bytes.HasPrefix(after, before[:good]) {
		t.Fatalf("%s: acknowledged bytes were changed", what)
	}
	if got, err = Read(dir); err != nil {
		t.Fatalf("%s, after going on: %v", what, err)
	}
	same(t, what, append(want[:len(want):len(want)], e), got)
	if len(torn) == 0 {
		return
	}
	aside, err := os.ReadFile(filepath.Join(dir, Name+".torn-"+digest(torn)))
	if err != nil || !bytes.Equal(aside, torn) {
		t.Fatalf("%s: the torn tail was not kept: %v", what, err)
	}
}

// refuse expects that a record is seen as damaged and left as it is.
func refuse(t *testing.T, what, dir string) {
	t.Helper()
	before := bytesOf(t, dir)
	if j, _, _, err := Open(dir); !errors.Is(err, ErrDamaged) {
		if err == nil {
			j.Close()
		}
		t.Fatalf("%s: Open: %v", what, err)
	} else if !strings.Contains(err.Error(), "line ") {
		t.Fatalf("%s: where? %v", what, err)
	}
	if _, err := Read(dir); !errors.Is(err, ErrDamaged) {
		t.Fatalf("%s: Read: %v", what, err)
	}
	if !bytes.Equal(before, bytesOf(t, dir)) {
		t.Fatalf("%s: a damaged record was changed", what)
	}
}

// stride is how far apart the bytes are that are tried: all of them, or some.
func stride() int {
	if testing.Short() {
		return 11
	}
	return counts(3, 1)
}

// Files are what can become of a record, each with what was done to it.
type files = iter.Seq2[string, []byte]

// cuts are a record cut off after every byte.
func cuts(b []byte) files {
	return func(yield func(string, []byte) bool) {
		for n := 0; n <= len(b) && yield(fmt.Sprintf("cut at %d", n), b[:n]); n += stride() {
		}
	}
}

func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	dir, acked := fillInMemory(t, 40) // every kind of event three times
	b := bytesOf(t, dir)
	at := ends(b)
	resumed := 0
	for what, c := range cuts(b) {
		put(t, dir, c)
		k := whole(at, len(c))
		if k == 0 {
			if _, _, _, err := Open(dir); !errors.Is(err, ErrNotRecord) {
				t.Fatalf("%s: %v", what, err)
			}
			continue
		}
		resume(t, what, dir, acked[:k], c[at[k-1]:])
		resumed++
	}
	t.Logf("%d states resumed", resumed)
}

// flips are a record with one byte changed, at every place and in four ways. A
// byte that becomes zero is left out: as small as it is, it is a hole.
func flips(b []byte) files {
	return func(yield func(string, []byte) bool) {
		for n := 0; n < len(b); n += stride() {
			for _, bit := range []byte{1, 2, 0x20, 0x80} {
				c := bytes.Clone(b)
				c[n] ^= bit
				if c[n] != 0 && !yield(fmt.Sprintf("byte %d ^ %#x", n, bit), c) {
					return
				}
			}
		}
	}
}

func TestFlipEveryByte(t *testing.T) {
	t.Parallel()
	dir, _ := fillInMemory(t, 10)
	n := 0
	for what, c := range flips(bytesOf(t, dir)) {
		put(t, dir, c)
		if n%7 == 0 { // Open says the same, and it costs more
			refuse(t, what, dir)
		} else if _, err := Read(dir); !errors.Is(err, ErrDamaged) {
			t.Fatalf("%s went unnoticed: %v", what, err)
		}
		n++
	}
	t.Logf("%d flips", n)
}

// moves are a record with each of its lines left out, swapped with the next one,
// doubled and joined to the one before. The last line left out is not among
// them: that shows only in a signature.
func moves(b []byte) files {
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines = lines[:len(lines)-1]
	return func(yield func(string, []byte) bool) {
		edit := func(what string, i int, order ...[]byte) bool {
			return yield(fmt.Sprintf("line %d %s", i+1, what), bytes.Join(order, nil))
		}
		for i := range lines {
			before, after := lines[:i:i], lines[i+1:]
			more := edit("doubled", i, append(append(before, lines[i], lines[i]), after...)...)
			if more && i < len(lines)-1 {
				swapped := append(before, lines[i+1], lines[i])
				more = edit("dropped", i, append(before, after...)...) && edit("swapped", i, append(swapped, lines[i+2:]...)...)
			}
			if more && i > 0 {
				joined := append(before[:i-1:i-1], bytes.TrimSuffix(lines[i-1], []byte("\n")), lines[i])
				more = edit("joined", i, append(joined, after...)...)
			}
			if !more {
				return
			}
		}
	}
}

func TestLinesMoved(t *testing.T) {
	dir, acked := fill(t, 20)
	b := bytesOf(t, dir)
	for what, c := range moves(b) {
		put(t, dir, c)
		refuse(t, what, dir)
	}
	put(t, dir, b)
	resume(t, "untouched", dir, acked, nil)
}

// tails are a record with something behind it that is no line.
func tails(b []byte) files {
	var sizes []int
	for n := 1; n <= 16384; n *= 2 {
		sizes = append(sizes, n, n+1, n+7)
	}
	return func(yield func(string, []byte) bool) {
		for _, with := range []string{"\x00", "\n", "\xff", "{", opening, "garbage\n", `{"v":1,"seq":11,"at":"2026-11-23T`} {
			for _, n := range sizes {
				tail := strings.Repeat(with, n/len(with)+1)[:n]
				if !yield(fmt.Sprintf("%d bytes of %q", n, with), append(bytes.Clone(b), tail...)) {
					return
				}
			}
		}
	}
}

func TestTails(t *testing.T) {
	dir, acked := fillInMemory(t, 10)
	b := bytesOf(t, dir)
	for what, c := range tails(b) {
		put(t, dir, c)
		resume(t, what, dir, acked, c[len(b):])
	}
	put(t, dir, append(bytes.Clone(b), make([]byte, maxLine+1)...))
	refuse(t, "more zeros than a line may have", dir)
}

// holes are a record with zeros in its last line, as blocks leave that never
// reached the disk.
func holes(b []byte) files {
	at := ends(b)
	last := at[len(at)-2]
	return func(yield func(string, []byte) bool) {
		for from := last; from < len(b); from += 3 {
			for n := 1; from+n <= len(b); n += 11 {
				c := bytes.Clone(b)
				clear(c[from : from+n])
				if !yield(fmt.Sprintf("hole of %d at %d", n, from-last), c) {
					return
				}
			}
		}
	}
}

func TestHolesInTheLastLine(t *testing.T) {
	t.Parallel()
	dir, acked := fillInMemory(t, 10)
	b := bytesOf(t, dir)
	at := ends(b)
	for what, c := range holes(b) {
		put(t, dir, c)
		resume(t, what, dir, acked[:9], c[at[8]:])
	}
}

// reseal gives a line the hash that its bytes have, as a forger would.
func reseal(l string) []byte {
	i := strings.LastIndex(l, hashKey)
	return []byte(l[:i] + hashKey + digest([]byte(l[:i])) + "\"}\n")
}

func TestTwoMeanings(t *testing.T) {
	dir, acked := fill(t, 3)
	b := string(bytesOf(t, dir))
	at := ends([]byte(b))
	head, last := b[:at[1]], b[at[1]:]
	if !strings.Contains(last, `"type":"noted"`) {
		t.Fatal(last)
	}
	put(t, dir, append([]byte(head), reseal(last)...))
	resume(t, "the forger's own work, unchanged", dir, acked, nil)
	for name, edit := range map[string][2]string{
		"doubled key":          {`"type":"noted"`, `"type":"noted","type":"noted"`},
		"other case":           {`"type":"noted"`, `"type":"noted","Type":"held"`},
		"case instead":         {`"type":"noted"`, `"Type":"noted"`},
		"escaped key":          {`"type":"noted"`, `"typ\u0065":"noted"`},
		"escaped value":        {`"type":"noted"`, `"type":"not\u0065d"`},
		"extra field":          {`"mono"`, `"x":1,"mono"`},
		"other order":          {`"v":1,"seq":3`, `"v":1,"mono":3,"seq":3`},
		"blank":                {`"v":1,`, `"v":1, `},
		"number spelled twice": {`"v":1,`, `"v":1.0,`},
		"another version":      {`"v":1,`, `"v":2,`},
		"extra in data":        {`{"text":`, `{"kind":"x","text":`},
		"doubled in data":      {`{"text":`, `{"text":"b","text":`},
		"case in data":         {`{"text":`, `{"Text":`},
		"data is null":         {`{"text":"a note"}`, `null`},
		"broken character":     {`a note`, "a n\xffte"},
		"html escape":          {`a note`, `a \u003cnote`},
		"unknown type":         {`"type":"noted"`, `"type":"sang"`},
		"other zone":           {`Z","mono"`, `+00:00","mono"`},
		"nanoseconds":          {`592Z"`, `592000Z"`},
		"mono past its end":    {`"mono":`, `"mono":9`},
		"two values":           {`,"prev"`, `},"prev"`},
	} {
		if !strings.Contains(last, edit[0]) {
			t.Fatalf("%s: nothing to edit in %s", name, last)
		}
		forged := strings.Replace(last, edit[0], edit[1], 1)
		if name == "mono past its end" {
			forged = strings.Replace(last, `"mono":`, `"mono":9223372036854`, 1)
		}
		put(t, dir, append([]byte(head), reseal(forged)...))
		refuse(t, name, dir)
	}
}

func TestSetAsideFails(t *testing.T) {
	dir, acked := fill(t, 5)
	torn := []byte("half a rec")
	b := append(bytesOf(t, dir), torn...)
	put(t, dir, b)
	taken := filepath.Join(dir, Name+".torn-"+digest(torn))
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := Open(dir); err == nil || errors.Is(err, ErrDamaged) {
		t.Fatalf("the tail can't have been kept: %v", err)
	}
	same(t, "the record", string(b), string(bytesOf(t, dir)))
	if err := os.Remove(taken); err != nil {
		t.Fatal(err)
	}
	resume(t, "with the way free", dir, acked, torn)
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %d files", len(left))
	}
	put(t, dir, b) // the machine went down before the cut
	resume(t, "set aside twice", dir, acked, torn)
}

func FuzzRead(f *testing.F) {
	dir, _ := fill(f, 3)
	b := bytesOf(f, dir)
	f.Add(b)
	f.Add(b[:len(b)-5])
	f.Add([]byte("{\"v\":1}\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := scan(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotRecord) {
				t.Fatal(err)
			}
			return
		}
		if got.good+int64(len(got.tail)) != int64(len(b)) {
			t.Fatalf("%d + %d bytes of %d", got.good, len(got.tail), len(b))
		}
		// What was taken must be all that was there.
		var again []byte
		prev := start
		for _, e := range got.events {
			data, err := marshal(e.Body)
			if err != nil {
				t.Fatal(err)
			}
			var l []byte
			l, prev = encode(e, data, prev)
			again = append(again, l...)
		}
		if !bytes.Equal(again, b[:got.good]) {
			t.Fatal("the events are not what the bytes say")
		}
	})
}
