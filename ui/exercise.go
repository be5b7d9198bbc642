package ui

import (
	"fmt"

	"bythebook/exec"
	"bythebook/runbook"
)

// toDo is a step that waits to be started or done.
type toDo struct{ steady }

func (toDo) body(sc scene, lay layout) []string { return beside(sc, lay, stripRows(sc, lay), stepPane) }

// busy is a step that runs.
type busy struct{ steady }

func (busy) body(sc scene, lay layout) []string {
	switch {
	case sc.update.Screen != nil && lay.class == small:
		return picture(sc, lay.body)
	case sc.update.Screen != nil:
		return beside(sc, lay, 0, picture)
	}
	return beside(sc, lay, stripRows(sc, lay), stepPane)
}

func (busy) next(sc scene) nextLine {
	step := fmt.Sprintf("step %d ", sc.next.Step+1)
	switch w := sc.update.Waiting; {
	case w == "" || sc.next.Key != "":
		return steady{}.next(sc)
	case w == exec.WaitsForKeys:
		return nextLine{"i", "GIVE IT THE KEYS; " + step + w.Words(), "g = the whole terminal"}
	default:
		return nextLine{"i", "TYPE AN ANSWER; " + step + w.Words(), "ctrl+c = stop it"}
	}
}

// looking is any step but the current one. Only looking is possible.
type looking struct{ steady }

func (looking) body(sc scene, lay layout) []string { return beside(sc, lay, 5, stepPane) }

func (looking) next(sc scene) nextLine {
	step, _, _ := sc.step()
	back := ". = back to the current step"
	if sc.view.aim {
		key, word := "r", "RUN"
		if step.Kind.Interaction() == runbook.Attests {
			key, word = "d", "DONE,"
		}
		return nextLine{key, fmt.Sprintf("%s step %d OUT OF ORDER: a deviation", word, sc.at()+1), back}
	}
	if done := (exec.Attest{Step: step.ID}); sc.st.Offers(sc.at()) && sc.update.Allow(done).Verdict != exec.Refused {
		return nextLine{"d", fmt.Sprintf("DONE, when you have done step %d; step %d runs beside it", sc.at()+1, sc.next.Step+1), back}
	}
	n := sc.screen.next(sc)
	if n.key != "" {
		return nextLine{"", fmt.Sprintf("you are looking at step %d", sc.at()+1), back}
	}
	return nextLine{"", n.words, back}
}

func (looking) enter(scene) want { return want{say: "looking only; . = back to the current step"} }
