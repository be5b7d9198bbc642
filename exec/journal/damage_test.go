package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
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
	return 1
}

func TestCutAtEveryByte(t *testing.T) {
	t.Parallel()
	dir, acked := fillInMemory(t, 40) // every kind of event three times
	b := bytesOf(t, dir)
	at := ends(b)
	resumed := 0
	for n := 0; n <= len(b); n += stride() {
		put(t, dir, b[:n])
		k := whole(at, n)
		what := fmt.Sprintf("cut at %d", n)
		if k == 0 {
			if _, _, _, err := Open(dir); !errors.Is(err, ErrNotRecord) {
				t.Fatalf("%s: %v", what, err)
			}
			continue
		}
		resume(t, what, dir, acked[:k], b[at[k-1]:n])
		resumed++
	}
	t.Logf("%d states resumed", resumed)
}

func TestFlipEveryByte(t *testing.T) {
	t.Parallel()
	dir, _ := fillInMemory(t, 10)
	b := bytesOf(t, dir)
	for n := 0; n < len(b); n += stride() {
		for _, bit := range []byte{1, 2, 0x20, 0x80} {
			c := bytes.Clone(b)
			c[n] ^= bit
			if c[n] == 0 {
				continue // as small as it is, it is a hole
			}
			put(t, dir, c)
			what := fmt.Sprintf("byte %d ^ %#x", n, bit)
			if n%7 == 0 { // Open says the same, and it costs more
				refuse(t, what, dir)
			} else if _, err := Read(dir); !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s went unnoticed: %v", what, err)
			}
		}
	}
}

func TestLinesMoved(t *testing.T) {
	dir, acked := fill(t, 20)
	b := bytesOf(t, dir)
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines = lines[:len(lines)-1]
	edit := func(what string, order ...[]byte) {
		put(t, dir, bytes.Join(order, nil))
		refuse(t, what, dir)
	}
	for i := range lines {
		before, after := lines[:i:i], lines[i+1:]
		if i < len(lines)-1 { // the last one missing shows only in a signature
			edit(fmt.Sprintf("line %d dropped", i+1), append(before, after...)...)
			swapped := append(before, lines[i+1], lines[i])
			edit(fmt.Sprintf("line %d swapped", i+1), append(swapped, lines[i+2:]...)...)
		}
		edit(fmt.Sprintf("line %d doubled", i+1), append(append(before, lines[i], lines[i]), after...)...)
		if i > 0 {
			joined := append(before[:i-1:i-1], bytes.TrimSuffix(lines[i-1], []byte("\n")), lines[i])
			edit(fmt.Sprintf("lines %d and %d joined", i, i+1), append(joined, after...)...)
		}
	}
	put(t, dir, b)
	resume(t, "untouched", dir, acked, nil)
}

func TestTails(t *testing.T) {
	dir, acked := fillInMemory(t, 10)
	b := bytesOf(t, dir)
	var sizes []int
	for n := 1; n <= 16384; n *= 2 {
		sizes = append(sizes, n, n+1, n+7)
	}
	for _, fillWith := range []string{"\x00", "\n", "\xff", "{", opening, "garbage\n", `{"v":1,"seq":11,"at":"2026-11-23T`} {
		for _, n := range sizes {
			tail := bytes.Repeat([]byte(fillWith), n/len(fillWith)+1)[:n]
			put(t, dir, append(bytes.Clone(b), tail...))
			resume(t, fmt.Sprintf("%d bytes of %q", n, fillWith), dir, acked, tail)
		}
	}
	put(t, dir, append(bytes.Clone(b), make([]byte, maxLine+1)...))
	refuse(t, "more zeros than a line may have", dir)
}

func TestHolesInTheLastLine(t *testing.T) {
	t.Parallel()
	dir, acked := fillInMemory(t, 10)
	b := bytesOf(t, dir)
	at := ends(b)
	last := at[len(at)-2]
	for from := last; from < len(b); from += 3 {
		for n := 1; from+n <= len(b); n += 11 {
			c := bytes.Clone(b)
			clear(c[from : from+n])
			put(t, dir, c)
			resume(t, fmt.Sprintf("hole of %d at %d", n, from-last), dir, acked[:9], c[last:])
		}
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

// The stock check in the package's description is the one that an auditor runs.
func TestStockTools(t *testing.T) {
	for _, tool := range []string{"bash", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here", tool)
		}
	}
	const script = `prev=` + start + `
while IFS= read -r line; do
	hash=${line##*,\"hash\":\"}; hash=${hash%\"\}}
	sum=$(printf %s "${line%,\"hash\":*}" | sha256sum)
	[ "${sum%% *}" = "$hash" ] || exit 1
	case $line in *",\"prev\":\"$prev\",\"hash\":\""*) ;; *) exit 2 ;; esac
	prev=$hash
done < "$1"
echo "$prev"`
	dir, _ := fill(t, 12)
	run := func() (string, error) {
		cmd := exec.Command("bash", "-c", script, "verify", filepath.Join(dir, Name))
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.Output()
		return strings.TrimSpace(string(out)), err
	}
	_, stat, err := Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := run(); err != nil || got != stat.Last {
		t.Errorf("bash and sha256sum say %q, %v; the journal says %q", got, err, stat.Last)
	}
	b := bytesOf(t, dir)
	b[len(b)/2] ^= 1
	put(t, dir, b)
	if _, err := run(); err == nil {
		t.Error("bash and sha256sum took a damaged record")
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
