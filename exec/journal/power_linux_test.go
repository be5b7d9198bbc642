package journal

import (
	"math/rand/v2"
	"os"
	osexec "os/exec"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"bythebook/exec"
)

// A disk is a file system of its own, in a file, whose power can be cut.
type disk struct{ image, dir string }

// disks are how a disk of each kind is made, and the least size that it takes.
var disks = []struct {
	kind string
	size int64
	make []string
}{
	{"ext4", 32 << 20, []string{"mkfs.ext4", "-q", "-F"}},
	{"xfs", 320 << 20, []string{"mkfs.xfs", "-q"}},
}

// newDisk makes a disk and plugs it in.
func newDisk(t *testing.T, size int64, mkfs []string) *disk {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED, so no real file system loses its power or its space here: mounting one needs root")
	}
	if _, err := osexec.LookPath(mkfs[0]); err != nil {
		t.Skipf("SKIPPED, so this file system is not tested here: %s is not installed", mkfs[0])
	}
	d := &disk{image: filepath.Join(t.TempDir(), "image"), dir: t.TempDir()}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, size); err != nil {
		t.Fatal(err)
	}
	if out, err := osexec.Command(mkfs[0], append(mkfs[1:], d.image)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", mkfs[0], err, out)
	}
	if out, err := d.plugIn(); err != nil {
		t.Skipf("SKIPPED, so this file system is not tested here: it can't be mounted: %v\n%s", err, out)
	}
	t.Cleanup(func() { d.pullOut(t) })
	return d
}

func (d *disk) plugIn() (string, error) {
	out, err := osexec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput()
	return string(out), err
}

func (d *disk) pullOut(t *testing.T) {
	t.Helper()
	if err := unix.Unmount(d.dir, 0); err != nil {
		t.Error(err)
	}
}

// The file system's own order to go down at once: what it has not written to
// its disk by then, its log included, is gone.
const (
	goDown     = 0x8004587d // FS_IOC_SHUTDOWN
	noLogFlush = 2
)

// powerOff takes the power away.
func (d *disk) powerOff(t *testing.T) {
	t.Helper()
	f, err := os.Open(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), goDown, noLogFlush); err != nil {
		t.Fatalf("the power can't be cut: %v", err)
	}
}

// cutWhileWriting appends to a new record on the disk, cuts the power after the
// n-th event, gives it back, and returns what had been acknowledged by then and
// what is still there.
func (d *disk) cutWhileWriting(t *testing.T, name string, n int, through func(file) file) (acked, left []exec.Event) {
	t.Helper()
	dir := filepath.Join(d.dir, name)
	j, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	j.file = through(j.file)
	acked = append(acked, add(t, j, event(0)))
	var down sync.WaitGroup
	reached := make(chan int)
	down.Go(func() { // ends with the power
		for {
			e, err := j.Append(event(len(acked)))
			if err != nil {
				return
			}
			if acked = append(acked, e); len(acked) == n {
				reached <- n
			}
		}
	})
	sure := <-reached
	d.powerOff(t)
	down.Wait()
	j.Close()
	d.pullOut(t)
	if out, err := d.plugIn(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	j, left, _, err = Open(dir)
	if err == nil {
		j.Close()
	}
	t.Logf("%d events before the power cut, %d after it: %v", sure, len(left), err)
	return acked[:sure], left
}

// TestPowerOfARealDisk cuts the power of real file systems while a record is
// written: what was acknowledged is there afterwards.
func TestPowerOfARealDisk(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, kind := range disks {
		t.Run(kind.kind, func(t *testing.T) {
			d := newDisk(t, kind.size, kind.make)
			for i := range counts(1, 20) {
				acked, left := d.cutWhileWriting(t, string(rune('a'+i)), 2+r.IntN(200), func(f file) file { return f })
				if len(left) < len(acked) {
					t.Fatalf("%d acknowledged events, and %d are left", len(acked), len(left))
				}
				same(t, "after the power cut", acked, left[:len(acked)])
			}
			if acked, left := d.cutWhileWriting(t, "hasty", 100, func(f file) file { return hasty{f} }); len(left) >= len(acked) {
				t.Errorf("nothing was lost without a flush: this test has no teeth")
			}
		})
	}
}
