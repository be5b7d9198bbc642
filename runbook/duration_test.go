package runbook

import (
	"testing"
	"time"
)

func TestSpell(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "", 20 * time.Millisecond: "20ms", 1500 * time.Millisecond: "1500ms", 90 * time.Second: "90s", time.Minute: "1m", 150 * time.Second: "2m30s",
		65 * time.Minute: "65m", 150 * time.Minute: "2h30m", day: "24h", 36 * time.Hour: "36h", 2 * day: "2d", 64 * time.Hour: "64h", 90 * day: "90d",
	} {
		if got := Spell(d); got != want {
			t.Errorf("Spell(%v) = %q, want %q", d, got, want)
		}
	}
}
