package history_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook"
	"bythebook/runbook/read"

	gocmp "github.com/google/go-cmp/cmp"
)

// The figures are recomputed here from the lines of the records alone, with
// nothing but JSON and plain arithmetic: no fold, no rule and no verdict of the
// program's has a hand in what is wanted. Of the document only what it plans and
// promises is taken.

// A rawLine is what is looked at of one line of a record.
type rawLine struct {
	At   time.Time `json:"at"`
	Type string    `json:"type"`
	Step string    `json:"step"`
	Data struct {
		Kind       string    `json:"kind"`
		Playbook   string    `json:"playbook"`
		Scenario   string    `json:"scenario"`
		DryRun     bool      `json:"dry_run"`
		Name       string    `json:"name"`
		Instant    time.Time `json:"instant"`
		Every      int64     `json:"every"`
		Match      string    `json:"match"`
		Simulated  bool      `json:"simulated"`
		Accepted   string    `json:"accepted"`
		Completion string    `json:"completion"`
		Question   string    `json:"question"`
		Say        string    `json:"say"`
	} `json:"data"`
}

// A rawExercise is what the lines of one record say.
type rawExercise struct {
	id, playbook, scenario string
	began                  time.Time
	real, counts           bool
	rta, rpa               time.Duration
	hasRTA, hasRPA         bool
	tries                  int
	took                   map[string]time.Duration // of steps that went well
	done                   map[string]bool          // steps that were carried out, however that ended
	said                   map[[2]string]bool       // answers, by step
}

// rawRead reads the lines of a record.
func rawRead(t *testing.T, home, id string, steps map[string][]runbook.Step) rawExercise {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(home, "exercises", id, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rawReader{
		rawExercise: rawExercise{id: id, took: map[string]time.Duration{}, done: map[string]bool{}, said: map[[2]string]bool{}},
		all:         steps, begun: map[string]time.Time{}, passed: map[string]bool{},
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var l rawLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		r.line(l)
	}
	return r.exercise()
}

// A rawReader is what is known of a record behind some of its lines.
type rawReader struct {
	rawExercise
	all                             map[string][]runbook.Step
	begun                           map[string]time.Time
	passed                          map[string]bool
	reached, broke, point, verified time.Time
	every                           time.Duration
	completion                      string
	tabletop, dry                   bool
}

func (r *rawReader) steps() []runbook.Step { return r.all[r.playbook+" "+r.scenario] }

func (r *rawReader) step(id string) runbook.Step {
	i := slices.IndexFunc(r.steps(), func(s runbook.Step) bool { return s.ID == id })
	return r.steps()[i]
}

// line takes what happened to the whole, and leaves steps to their own.
func (r *rawReader) line(l rawLine) {
	switch l.Type {
	case "exercise.began":
		r.playbook, r.scenario, r.began = l.Data.Playbook, l.Data.Scenario, l.At
		r.tabletop, r.dry = l.Data.Kind == "tabletop", l.Data.DryRun
	case "gate.decided":
		r.reached = l.At
	case "marked":
		r.broke = l.Data.Instant
	case "point.observed":
		r.point, r.every = l.Data.Instant, time.Duration(l.Data.Every)
	case "exercise.ended":
		r.completion = l.Data.Completion
	case "step.began":
		r.tries++
		if _, again := r.begun[l.Step]; !again {
			r.begun[l.Step] = l.At
		}
		if r.step(l.Step).Mark == runbook.Disruption {
			r.broke = l.At
		}
	case "step.ended", "step.done", "step.skipped", "answered":
		if over, well := r.ended(l); over {
			r.closes(l, well)
		}
	}
}

// ended reports whether a step is over, and whether as the document wants it.
func (r *rawReader) ended(l rawLine) (over, well bool) {
	switch l.Type {
	case "step.ended":
		r.done[l.Step] = r.done[l.Step] || !l.Data.Simulated
		return l.Data.Match == "match" || l.Data.Simulated, l.Data.Match == "match"
	case "step.done":
		r.done[l.Step] = r.done[l.Step] || !l.Data.Simulated
		return true, l.Data.Accepted == ""
	case "answered":
		r.said[[2]string{l.Step, l.Data.Say}] = true
		if r.step(l.Step).Ask == "" {
			return l.Data.Say == "no", false
		}
		r.done[l.Step] = true
		return true, true
	}
	return true, false
}

func (r *rawReader) closes(l rawLine, well bool) {
	from, ran := r.begun[l.Step]
	if !ran {
		from = r.reached
	}
	if well {
		r.took[l.Step] = l.At.Sub(from)
	}
	if r.passed[l.Step] = well; r.step(l.Step).Procedure == runbook.Test && passedAll(r.steps(), r.passed) {
		r.verified = l.At
	}
	r.reached = l.At
}

// exercise is what the lines come to.
func (r *rawReader) exercise() rawExercise {
	x := r.rawExercise
	x.real = !r.tabletop && !r.dry
	x.counts = x.real && r.completion == "completed"
	if x.hasRTA = x.counts && !r.verified.IsZero() && !r.broke.IsZero(); x.hasRTA {
		x.rta = r.verified.Sub(r.broke)
	}
	if x.hasRPA = x.counts && !r.point.IsZero(); x.hasRPA {
		if x.rpa = r.broke.Sub(r.point); x.rpa > 0 {
			x.rpa += r.every
		} else {
			x.rpa = 0
		}
	}
	return x
}

func passedAll(all []runbook.Step, passed map[string]bool) bool {
	for _, s := range all {
		if s.Procedure == runbook.Test && !passed[s.ID] {
			return false
		}
	}
	return true
}

// rawFigure is first, best, last and median of some amounts.
func rawFigure(all []float64) any {
	if len(all) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(all))
	median := sorted[len(sorted)/2]
	if len(sorted)%2 == 0 {
		median = (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
	}
	return map[string]any{"first": all[0], "best": sorted[0], "last": all[len(all)-1], "median": median, "of": float64(len(all))}
}

// millis is a duration as the documents round it: a part counts as a whole one.
func millis(d time.Duration) float64 {
	n := int64(d / time.Millisecond)
	if d%time.Millisecond > 0 {
		n++
	}
	return float64(n)
}

// spelled reads a duration of the JSON as milliseconds.
func spelled(t *testing.T, v any) any {
	t.Helper()
	text, ok := v.(string)
	if !ok {
		return v
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return millis(d)
}

func TestFiguresAreThoseOfTheRecords(t *testing.T) {
	home, lib := t.TempDir(), t.TempDir()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	texts := historytest.Library(t, lib, 4)
	historytest.Exercises(t, home, texts, 120, now)
	all, err := history.Read(home)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[string][]runbook.Step{}
	for _, e := range texts {
		for _, sc := range e.Playbook.Scenarios {
			steps[e.Playbook.ID+" "+sc.ID] = sc.Steps
		}
	}
	raw := map[string][]rawExercise{}
	for _, r := range all {
		x := rawRead(t, home, r.ID, steps)
		key := x.playbook + " " + x.scenario
		raw[key] = append(raw[key], x)
	}
	outcomes := map[bool]int{}
	for _, e := range texts {
		got := overviewOf(t, all, e, now)
		for _, s := range got["scenarios"].([]any) {
			trend := s.(map[string]any)
			sc, _ := e.Playbook.Scenario(trend["scenario"].(string))
			of := raw[e.Playbook.ID+" "+sc.ID]
			compareTrend(t, e.Playbook.ID+" > "+sc.ID, trend, of, sc)
			for _, x := range of {
				outcomes[x.counts]++
			}
		}
	}
	if outcomes[true] < 40 || outcomes[false] < 10 {
		t.Errorf("the home is not mixed enough: %v", outcomes)
	}
}

func overviewOf(t *testing.T, all []history.Record, e read.Entry, now time.Time) map[string]any {
	t.Helper()
	data, err := history.JSON(history.Survey(all, e.Playbook, "", now))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// compareTrend compares every figure of a scenario.
func compareTrend(t *testing.T, name string, trend map[string]any, of []rawExercise, sc *runbook.Scenario) {
	t.Helper()
	differ := func(what string, want, got any) {
		if d := gocmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s (-recomputed +shown):\n%s", name, what, d)
		}
	}
	var rta, rpa, tries, deviations []float64
	met, measured := 0, 0
	rows := trend["exercises"].([]any)
	differ("exercises", len(of), len(rows))
	for i, x := range of {
		row := rows[i].(map[string]any)
		differ("exercise", x.id, row["exercise"])
		differ("counts", x.counts, row["aside"] == nil)
		differ("tries of "+x.id, float64(x.tries), row["tries"])
		if !x.counts {
			continue
		}
		tries, deviations = append(tries, float64(x.tries)), append(deviations, row["deviations"].(float64))
		wantRTA, wantRPA := any(nil), any(nil)
		if x.hasRTA {
			wantRTA, rta = millis(x.rta), append(rta, millis(x.rta))
		}
		if x.hasRPA && sc.RPO > 0 {
			wantRPA, rpa = millis(x.rpa), append(rpa, millis(x.rpa))
		}
		differ("RTA of "+x.id, wantRTA, spelled(t, row["rta"]))
		differ("RPA of "+x.id, wantRPA, spelled(t, row["rpa"]))
	}
	for i := len(of) - 1; i >= 0 && measured < 5; i-- {
		if of[i].hasRTA {
			measured++
			if of[i].rta <= sc.RTO {
				met++
			}
		}
	}
	differ("RTO met", []float64{float64(met), float64(measured)}, []float64{trend["met"].(float64), trend["of"].(float64)})
	for what, want := range map[string][]float64{"rta": rta, "rpa": rpa, "tries": tries, "deviations": deviations} {
		differ(what, rounded(rawFigure(want)), rounded(shownFigure(t, trend[what])))
	}
	differ("slowest", rawSlowest(of, sc), shownSlowest(t, trend["slowest"]))
	differ("overruns that came back", rawOverruns(of, sc), shownOverruns(trend["again"]))
	coverage := trend["coverage"].(map[string]any)
	differ("steps tried", rawSteps(of, sc), coverage["steps"])
	differ("answers given", rawAnswers(of, sc), coverage["branches"])
}

func shownFigure(t *testing.T, v any) any {
	t.Helper()
	f, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	for k := range f {
		f[k] = spelled(t, f[k])
	}
	return f
}

// rounded rounds a median up, as the documents do.
func rounded(v any) any {
	if f, ok := v.(map[string]any); ok {
		if whole := float64(int64(f["median"].(float64))); whole < f["median"].(float64) {
			f["median"] = whole + 1
		}
	}
	return v
}

// rawSlowest are the steps over their plan, by the median of the last five.
func rawSlowest(of []rawExercise, sc *runbook.Scenario) []string {
	of = slices.DeleteFunc(slices.Clone(of), func(x rawExercise) bool { return !x.counts })
	of = of[max(0, len(of)-5):]
	type slow struct {
		over time.Duration
		text string
	}
	var all []slow
	for _, step := range sc.Steps {
		plan := step.Estimate
		if plan == 0 {
			plan = step.Wait
		}
		var took []float64
		for _, x := range of {
			if d, ok := x.took[step.ID]; ok {
				took = append(took, float64(d))
			}
		}
		if len(took) == 0 || plan == 0 {
			continue
		}
		median := rawFigure(took).(map[string]any)["median"].(float64)
		if median > 1.1*float64(plan) {
			all = append(all, slow{time.Duration(median) - plan, fmt.Sprintf("%s plan %.0f took %.0f of %d x%.4f", step.ID, millis(plan), millis(time.Duration(median)), len(took), median/float64(plan))})
		}
	}
	slices.SortStableFunc(all, func(a, b slow) int { return cmp.Compare(b.over, a.over) })
	var texts []string
	for _, s := range all {
		texts = append(texts, s.text)
	}
	return texts
}

func shownSlowest(t *testing.T, v any) []string {
	t.Helper()
	var texts []string
	for _, s := range v.([]any) {
		s := s.(map[string]any)
		texts = append(texts, fmt.Sprintf("%s plan %.0f took %.0f of %.0f x%.4f", s["step"], spelled(t, s["plan"]), spelled(t, s["took"]), s["of"], s["ratio"]))
	}
	return texts
}

// rawOverruns are the steps that took half as long again as planned, and ten
// seconds more, in two exercises or more: by step the exercises.
func rawOverruns(of []rawExercise, sc *runbook.Scenario) map[string][]string {
	came := map[string][]string{}
	for _, step := range sc.Steps {
		plan := max(step.Estimate, step.Wait)
		for _, x := range of {
			if took := x.took[step.ID]; x.real && plan > 0 && took > plan+10*time.Second && 2*took > 3*plan {
				came[step.ID] = append(came[step.ID], x.id)
			}
		}
	}
	maps.DeleteFunc(came, func(_ string, ids []string) bool { return len(ids) < 2 })
	return came
}

func shownOverruns(v any) map[string][]string {
	came := map[string][]string{}
	for _, a := range v.([]any) {
		if a := a.(map[string]any); a["code"] == "T01" {
			for _, id := range a["exercises"].([]any) {
				came[a["step"].(string)] = append(came[a["step"].(string)], id.(string))
			}
		}
	}
	return came
}

func rawSteps(of []rawExercise, sc *runbook.Scenario) any {
	all := []any{}
	for _, step := range sc.Steps {
		all = append(all, map[string]any{"step": step.ID, "last": lastOf(of, func(x rawExercise) bool { return x.done[step.ID] })})
	}
	return all
}

func rawAnswers(of []rawExercise, sc *runbook.Scenario) any {
	all := []any{}
	for _, step := range sc.Steps {
		var says []string
		if step.If != "" {
			says = []string{"yes", "no"}
		}
		for _, a := range step.Answers {
			says = append(says, a.Say)
		}
		for _, say := range says {
			all = append(all, map[string]any{"step": step.ID, "say": say, "last": lastOf(of, func(x rawExercise) bool { return x.said[[2]string{step.ID, say}] })})
		}
	}
	return all
}

func lastOf(of []rawExercise, is func(rawExercise) bool) any {
	for _, x := range slices.Backward(of) {
		if x.real && is(x) {
			return x.began.Format(time.RFC3339Nano)
		}
	}
	return nil
}
