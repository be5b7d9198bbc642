package exec_test

import (
	"strings"
	"testing"
	"time"

	"bythebook/exec"
)

const steadily = `
playbook: shop
title: Shop
scenarios:
  down:
    title: Down
    rto: 10m
    clock: {steady: 2m}
    recovery: [{id: mend, do: Mend it.}]
    test: [{id: check, do: Look., run: look, effect: read}]
    resume: [{id: tell, do: Tell them.}]
`

// The clock stops once all has been well for as long as the document wants, and
// that time counts; what ends before is not evaluated.
func TestSteady(t *testing.T) {
	const verified = "+0s exercise rehearsal strict\n+0s go\n+0s mark disruption 0s\n+60s done mend\n+61s begin check\n+120s end check ok\n"
	for _, row := range []struct {
		name, script string
		verdict      exec.Verdict
		actual       time.Duration
		why          string
	}{
		{"well for long enough", verified + "+130s done tell\n+300s over completed d0", exec.Met, 4 * time.Minute, ""},
		{"just so", verified + "+130s done tell\n+240s over completed d0", exec.Met, 4 * time.Minute, ""},
		{"ended before", verified + "+130s done tell\n+239s over completed d0", exec.NotEvaluated, 0, "ended before all had been well for 2m"},
		{"still running", verified, exec.NotEvaluated, 0, "all must be well for 2m, until 2026-11-23T12:04:00Z"},
		{"a test fails meanwhile", verified + "+130s begin check\n+140s end check exit\n+300s done tell", exec.NotEvaluated, 0, "step check failed within the 2m"},
		{"the clock is set forward meanwhile", verified + "+3661s jump 1h\n+3661s done tell\n+3700s over completed d0", exec.NotEvaluated, 0, "the clock was set, or the machine slept, within the 2m"},
		{"set back meanwhile", verified + "-3470s jump -1h\n+300s done tell\n+301s over completed d0", exec.NotEvaluated, 0, "the clock was set"},
		{"set before it", strings.Replace(verified, "+61s begin", "+61s jump 1m\n+61s begin", 1) + "+130s done tell\n+300s over completed d0", exec.Met, 4 * time.Minute, ""},
		{"set back before it", strings.Replace(verified, "+61s begin", "+61s jump -10s\n+61s begin", 1) + "+130s done tell\n+300s over completed d0", exec.Met, 4 * time.Minute, ""},
		{"set after it", verified + "+130s done tell\n+3841s jump 1h\n+3900s over completed d0", exec.Met, 4 * time.Minute, ""},
		{"not verified", "+0s exercise rehearsal strict\n+0s go\n+0s mark disruption 0s\n+60s done mend\n+300s over aborted d0", exec.NotEvaluated, 0, "aborted"},
		{"too late by that", strings.ReplaceAll(verified, "+120s", "+500s") + "+800s over completed d0", exec.Missed, 620 * time.Second, ""},
	} {
		s, _ := play(t, loadBook(t, []byte(steadily)), row.script)
		o := exec.Objectives(s)[0]
		if o.Verdict != row.verdict || o.Actual != row.actual || !strings.Contains(o.Why, row.why) || (o.Why == "") != (row.why == "") {
			t.Errorf("%s: %s, %s, %q", row.name, o.Verdict, o.Actual, o.Why)
		}
	}
	s, _ := play(t, loadBook(t, []byte(steadily)), verified+"+130s done tell")
	for after, want := range map[time.Duration]exec.Clock{
		3 * time.Minute: {Elapsed: 3 * time.Minute, Left: 7 * time.Minute, Spare: 6 * time.Minute},
		5 * time.Minute: {Elapsed: 4 * time.Minute, Left: 6 * time.Minute, Spare: 6 * time.Minute, Stopped: began.Add(4 * time.Minute)},
	} {
		want.RTO, want.Started, want.Notional = 10*time.Minute, began, s.Clock(began).Notional
		if got := s.Clock(began.Add(after)); got != want {
			t.Errorf("after %s the clock is %+v, want %+v", after, got, want)
		}
	}
	if n := s.Next(began.Add(3 * time.Minute)); n.Situation != exec.AtEnd || !strings.Contains(n.Aside, "stops in 1m") {
		t.Errorf("at the end: %+v", n)
	}
	if n := s.Next(began.Add(5 * time.Minute)); strings.Contains(n.Aside, "stops in") {
		t.Errorf("after it: %+v", n)
	}
}
