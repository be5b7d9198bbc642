package journal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk is a real file system of so many bytes.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("SKIPPED, so full disks are not tested here: mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp takes all the space that is left.
func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, n := range []int{1 << 20, 4096, 1} { // the last block byte by byte
		for block := make([]byte, n); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		err = nil
	}
}

func TestFullDisk(t *testing.T) {
	small := map[string]func(*testing.T) string{
		"less than all that is kept ready": func(t *testing.T) string { return smallDisk(t, "1m") },
		"more than all that is kept ready": func(t *testing.T) string { return smallDisk(t, "12m") },
	}
	for _, d := range disks[:counts(0, len(disks))] {
		small[d.kind] = func(t *testing.T) string { return newDisk(t, d.size, d.make).dir }
	}
	for name, made := range small {
		t.Run(name, func(t *testing.T) {
			disk := made(t)
			spare := filepath.Join(disk, "spare") // what somebody will clear away
			if err := os.WriteFile(spare, make([]byte, 300<<10), 0o600); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(disk, "ex")
			j, err := Create(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			add(t, j, event(0))
			fillUp(t, filepath.Join(disk, "filler"))
			n := 1
			for err == nil {
				if _, err = j.Append(event(n)); err == nil {
					n++
				}
				if n == 100 { // the many that follow needn't wait for a disk
					j.file = hasty{j.file}
				}
			}
			if !errors.Is(err, ErrFull) || n < 200 {
				t.Fatalf("%d events on a full disk, then %v", n, err)
			}
			t.Logf("%d events on a full disk", n)
			if got, err := Read(dir); err != nil || len(got) != n {
				t.Fatalf("%d of %d events, %v", len(got), n, err)
			}
			if err := os.Remove(spare); err != nil {
				t.Fatal(err)
			}
			add(t, j, event(n)) // some space was freed
			if got, err := Read(dir); err != nil || len(got) != n+1 {
				t.Fatalf("%d of %d events, %v", len(got), n+1, err)
			}
		})
	}
}

func TestKeptSpaceIsGivenBack(t *testing.T) {
	dir, _ := fill(t, 1)
	taken := func() int64 {
		info, err := os.Stat(filepath.Join(dir, Name))
		if err != nil {
			t.Fatal(err)
		}
		return info.Sys().(*syscall.Stat_t).Blocks * 512
	}
	j, _, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := int64(len(bytesOf(t, dir)))
	add(t, j, event(1))
	if n := taken(); n < reserve {
		j.Close()
		t.Skipf("SKIPPED: this file system keeps no space ready (%d bytes)", n)
	}
	if n := int64(len(bytesOf(t, dir))); n > before+maxLine {
		t.Errorf("the file grew by %d bytes", n-before)
	}
	j.Close()
	if n := taken(); n >= reserve {
		t.Errorf("%d bytes of disk still taken after Close", n)
	}
}
