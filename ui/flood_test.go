package ui_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/shell"
	"bythebook/runbook"
	"bythebook/ui"
	"bythebook/ui/look"

	tea "charm.land/bubbletea/v2"
)

// BenchmarkViewFlood draws a frame of 120x36 as often as a screen does while a
// step prints 1 GB in the same process, and reports how long the slowest took.
func BenchmarkViewFlood(b *testing.B) {
	w := newWorldOn(b, &runbook.Playbook{ID: "flood", Title: "Flood", Scenarios: []runbook.Scenario{{ID: "s", Title: "S", Steps: []runbook.Step{
		{ID: "flood", Procedure: runbook.Recovery, Kind: runbook.Run, Do: "Print a lot.", Effect: runbook.Read,
			Run: "yes '2026-11-23T13:39:28.439592Z INFO api-7f9c: GET /orders/4711 200 in 12 ms' | head -c 1000000000"},
	}}}}, exec.Rehearsal, exec.Strict, false, nil)
	t := exec.NewTerminals(shell.Options{Env: os.Environ(), Transcript: filepath.Join(b.TempDir(), "local.raw")})
	w.c = exec.Conduct(w.c.State(), w.disk, t, func() string { return "" })
	w.seat = w.c.Seat("mira")
	b.Cleanup(func() { _ = w.c.Leave() })
	a := ui.New(ui.Config{Who: "mira", Start: w.exercise(), Now: w.now, Look: look.Look{Color: true, Dark: true}})
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.do(exec.Begin{})
	w.do(exec.Run{Step: "flood"})
	frame := time.NewTicker(time.Second / 60)
	defer frame.Stop()
	var took []time.Duration
	for b.Loop() {
		<-frame.C
		select {
		case u := <-w.seat.Watch():
			ui.Show(a, u)
			if u.State.Running() < 0 {
				w.do(exec.Run{Step: "flood", Departure: exec.Departure{Reason: "once more"}})
			}
		default:
		}
		from := time.Now()
		a.View()
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	for name, at := range map[string]int{"p50-ms": len(took) / 2, "p99-ms": len(took) * 99 / 100} {
		b.ReportMetric(float64(took[at].Microseconds())/1e3, name)
	}
}
