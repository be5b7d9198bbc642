package ui

import "bythebook/exec"

// Show gives an app an update without a program around it.
func Show(a *App, u exec.Update) { a.Update(updateMsg{u}) }

// Bindings is the table of keys as a test may walk it.
func Bindings() (keys [][]string, helps []string) {
	for _, b := range bindings {
		keys, helps = append(keys, b.keys), append(helps, b.help)
	}
	return keys, helps
}

// Situations are those that have a screen.
func Situations() []exec.Situation {
	var all []exec.Situation
	for s := range screens {
		all = append(all, s)
	}
	return all
}

// LookedOver gives an app the library with what is on record.
func LookedOver(a *App, lib Library) { a.Update(libraryMsg(lib)) }

// Remember gives an app the history of its chosen row.
func Remember(a *App, text string) {
	r, _ := a.sc.row()
	a.Update(pastMsg{r, text})
}
