package keeper

import (
	"testing"

	"bythebook/exec"
)

// BenchmarkDo is one durable deed, at the conductor's own seat and through the
// keeper, up to where the screen has what it changed.
func BenchmarkDo(b *testing.B) {
	seats := map[string]func(w *world) exec.Seat{
		"own":    func(w *world) exec.Seat { return w.c.Seat("bob") },
		"keeper": func(w *world) exec.Seat { return w.sit("bob", false) },
	}
	for name, sit := range seats {
		b.Run(name, func(b *testing.B) {
			s := sit(open(b))
			for b.Loop() {
				if err := s.Do(exec.Remark{Text: "x"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
