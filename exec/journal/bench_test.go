package journal

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
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
}

// BenchmarkOpen goes on with a record of 10,000 events, as many as a very long
// exercise has.
func BenchmarkOpen(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "ex")
	j, err := open10k(dir)
	if err != nil {
		b.Fatal(err)
	}
	j.Close()
	b.SetBytes(int64(len(bytesOf(b, dir))))
	for b.Loop() {
		j, got, _, err := Open(dir)
		if err != nil || len(got) != 10_000 {
			b.Fatal(len(got), err)
		}
		j.Close()
	}
}

// open10k makes the record without flushing each event.
func open10k(dir string) (*Journal, error) {
	j, err := Create(dir)
	if err != nil {
		return nil, err
	}
	j.file = hasty{j.file}
	for i := range 10_000 {
		if _, err := j.Append(event(i)); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// hasty never flushes.
type hasty struct{ file }

func (hasty) Sync() error { return nil }
