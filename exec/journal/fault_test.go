package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"bythebook/exec"
)

// faulty fails one operation, the at-th from 0, with err. A failing write
// leaves half of its bytes behind.
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
			if !errors.Is(appendErr, ErrStopped) {
				t.Fatalf("append %d: a second fault: %v", i, err)
			}
		case err != nil:
			appendErr = err
		case errors.Is(appendErr, ErrStopped):
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
	for _, fault := range []error{syscall.EIO, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
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
			if full := errors.Is(appendErr, ErrFull); full != (f.failed == "write" && fault != syscall.EIO) {
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
			if j, _, _, err := Open(dir); err != nil {
				t.Fatalf("%s: can't go on: %v", what, err)
			} else {
				j.Close()
			}
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
		if _, err := j.Append(event(3)); !errors.Is(err, ErrStopped) {
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

// cached is a disk with a volatile cache: what was not flushed is gone, wholly
// or in part, when the power goes.
type cached struct {
	file
	lost []byte // written since the last flush
}

func (c *cached) Write(b []byte) (int, error) {
	c.lost = append(c.lost, b...)
	return len(b), nil
}

func (c *cached) Sync() error {
	_, err := c.file.Write(c.lost)
	c.lost = nil
	return err
}

func (c *cached) Size() (int64, error) {
	n, err := c.file.Size()
	return n + int64(len(c.lost)), err
}

// powerOff leaves what the disk had got to: some sectors of the cache and zeros
// between them, up to some length.
func (c *cached) powerOff(r *rand.Rand) error {
	kept := bytes.Clone(c.lost[:r.IntN(len(c.lost)+1)])
	for i := 0; i < len(kept); i += 64 { // small sectors tear more
		if r.IntN(3) == 0 {
			clear(kept[i:min(i+64, len(kept))])
		}
	}
	_, err := c.file.Write(kept)
	return err
}

// powerCut writes a record on a disk with a cache and cuts the power after some
// operations. It returns how many acknowledged events are gone.
func powerCut(t *testing.T, r *rand.Rand, parent string, through func(file) file) int {
	t.Helper()
	dir := filepath.Join(parent, "ex")
	defer os.RemoveAll(dir)
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	disk := &cached{file: thrifty{j.file}}
	j.file = through(disk)
	acked := []exec.Event{add(t, j, event(0))}
	for i := range r.IntN(6) {
		acked = append(acked, add(t, j, event(i+1)))
	}
	if r.IntN(2) == 0 { // and one that the power cut meets on its way
		j.file = noSync{j.file}
		if _, err := j.Append(event(9)); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
	}
	if err := disk.powerOff(r); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j, got, _, err := Open(dir)
	if err != nil && len(acked) > 0 {
		return len(acked)
	}
	j.Close()
	if len(got) < len(acked) {
		return len(acked) - len(got)
	}
	same(t, "after the power cut", acked, got[:len(acked)])
	return 0
}

// noSync is a flush that never comes back in time.
type noSync struct{ file }

func (noSync) Sync() error { return io.ErrUnexpectedEOF }

func TestPowerCut(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parent := filepath.Dir(first(fillInMemory(t, 0)))
	for range 1000 {
		if lost := powerCut(t, r, parent+"/cut", func(f file) file { return f }); lost > 0 {
			t.Fatalf("%d acknowledged events are gone", lost)
		}
	}
}

// Without the flush the same disk loses events, or the test above proves
// nothing.
func TestPowerCutHasTeeth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parent := filepath.Dir(first(fillInMemory(t, 0)))
	lost := 0
	for range 100 {
		lost += powerCut(t, r, parent+"/cut", func(f file) file { return hasty{f} })
	}
	if lost == 0 {
		t.Error("nothing was lost without a flush")
	}
	t.Logf("%d acknowledged events lost without a flush", lost)
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
