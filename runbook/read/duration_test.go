package read

import (
	"testing"
	"time"

	"bythebook/runbook"

	"pgregory.net/rapid"
)

func TestSpelledDurationsAreReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		unit := rapid.SampledFrom(runbook.Units).Draw(r, "unit").Size
		d := time.Duration(rapid.Int64Range(1, 100_000).Draw(r, "n"))*unit + time.Duration(rapid.Int64Range(0, 3).Draw(r, "more"))*time.Millisecond
		if got, hint := duration(runbook.Spell(d)); got != d || hint != "" {
			r.Errorf("%v is spelled %q and read as %v, %q", d, runbook.Spell(d), got, hint)
		}
	})
}
