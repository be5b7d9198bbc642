package journal

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkAppend appends, and beside each append writes and flushes a line of
// the same length to a bare file: the least that being durable costs on this
// disk at this moment. It reports both in microseconds.
func BenchmarkAppend(b *testing.B) {
	dir := b.TempDir()
	j, err := Create(filepath.Join(dir, "ex"))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	add(b, j, event(0))
	bare, err := os.OpenFile(filepath.Join(dir, "bare"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	e, data, err := settle(event(7))
	if err != nil {
		b.Fatal(err)
	}
	line, _ := encode(e, data, start)
	var ours, least []time.Duration
	for b.Loop() {
		from := time.Now()
		add(b, j, e)
		half := time.Now()
		if _, err := bare.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := flush(bare); err != nil {
			b.Fatal(err)
		}
		ours, least = append(ours, half.Sub(from)), append(least, time.Since(half))
	}
	for name, d := range map[string][]time.Duration{"append": ours, "bare": least} {
		slices.Sort(d)
		b.ReportMetric(float64(d[len(d)/2].Microseconds()), name+"-p50-µs")
		b.ReportMetric(float64(d[len(d)*99/100].Microseconds()), name+"-p99-µs")
	}
	b.ReportMetric(float64(ours[len(ours)*99/100])/float64(least[len(least)*99/100]), "p99-ratio")
}

// BenchmarkOpen goes on with a record of 10,000 events, as many as a very long
// exercise has, and with one of a hundred times as many.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "ex")
			size, err := long(dir, n)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(size)
			from := processor(b)
			for b.Loop() {
				j, got, _, err := Open(dir)
				if err != nil || len(got) != n {
					b.Fatal(len(got), err)
				}
				j.Close()
			}
			b.ReportMetric(float64((processor(b)-from).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// processor is the processor time that this process has used, on all processors.
func processor(b *testing.B) time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// long makes a record of n events without flushing each of them, and returns
// its length in bytes.
func long(dir string, n int) (int64, error) {
	j, err := Create(dir)
	if err != nil {
		return 0, err
	}
	defer j.Close()
	j.file = hasty{j.file}
	for i := range n {
		if _, err := j.Append(event(i)); err != nil {
			return 0, err
		}
	}
	return j.end, nil
}

// hasty never flushes.
type hasty struct{ file }

func (hasty) Sync() error { return nil }
