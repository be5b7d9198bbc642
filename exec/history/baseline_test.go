package history_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bythebook/exec"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook"
	"bythebook/runbook/read"

	"github.com/google/go-cmp/cmp"
)

// suggested tells baselines in short.
func suggested(all []history.Baseline) []string {
	var short []string
	for _, b := range all {
		to := "a question"
		if b.To > 0 {
			to = runbook.Spell(b.To)
		}
		simulated := ""
		if b.Simulated {
			simulated = " simulated"
		}
		short = append(short, fmt.Sprintf("%s %s %s to %s of %d for %s%s", b.Scenario, b.Objective, runbook.Spell(b.From), to, len(b.Observed), b.Owner, simulated))
	}
	return short
}

// A pace is an exercise in which recovery took a time; the test procedure takes
// a minute of it.
type pace struct {
	took   time.Duration
	change func(*historytest.Spec)
}

func (p pace) record(t *testing.T, e read.Entry, n int) history.Record {
	spec := historytest.Spec{
		Text: e, At: november(n), Lost: 20 * time.Minute,
		Took: map[string]time.Duration{"break": 0, "which": p.took - time.Minute, "restart": 0, "answers": 30 * time.Second, "recent": 30 * time.Second},
	}
	if p.change != nil {
		p.change(&spec)
	}
	return went(t, fmt.Sprintf("ex-202611%02d-1", n), spec)
}

func TestBaselines(t *testing.T) {
	// Nothing is planned, so nothing overruns; the store is back in no time, so
	// that it holds nothing up unless a case wants it to.
	plain := []string{", estimate: 10s", "", "        estimate: 1m\n", "", ", estimate: 2m", "", ", estimate: 30s", "", "rto: 30m", "rto: 1m"}
	with := func(changes ...string) []string { return append(changes, plain...) }
	skip := func(s *historytest.Spec) { s.Skipped = map[string]string{"restart": "no need"} }
	unlooked := func(s *historytest.Spec) { s.Stops = "recent" }
	broken := func(s *historytest.Spec) { s.Text = reading(t, shop, plain...) } // its first step really breaks it
	const minute = time.Minute
	for _, c := range []struct {
		name  string
		text  []string
		paces []pace
		want  string // of the RTO
		why   string
	}{
		{"no exercise, no suggestion", plain, nil, "", ""},
		{"one exercise counts four times", plain, []pace{{20 * minute, nil}}, "down RTO 12h to 90m of 1 for simon", "The one exercise that measured the RTO and followed the document took 20m; four times that, rounded up, is 90m."},
		{"two do too", plain, []pace{{20 * minute, nil}, {25 * minute, nil}}, "down RTO 12h to 2h of 2 for simon", "The last 2 exercises that measured the RTO and followed the document took at most 25m; four times that"},
		{"three count twice", plain, []pace{{20 * minute, nil}, {25 * minute, nil}, {10 * minute, nil}}, "down RTO 12h to 1h of 3 for simon", "twice that, rounded up, is 1h."},
		{"only the last five", plain, []pace{{5 * time.Hour, nil}, {20 * minute, nil}, {20 * minute, nil}, {20 * minute, nil}, {20 * minute, nil}, {20 * minute, nil}}, "down RTO 12h to 45m of 5 for simon", ""},
		{"nothing that would not be shorter", plain, []pace{{4 * time.Hour, nil}}, "", ""},
		{"never shorter than what it needs", with("rto: 30m", "rto: 3h"), []pace{{20 * minute, nil}}, "down RTO 12h to 3h of 1 for simon", "It can't be shorter than 3h, the RTO of store, which it needs: 3h."},
		{"which may forbid it", with("rto: 30m", "rto: 12h"), []pace{{20 * minute, nil}}, "", ""},
		{"never longer than the MTD", with("rto: 12h, rpo: 12h, mtd: 24h", "rto: 12h, rpo: 12h, mtd: 1h"), []pace{{20 * minute, nil}}, "down RTO 12h to 1h of 1 for simon", "It can't be longer than the MTD, 1h."},
		{"nothing where what it needs takes longer than that", with("rpo: 12h, mtd: 24h", "rpo: 12h, mtd: 1h", "rto: 30m", "rto: 2h"), []pace{{20 * minute, nil}}, "", ""},
		{"not of one that strayed from the document", plain, []pace{{20 * minute, skip}}, "", ""},
		{"nor is it counted with others", plain, []pace{{20 * minute, nil}, {5 * minute, skip}, {20 * minute, nil}, {20 * minute, nil}}, "down RTO 12h to 45m of 3 for simon", ""},
		{"not of a dry run", plain, []pace{{20 * minute, func(s *historytest.Spec) { s.DryRun = true }}}, "", ""},
		{"not of a tabletop", plain, []pace{{20 * minute, func(s *historytest.Spec) { s.Kind = exec.Tabletop }}}, "", ""},
		{"not of one that did not come to the end", plain, []pace{{20 * minute, func(s *historytest.Spec) { s.Stops, s.Ends = "clean", exec.Aborted }}}, "", ""},
		{"not of one that measured nothing", plain, []pace{{20 * minute, unlooked}}, "", ""},
		{"not of a simulated outage", with(", mark: disruption", ""), []pace{{20 * minute, nil}}, "", ""},
		{"which may ask about a miss", with(", mark: disruption", ""), []pace{{13 * time.Hour, nil}}, "down RTO 12h to a question of 1 for simon simulated", "All of these outages were simulated"},
		{"and none once something broke", with(", mark: disruption", ""), []pace{{20 * minute, nil}, {40 * minute, broken}, {20 * minute, nil}}, "down RTO 12h to 3h of 1 for simon", ""},
		{"a miss is a question", plain, []pace{{20 * minute, nil}, {13 * time.Hour, nil}}, "down RTO 12h to a question of 2 for simon", "The last exercise that measured the RTO missed it with 13h."},
		{"and two are told as two", plain, []pace{{14 * time.Hour, nil}, {13 * time.Hour, nil}}, "down RTO 12h to a question of 2 for simon", "2 of the last 2 exercises that measured the RTO missed it, the last one with 13h."},
		{"after a miss nothing is made shorter", plain, []pace{{13 * time.Hour, nil}, {20 * minute, nil}}, "", ""},
		{"the owner of the service is asked first, then who approves", with(", owner: simon}", "}"), []pace{{20 * minute, nil}}, "down RTO 12h to 90m of 1 for axel", "A question to axel, who approves the playbook."},
		{"and where nobody is named, that is said", with(", owner: simon}", "}", "approver: axel\n", "", "owner: olga\n", ""), []pace{{20 * minute, nil}}, "down RTO 12h to 90m of 1 for ", "the playbook names nobody"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := reading(t, shop, c.text...)
			var all []history.Record
			for n, p := range c.paces {
				all = append(all, p.record(t, e, n+1))
			}
			got, why := "", ""
			for _, b := range history.Baselines(all, e.Playbook) {
				if b.Objective == "RTO" {
					got, why = suggested([]history.Baseline{b})[0], b.Why
				}
			}
			if got != c.want || !strings.Contains(why, c.why) {
				t.Errorf("suggested %q, want %q\nbecause %q, want %q", got, c.want, why, c.why)
			}
		})
	}
}

// TestLossBaselines: of a loss only what was measured counts, and what the
// backups allow for.
func TestLossBaselines(t *testing.T) {
	e := reading(t, shop, "      - {id: copy,", "      - {id: lose, do: Take them away., run: ./lose, expect: {exit: 0}, mark: disruption, estimate: 10s}\n      - {id: copy,")
	files := func(n int, lost time.Duration) history.Record {
		return went(t, fmt.Sprintf("ex-202611%02d-1", n), historytest.Spec{Text: e, Scenario: "files-lost", At: november(n), Lost: lost})
	}
	for _, c := range []struct {
		name string
		all  []history.Record
		want []string
	}{
		{"nothing lost is nothing to promise", []history.Record{files(1, -time.Minute)}, []string{"files-lost RTO 2h to 30m of 1 for axel"}},
		{"no shorter than the backups lie apart", []history.Record{files(1, time.Minute)}, []string{"files-lost RTO 2h to 30m of 1 for axel", "files-lost RPO 24h to 90m of 1 for axel"}},
		{"a larger loss is what counts", []history.Record{files(1, 40*time.Minute)}, []string{"files-lost RTO 2h to 30m of 1 for axel", "files-lost RPO 24h to 3h of 1 for axel"}},
		{"a miss is a question", []history.Record{files(1, 30*time.Hour)}, []string{"files-lost RPO 24h to a question of 1 for axel"}},
	} {
		if d := cmp.Diff(c.want, suggested(history.Baselines(c.all, e.Playbook))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
