package shell

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A marker is found wherever the reads happen to cut it.
func TestMarkersAcrossReads(t *testing.T) {
	prompt, fence, other := token(), token(), token()
	text := strings.Repeat("some output\r\n", 10)
	all := text + string(marker(other)) + string(marker(fence)[:20]) + text + string(marker(fence)) + "later" + string(marker(prompt)) + "end"
	for size := 1; size < 100; size++ {
		o, err := openOutput(filepath.Join(t.TempDir(), "t"), prompt)
		if err != nil {
			t.Fatal(err)
		}
		o.begin(fence)
		o.pump(&chunks{strings.NewReader(all), size})
		at, p := int64(strings.Index(all, string(marker(fence)))), int64(strings.Index(all, string(marker(prompt))))
		if got := o.fenced(); got != at || o.fenced() >= 0 {
			t.Fatalf("reads of %d bytes: the fence is at %d, want %d, once", size, got, at)
		}
		if n := len(o.prompts); n != 1 || <-o.prompts != p {
			t.Fatalf("reads of %d bytes: %d prompts, want one at %d", size, n, p)
		}
		lines, total := o.tail(100)
		if last := lines[len(lines)-1]; total != 20 || last != "some output" && last != "" {
			t.Errorf("reads of %d bytes: %d lines, the last is %q", size, total, last)
		}
		o.close()
	}
}

// chunks gives at most size bytes a read.
type chunks struct {
	r    io.Reader
	size int
}

func (c *chunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.size)]) }

func (c *chunks) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }

func TestRingKeepsTheEnd(t *testing.T) {
	o, err := openOutput(filepath.Join(t.TempDir(), "t"), token())
	if err != nil {
		t.Fatal(err)
	}
	o.begin(token())
	var all bytes.Buffer
	for i := range 200_000 {
		all.WriteString(strings.Repeat("x", i%7) + "\n")
	}
	o.pump(&chunks{iotest.HalfReader(bytes.NewReader(all.Bytes())), chunkSize})
	if got := o.recall(o.end-ringSize, o.end); !bytes.Equal(got, all.Bytes()[all.Len()-ringSize:]) {
		t.Error("the ring does not hold the last bytes")
	}
	lines, total := o.tail(10)
	if len(lines) != 10 || total != 200_000 || lines[9] != "xx" {
		t.Errorf("tail: %d lines of %d, the last is %q", len(lines), total, lines[9])
	}
	o.close()
}

// An arriving fence is not shown as garbage for the length of a frame.
func TestTailHidesHalfAFence(t *testing.T) {
	o, err := openOutput(filepath.Join(t.TempDir(), "t"), token())
	if err != nil {
		t.Fatal(err)
	}
	defer o.file.Close()
	id := token()
	o.begin(id)
	o.take(append([]byte("shown"), marker(id)[:30]...), 0)
	if lines, _ := o.tail(10); len(lines) != 1 || lines[0] != "shown" {
		t.Errorf("tail: %q", lines)
	}
}

func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []record
	}{
		{"one", "\x00\x00E\x00tok\x003\x000\x00/\x00", []record{{token: "tok", status: "3", last: "0", cwd: "/"}}},
		{"jobs", "12\n13\n\x0014\n\x00E\x00tok\x00left\x00148\x00/a\nb\x00", []record{{"tok", "left", "148", "/a\nb", []int{12, 13}, []int{14}}}},
		{"cut off, and again", "12\n12\n\x00\x0012\n\x00\x00E\x00tok\x00130\x00130\x00/\x00", []record{{"tok", "130", "130", "/", []int{12}, nil}}},
		{"cut off in the first list", "12\n12\n\x00\x00E\x00tok\x00130\x00130\x00/\x00", []record{{"tok", "130", "130", "/", []int{12}, nil}}},
		{"a directory named E", "\x00\x00E\x00E\x001\x000\x00E\x00\x00\x00E\x00t\x002\x000\x00E\x00", []record{{"E", "1", "0", "E", nil, nil}, {"t", "2", "0", "E", nil, nil}}},
		{"unfinished", "\x00\x00E\x00tok\x003", nil},
		{"nothing", "", nil},
	} {
		records := make(chan record, 10)
		readRecords(strings.NewReader(c.in), records)
		var got []record
		for r := range records {
			got = append(got, r)
		}
		if d := cmp.Diff(c.want, got, cmp.AllowUnexported(record{})); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
