package historytest

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// playbook is what every playbook of a library is made from.
//
//go:embed playbook.yaml
var playbook string

// names are what the playbooks of a library are about.
var names = [...]string{"orders", "billing", "catalogue", "accounts", "shipping", "media", "reports", "reviews"}

// Library writes n playbooks into a folder: scenarios of three classes in each,
// objectives of several lengths, one gate in four still open.
func Library(t testing.TB, dir string, n int) []read.Entry {
	t.Helper()
	entries := make([]read.Entry, n)
	for i := range entries {
		name := names[i%len(names)]
		if n := i / len(names); n > 0 {
			name += fmt.Sprint("-", n+1)
		}
		fill := strings.NewReplacer("SERVICE", name, "TITLE", strings.ToUpper(name[:1])+name[1:],
			"RTO", []string{"30m", "1h", "2h"}[i%3], "GATE", []string{"complete", "complete", "complete", "open"}[i%4])
		write(t, filepath.Join(dir, "scripts", name+".sh"), "#!/bin/sh\n# The tools of "+name+".\n")
		path := filepath.Join(dir, name+".yaml")
		write(t, path, fill.Replace(playbook))
		entries[i] = Load(t, path)
	}
	return entries
}

func write(t testing.TB, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Exercises puts n exercises of some playbooks on record, one after the other,
// the last of them on the day before an instant. Every playbook and every
// scenario has its turn. Most get faster from one to the next, every fourth
// playbook's get slower; some are skipped through, fail, are given up, get stuck
// or are only talked through. The same arguments make the same exercises.
func Exercises(t testing.TB, home string, texts []read.Entry, n int, before time.Time) []Spec {
	t.Helper()
	chance := rand.New(rand.NewPCG(4, 2))
	specs := make([]Spec, n)
	for i := range specs {
		of := i % len(texts)
		turn := i / len(texts) // of the playbook
		scenarios := texts[of].Playbook.Scenarios
		spec := Spec{
			Text: texts[of], Scenario: scenarios[turn%len(scenarios)].ID, At: before.Add(-time.Duration(n-i) * 12 * time.Hour),
			Lost: time.Duration(chance.IntN(400)) * time.Second,
		}
		if agreed := texts[of].Playbook.Agreement; agreed != nil {
			spec.Agreement = &exec.Agreement{Asked: agreed.By}
		}
		pace := 1.1 - 0.08*float64(turn)
		if of%4 == 3 {
			pace = 0.7 + 0.12*float64(turn)
		}
		spec.vary(chance, max(0.3, pace), i)
		Exercise(t, home, spec)
		specs[i] = spec
	}
	return specs
}

// vary makes an exercise one of its own.
func (spec *Spec) vary(chance *rand.Rand, pace float64, i int) {
	sc, _ := spec.Text.Playbook.Scenario(spec.Scenario)
	spec.Took = map[string]time.Duration{}
	for _, step := range sc.Steps {
		plan := max(exec.Planned(step), 10*time.Second).Seconds()
		spec.Took[step.ID] = time.Duration(plan * pace * (0.7 + 0.6*chance.Float64()) * float64(time.Second)).Truncate(time.Millisecond)
	}
	middle := sc.Steps[sc.First(runbook.Recovery)+2].ID
	late := sc.Steps[sc.Last(runbook.Test)].ID
	spec.Answers = map[string]int{"which": 1 + chance.IntN(2)}
	switch (i + i/120*7) % 20 { // later on it is other playbooks that this happens to
	case 2:
		spec.Skipped = map[string]string{middle: "Everybody was in the room."}
	case 4:
		spec.Declared = map[string]exec.Deviated{middle: {Kind: "needed help", What: "The name of the host was told by phone.", Reason: "The document does not say it."}}
	case 6:
		spec.Failed = map[string]string{late: "The data was read by hand."}
	case 8:
		spec.Rule, spec.Stops, spec.Ends, spec.Reason = exec.Lockstep, middle, exec.Blocked, "The document does not say what to do when it answers."
	case 10:
		spec.Stops, spec.Ends, spec.Reason = late, exec.Aborted, "Customers noticed."
	case 12:
		spec.DryRun = true
	case 14:
		spec.Kind = exec.Tabletop
	case 16:
		spec.Tries = map[string]int{late: 3}
	case 18:
		spec.Stops, spec.Ends = late, exec.Running
	case 19:
		spec.Kind = exec.Live
	}
}
