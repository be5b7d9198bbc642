package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"bythebook/exec"
)

// faulty fails one operation, the at-th from 0, with err. A failing write leaves
// half of its bytes behind; one that is only short has no error of its own.
type faulty struct {
	file
	at, seen int
	err      error
	failed   string // the operation that failed
}

func (f *faulty) hit(op string) bool {
	f.seen++
	if f.seen-1 != f.at {
		return false
	}
	f.failed = op
	return true
}

func (f *faulty) Write(b []byte) (int, error) {
	if f.hit("write") {
		n, _ := f.file.Write(b[:len(b)/2])
		if f.err == io.ErrShortWrite {
			return n, nil
		}
		return n, f.err
	}
	return f.file.Write(b)
}

func (f *faulty) Sync() error {
	if f.hit("sync") {
		return f.err
	}
	return f.file.Sync()
}

func (f *faulty) Truncate(n int64) error {
	if f.hit("truncate") {
		return f.err
	}
	return f.file.Truncate(n)
}

func (f *faulty) Size() (int64, error) {
	if f.hit("size") {
		return 0, f.err
	}
	return f.file.Size()
}

func (f *faulty) Reserve(from int64) error {
	if f.hit("reserve") {
		return f.err
	}
	return f.file.Reserve(from)
}

// faultRun opens a record with a torn tail over f and appends ten events. It
// checks what must hold whatever fails, and returns what was acknowledged.
func faultRun(t *testing.T, dir string, f *faulty) (acked []exec.Event, openErr, appendErr error) {
	t.Helper()
	j, acked, _, openErr := open(dir, func(d *onDisk) file { f.file = thrifty{d}; return f })
	if openErr != nil {
		return nil, openErr, nil
	}
	defer j.Close()
	for i := range 10 {
		e, err := j.Append(event(len(acked)))
		switch {
		case err != nil && appendErr != nil:
			if !errors.Is(appendErr, exec.ErrStopped) {
				t.Fatalf("append %d: a second fault: %v", i, err)
			}
		case err != nil:
			appendErr = err
		case errors.Is(appendErr, exec.ErrStopped):
			t.Fatalf("append %d succeeded after %v", i, appendErr)
		default:
			acked = append(acked, e)
		}
	}
	return acked, nil, appendErr
}

func TestOneFaultAtEveryOperation(t *testing.T) {
	dir, before := fillInMemory(t, 3)
	b := append(bytesOf(t, dir), "torn tail"...)
	hits := map[string]int{}
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, io.ErrShortWrite} {
		for at := 0; ; at++ {
			put(t, dir, b)
			f := &faulty{at: at, err: fault}
			acked, openErr, appendErr := faultRun(t, dir, f)
			if f.failed == "" {
				break // past the last operation
			}
			hits[f.failed]++
			what := fmt.Sprintf("%v at %s, operation %d", fault, f.failed, at)
			shown := errors.Is(openErr, fault) || errors.Is(appendErr, fault)
			if quiet := f.failed == "reserve" || at >= f.seen-2; !shown && !quiet { // the last two are Close's
				t.Fatalf("%s: nobody was told: %v, %v", what, openErr, appendErr)
			}
			if full := errors.Is(appendErr, ErrFull); full != (f.failed == "write" && fault != syscall.EIO && fault != io.ErrShortWrite) {
				t.Fatalf("%s: may it be tried again? %v", what, appendErr)
			}
			if openErr != nil {
				acked = before
			}
			got, err := Read(dir)
			if err != nil || len(got) < len(acked) {
				t.Fatalf("%s: %d of %d acknowledged: %v", what, len(got), len(acked), err)
			}
			same(t, what, acked, got[:len(acked)])
			if f.failed == "sync" { // and the system drops what it could not write
				b := bytesOf(t, dir)
				clear(b[ends(b)[len(acked)-1]:])
				put(t, dir, b)
			}
			j, got, _, err := Open(dir)
			if err != nil {
				t.Fatalf("%s: can't go on: %v", what, err)
			}
			j.Close()
			same(t, what+", resumed", acked, got[:len(acked)])
		}
	}
	for _, op := range []string{"write", "sync", "truncate", "size", "reserve"} {
		if hits[op] == 0 {
			t.Errorf("%s never failed: this test has no teeth", op)
		}
	}
	t.Log(hits)
}

// A failed cut after a failed write leaves bytes that nobody may build on.
func TestWriteAndCutFail(t *testing.T) {
	dir, before := fill(t, 3)
	j, _, _, err := open(dir, func(d *onDisk) file { return uncut{&faulty{file: d, at: 3, err: syscall.ENOSPC}} })
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for range 3 {
		if _, err := j.Append(event(3)); !errors.Is(err, exec.ErrStopped) {
			t.Fatal(err)
		}
	}
	if got, err := Read(dir); err != nil || len(got) != len(before) {
		t.Fatal(len(got), err)
	}
}

// uncut can't be made shorter, like a file under chattr +a.
type uncut struct{ file }

func (uncut) Truncate(int64) error { return syscall.EPERM }

// cached is a disk with a volatile cache: what was not flushed is gone, wholly or
// in part, when the power goes. It goes at one of the operations.
type cached struct {
	file
	safe []byte // on the disk
	now  []byte // as the program sees it
	left int    // operations until the power goes
}

var errNoPower = errors.New("the power is gone")

func (c *cached) powered() error {
	if c.left--; c.left < 0 {
		return errNoPower
	}
	return nil
}

func (c *cached) Write(b []byte) (int, error) {
	if c.left >= 0 { // what the power cut meets on its way may reach the disk
		c.now = slices.Concat(c.now, b)
	}
	return len(b), c.powered()
}

func (c *cached) Truncate(n int64) error {
	if c.left >= 0 {
		c.now = c.now[:n:n]
	}
	return c.powered()
}

func (c *cached) Sync() error {
	err := c.powered()
	if err == nil {
		c.safe = c.now
	}
	return err
}

func (c *cached) Size() (int64, error) { return int64(len(c.now)), nil }

func (c *cached) Reserve(int64) error { return nil }

// image is what the disk had got to: some sectors of what was not flushed, and
// zeros between them, up to some length; or the length before a cut.
func (c *cached) image(r *rand.Rand) []byte {
	same := 0
	for same < min(len(c.safe), len(c.now)) && c.safe[same] == c.now[same] {
		same++
	}
	if same < len(c.safe) && r.IntN(2) == 0 {
		return c.safe
	}
	kept := bytes.Clone(c.now[same:][:r.IntN(len(c.now)-same+1)])
	for i := 0; i < len(kept); i += 64 { // small sectors tear more
		if r.IntN(3) == 0 {
			clear(kept[i:min(i+64, len(kept))])
		}
	}
	return slices.Concat(c.now[:same], kept)
}

// grow appends events to a record until there are so many or the power goes. It
// returns all that anybody was told to be safe.
func grow(j *Journal, acked []exec.Event, n int) []exec.Event {
	for len(acked) < n {
		e, err := j.Append(event(len(acked)))
		if err != nil {
			break
		}
		acked = append(acked, e)
	}
	return acked
}

// powerCut writes a record, cuts the power at an operation, and again at a
// random one while the record is resumed. It returns how many acknowledged
// events are gone after either, and whether the first cut met anything.
func powerCut(t *testing.T, r *rand.Rand, dir string, at int, through func(file) file) (lost int, met bool) {
	t.Helper()
	defer os.RemoveAll(dir)
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	disk := &cached{file: j.file, left: at}
	j.file = through(disk)
	acked := grow(j, nil, 6)
	met = disk.left < 0
	for range 2 {
		put(t, dir, disk.image(r))
		if j != nil {
			j.Close()
		}
		var got []exec.Event
		j, got, _, err = open(dir, func(f *onDisk) file {
			disk = &cached{file: f, safe: bytesOf(t, dir), now: bytesOf(t, dir), left: r.IntN(10)}
			return through(disk)
		})
		if errors.Is(err, errNoPower) {
			continue
		}
		if err != nil || len(got) < len(acked) {
			return len(acked) - len(got), met
		}
		same(t, "after the power cut", acked, got[:len(acked)])
		acked = grow(j, got, len(got)+4)
	}
	if j != nil {
		j.Close()
	}
	return 0, met
}

// powerCuts cuts the power at each operation of a record's first events, so
// many times, and counts the cuts and the acknowledged events that are gone.
func powerCuts(t *testing.T, times int, through func(file) file) (cuts, lost int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	dir := filepath.Join(filepath.Dir(first(fillInMemory(t, 0))), "cut")
	for at, met := 0, true; met; at++ {
		for range times {
			var gone int
			gone, met = powerCut(t, r, dir, at, through)
			cuts, lost = cuts+2, lost+gone
		}
	}
	return cuts, lost
}

func TestPowerCut(t *testing.T) {
	cuts, lost := powerCuts(t, counts(30, 250), func(f file) file { return f })
	if lost > 0 {
		t.Fatalf("%d acknowledged events are gone", lost)
	}
	t.Logf("%d power cuts", cuts)
}

// Without the flush the same disk loses events, or the test above proves
// nothing.
func TestPowerCutHasTeeth(t *testing.T) {
	cuts, lost := powerCuts(t, 10, func(f file) file { return hasty{f} })
	if lost == 0 {
		t.Error("nothing was lost without a flush")
	}
	t.Logf("%d acknowledged events lost in %d power cuts without a flush", lost, cuts)
}

func first[A, B any](a A, _ B) A { return a }

func TestReadWhileWriting(t *testing.T) {
	dir, _ := fillInMemory(t, 1)
	j, _, _, err := open(dir, func(f *onDisk) file { return thrifty{f} })
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	var wg sync.WaitGroup
	wg.Go(func() { // ends after its last append
		for i := range 2000 {
			if _, err := j.Append(event(i + 1)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	last, reads := 0, 0
	for last < 2001 && !t.Failed() {
		got, err := Read(dir)
		if err != nil || len(got) < last {
			t.Errorf("saw %d events after %d: %v", len(got), last, err)
		}
		last = len(got)
		reads++
	}
	wg.Wait()
	t.Logf("%d reads", reads)
}

func TestWritersInOneProcess(t *testing.T) {
	dir, _ := fillInMemory(t, 1)
	j, _, _, err := open(dir, func(f *onDisk) file { return thrifty{f} })
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { // ends after its last append
			for i := range 50 {
				if _, err := j.Append(event(i + 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	j.Close()
	if got, err := Read(dir); err != nil || len(got) != 401 {
		t.Error(len(got), err)
	}
}
