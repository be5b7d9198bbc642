package cli_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// BenchmarkStart is the time of the shortest command: what every start costs.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if err := exec.Command("bythebook", "--version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkKeeper is the time from a person's start of an exercise to when they
// can begin it: with a keeper, which is one more process, and without.
func BenchmarkKeeper(b *testing.B) {
	book := write(b, "short.yaml", "playbook: short\nscenarios:\n  s:\n    title: S\n    recovery:\n      - {id: a, do: Do it., run: \"true\", expect: {exit: 0}, effect: read}\n")
	for name, args := range map[string][]string{"with": {"run", book}, "without": {"run", book, "--no-keeper"}} {
		b.Run(name, func(b *testing.B) {
			home := keptHome(b)
			for b.Loop() {
				x := atTerminal(b, "dumb", home, args...)
				x.until("type begin")
				b.StopTimer()
				x.kill()
				endKeeper(b, home)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkCheck is the whole of `bythebook check`: the public Bookstore, the
// corrected one, and a playbook with as many steps as there may be.
func BenchmarkCheck(b *testing.B) {
	var large strings.Builder
	large.WriteString("playbook: large\nscenarios:\n  down:\n    title: Down\n    recovery:\n")
	for i := range 10_000 {
		fmt.Fprintf(&large, "      - {id: step-%d, do: Restart server %d., run: sudo systemctl restart app-%d}\n", i, i, i)
	}
	for name, path := range map[string]string{
		"bookstore.md": "../../runbooks/bookstore.md", "bookstore.yaml": "../../runbooks/bookstore.yaml",
		"10000-steps": write(b, "large.yaml", large.String()),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				out, err := exec.Command("bythebook", "check", path).Output()
				if len(out) == 0 {
					b.Fatal(err)
				}
			}
		})
	}
}
