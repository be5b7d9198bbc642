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
