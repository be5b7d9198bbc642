package check

import (
	"testing"
	"time"

	"bythebook/runbook"
)

// TestPlannedTime: the longest way through recovery and test, of what must be
// done on it.
func TestPlannedTime(t *testing.T) {
	const head = "playbook: p\ntitle: P\nscenarios:\n  a:\n    title: A\n"
	for _, tt := range []struct {
		why, text string
		want      time.Duration
	}{
		{"nothing is planned", "    recovery: [{do: x}, {do: y}]\n", 0},
		{"recovery and test, neither inject nor resume", `    inject: [{do: x, estimate: 1h}]
    recovery: [{do: x, estimate: 1m}, {wait: 2m}]
    test: [{do: x, estimate: 4m}]
    resume: [{do: x, estimate: 2h}]
`, 7 * time.Minute},
		{"what may be left out takes nothing", "    recovery: [{do: x, estimate: 1m}, {do: x, if: y, estimate: 1h}, {do: x, optional: true, estimate: 1h}]\n", time.Minute},
		{"together is at once", "    recovery: [{do: x, estimate: 1m, together: a}, {do: y, estimate: 5m, together: a}, {do: z, estimate: 2m}]\n", 7 * time.Minute},
		{"the longer of two branches, which meet again", `    recovery:
      - {ask: "Which?", answers: [{say: short, go: short}, {say: long, go: long}], estimate: 1m}
      - {id: long, do: x, estimate: 10m, then: end}
      - {id: short, do: x, estimate: 20s, then: end}
      - {id: end, do: x, estimate: 2m}
`, 13 * time.Minute},
		{"once round is enough, and a way out is none through", `    recovery:
      - {id: again, do: x, estimate: 1m, if_not: slow}
      - {ask: "Once more?", answers: [{say: again, go: again, at_most: 3}, {say: done, go: test}]}
      - {id: slow, do: x, estimate: 1h}
    test: [{do: x, estimate: 2m}]
`, 3 * time.Minute},
		{"straight to resume", "    recovery: [{do: x, estimate: 1m, then: resume}, {do: y, estimate: 1h}]\n    resume: [{do: z, estimate: 1h}]\n", time.Minute},
	} {
		from := runbook.Copy{Main: "p.yaml", Files: map[string][]byte{"p.yaml": []byte(head + tt.text)}}
		if got := (&subject{Playbook: parse(t, from)}).procedures().scenes[0].least(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.why, got, tt.want)
		}
	}
}

func TestInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "24 h", 64 * time.Hour: "64 h", 90 * 24 * time.Hour: "90 d", 90 * time.Minute: "90 min", 150 * time.Minute: "2 h 30 min",
		90 * time.Second: "90 s", 20 * time.Millisecond: "20 ms", 0: "0 s",
	} {
		if got := inWords(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
