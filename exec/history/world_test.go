package history_test

import (
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook"
	"bythebook/runbook/read"
)

// november is the n-th day of November.
func november(n int) time.Time { return time.Date(2026, 11, n, 10, 0, 0, 0, time.UTC) }

// shop is a playbook that asks nobody to agree, so that only what a test wants
// to happen differs from it.
const shop = `playbook: shop
title: Shop failover playbook
owner: olga
approver: axel
contacts: {olga: {name: Olga}, axel: {name: Axel}, simon: {name: Simon}}
components:
  api: {name: API}
  store: {name: Store}
  files: {name: Files, backup: {method: snapshot, every: 1h, delay: 5m}}
dependencies:
  api: {component: api, class: critical, rto: 12h, rpo: 12h, mtd: 24h, needs: [store], owner: simon}
  store: {component: store, class: critical, rto: 30m, rpo: 1m, mtd: 24h}
  files: {component: files, class: critical, rto: 2h, rpo: 24h}
scenarios:
  down:
    title: The API is down
    component: api
    rto: 12h
    rpo: 12h
    inject:
      - {id: break, do: Stop it., run: ./stop, expect: {exit: 0}, mark: disruption, estimate: 10s}
    recovery:
      - id: which
        do: Decide how.
        ask: Is it up?
        answers: [{say: "yes, restart", go: restart}, {say: "no, replace", go: launch}]
        estimate: 1m
      - {id: restart, do: Restart it., run: ./restart, expect: {exit: 0}, estimate: 2m, then: answers}
      - {id: launch, do: Launch a new one., run: ./launch, expect: {exit: 0}, estimate: 10m}
    test:
      - {id: answers, do: It answers., run: ./ask, expect: {exit: 0}, estimate: 30s}
      - {id: recent, do: Look for the newest order., run: ./newest, expect: {exit: 0}, capture: {NEWEST: '(\S+)'}, point: {from: NEWEST, method: marker, every: 1s}, estimate: 30s}
    resume:
      - {id: clean, do: Remove the old one., if: It still runs., run: ./remove, expect: {exit: 0}, estimate: 1m}
      - {id: over, do: Tell everybody., estimate: 1m}
  files-lost:
    title: The files are lost
    component: files
    rto: 2h
    rpo: 24h
    recovery:
      - {id: copy, do: Copy them back., run: ./copy, expect: {exit: 0}, estimate: 5m}
    test:
      - {id: there, do: They are there., run: ./list, expect: {exit: 0}, capture: {NEWEST: '(\S+)'}, point: {from: NEWEST, method: backup, every: 1s}, estimate: 30s}
`

// reading is a playbook as it is written; where changes are given, with these.
func reading(t *testing.T, yaml string, changes ...string) read.Entry {
	t.Helper()
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(yaml, changes[i]) {
			t.Fatalf("the playbook does not say %q", changes[i])
		}
	}
	c := runbook.Copy{Main: "shop.yaml", Files: map[string][]byte{"shop.yaml": []byte(strings.NewReplacer(changes...).Replace(yaml))}}
	book, problems := read.Parse(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return read.Entry{Path: "shop.yaml", Copy: c, Playbook: book}
}

// went is an exercise that went as a Spec says. Whatever a Spec has no word
// for happens before its end.
func went(t *testing.T, id string, spec historytest.Spec, also ...exec.Event) history.Record {
	t.Helper()
	events := historytest.Events(t, id, spec)
	last := events[len(events)-1]
	for i := range also {
		also[i].At, also[i].By = last.At, last.By
	}
	events = append(append(events[:len(events)-1], also...), last)
	s := exec.Replay(spec.Text.Playbook, events)
	return history.Record{ID: id, State: s, Verdicts: exec.Judge(s), Objectives: exec.Objectives(s), Deviations: exec.Deviations(s)}
}

// remark is a person's note at a step.
func remark(step, text string) exec.Event {
	return exec.Event{Step: step, Body: exec.Noted{Text: text}}
}
