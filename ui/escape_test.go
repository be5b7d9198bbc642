package ui_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"bythebook/exec"
	"bythebook/exec/clean/cleantest"
	"bythebook/runbook"
	"bythebook/ui"
	"bythebook/ui/look"
)

// TestEscapesReachNoScreen: of whatever would move a terminal nothing is left on
// a screen, whichever text of a document it stands in, whoever says it, from
// whichever seat, and whatever a command prints. Colours are ours.
func TestEscapesReachNoScreen(t *testing.T) {
	for _, e := range cleantest.Escapes {
		synctest.Test(t, func(t *testing.T) {
			evil, prints := e.Text, map[string][]play{"check-replica": {{takes: time.Second, prints: []string{"x" + e.Text}, fails: true, notices: []string{e.Text}}}}
			for k, b := range []*runbook.Playbook{book(), release()} {
				cleantest.Fields(b, func(path string, text *string) {
					if *text != "" && !strings.HasSuffix(path, "ID") && !strings.HasSuffix(path, "Name") && !strings.HasSuffix(path, "Pattern") {
						*text += evil
					}
				})
				w := newWorldOn(t, b, exec.Rehearsal, exec.Strict, false, prints, exec.Lacking{Who: "bob", Why: evil})
				shown(t, w, e)
				if k == 0 {
					w.until("check-replica").run(w.step())
				} else {
					w.until("deploy")
				}
				shown(t, w, e)
				w.do(exec.Remark{Text: evil})
				w.do(exec.Hold{Reason: evil})
				shown(t, w, e)
				w.do(exec.Release{})
				w.calls("kim"+evil, "x"+evil)
				shown(t, w, e)
				w.do(exec.GoOn{Reason: evil})
				w.do(exec.Block{Step: w.step().ID, Reason: evil})
				shown(t, w, e)
				w.do(exec.Halt{Reason: evil, Confirm: exec.HaltWord})
				shown(t, w, e)
			}
		})
	}
}

// shown looks at an exercise as its operator and somebody else see it.
func shown(t *testing.T, w *world, e cleantest.Escape) {
	t.Helper()
	u := exec.Update{State: w.c.State(), Output: []string{"output"}}
	for _, pen := range []exec.Pen{{}, {Away: true, With: "x" + e.Text}, {Away: true, Looks: true, Reads: true}} {
		u.Pen = pen
		a := ui.New(ui.Config{Who: "mira" + e.Text, Start: w.exercise(), Now: w.now, Look: look.Look{Color: true, Dark: true, Unicode: true}})
		ui.Show(a, u)
		for _, size := range [][2]int{{80, 24}, {160, 50}} {
			a.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			cleantest.Harmless(t, e.Name, sgr.ReplaceAllString(a.View().Content, ""))
		}
	}
}
