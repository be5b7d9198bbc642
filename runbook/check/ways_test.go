package check

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
	"bythebook/runbook/read"
)

// scenario reads a playbook whose one scenario is the text. Lines of inputs
// may stand before it.
func scenario(t *testing.T, text string) *runbook.Playbook {
	t.Helper()
	top, body, cut := strings.Cut(text, "---\n")
	if !cut {
		top, body = "", text
	}
	whole := "playbook: web\ntitle: Web\n" + top + "scenarios:\n  down:\n    title: Down\n    " + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n    ") + "\n"
	book, problems := read.Parse(runbook.Copy{Main: "a.yaml", Files: map[string][]byte{"a.yaml": []byte(whole)}})
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, whole)
	}
	return book
}

func TestWays(t *testing.T) {
	for _, tt := range []struct {
		name, codes, text string
		want              []string
	}{
		{"a value that no step finds out", "LS07", `
recovery:
  - {id: use, run: echo "$HOST"}`,
			[]string{"LS07 `$HOST` is used, and no input and no step gives it a value"}},
		{"a value with a stand-in", "LS07", `
recovery:
  - {id: use, run: 'echo "${HOST:-web}" "${ZONE:?}"'}`, nil},
		{"a value from outside, and one of every terminal", "LS07", `
inputs:
  HOST: {ask: "Which host?"}
---
recovery:
  - {id: use, run: 'echo "$HOST" "$HOME"'}`, nil},
		{"a value that is found out later", "LS07", `
recovery:
  - {id: use, run: echo "$HOST"}
  - {id: find, run: find-host, capture: {HOST: '\S+'}}`,
			[]string{"LS07 `$HOST` is used before step `find` finds it out"}},
		{"a value that an optional step finds out", "LS07", `
recovery:
  - {id: find, run: find-host, capture: {HOST: '\S+'}, optional: when it is known}
  - {id: use, run: echo "$HOST"}`,
			[]string{"LS07 `$HOST` is used here, and a way leads here round step `find`, which finds it out"}},
		{"a value under one guard", "LS07", `
recovery:
  - {id: find, if: It is gone., run: find-host, capture: {HOST: '\S+'}}
  - {id: use, if: It is gone., run: echo "$HOST"}`, nil},
		{"a value under two guards", "LS07", `
recovery:
  - {id: find, if: It is gone., run: find-host, capture: {HOST: '\S+'}}
  - {id: use, if: It is slow., run: echo "$HOST"}`,
			[]string{"LS07 `$HOST` is used here, and a way leads here round step `find`, which finds it out"}},
		{"a value that both answers find out", "LS07", `
recovery:
  - {id: how, ask: "Is it there?", answers: [{say: There., go: old}, {say: Gone., go: new}]}
  - {id: old, run: old-host, capture: {HOST: '\S+'}, then: use}
  - {id: new, run: new-host, capture: {HOST: '\S+'}}
  - {id: use, run: echo "$HOST"}`, nil},
		{"a value that a way out goes round", "LS07", `
recovery:
  - {id: find, run: find-host, capture: {HOST: '\S+'}, if_not: use}
  - {id: use, run: echo "$HOST"}`,
			[]string{"LS07 `$HOST` is used here, and a way leads here round step `find`, which finds it out"}},
		{"a value that only an exercise has", "LS07", `
inject:
  - {id: break, run: break-it, capture: {HOST: '\S+'}}
recovery:
  - {id: use, run: echo "$HOST"}`,
			[]string{"LS07 `$HOST` is used here, and a way leads here round step `break`, which finds it out"}},
		{"a value that a command sets", "LS07", `
recovery:
  - {id: set, run: 'host=$(find-host)'}
  - {id: use, run: 'for h in $host; do echo "$h"; done'}`, nil},
		{"a value that a process of its own sets", "LS07", `
recovery:
  - {id: set, run: host=web, isolated: true}
  - {id: use, run: echo "$host"}`,
			[]string{"LS07 `$host` is used, and no input and no step gives it a value"}},
		{"a value from a file", "LS07", `
recovery:
  - {id: set, run: . ./settings}
  - {id: use, run: echo "$HOST"}`, nil},
		{"a value in an expectation", "LS07", `
recovery:
  - {id: find, run: find-host, capture: {HOST: '\S+'}, if_not: use}
  - {id: use, run: newest, expect: {contains: [$HOST, $5]}}`,
			[]string{"LS07 `$HOST` is used here, and a way leads here round step `find`, which finds it out"}},
		{"a value that arithmetic sets", "LS07", `
recovery:
  - {id: use, run: 'for ((i = 0; i < 3; i++)); do ((n = i)); echo "$i" "$n"; done'}`, nil},
		{"a tool that a step defines", "LS24", `
recovery:
  - {id: set, run: 'look() { date; }'}
  - {id: use, run: look}
  - {id: far, run: ssh web, opens: web}
  - {id: there, run: frobnicate, at: web}`,
			[]string{"LS24 the commands need `ssh`, which `tools` does not name"}},
		{"a value for nothing", "LS07", `
recovery:
  - {id: find, run: find-host, capture: {HOST: '\S+'}}`,
			[]string{"LS07 `HOST` is captured, and nothing uses it"}},

		{"a jump over test", "LS11", `
recovery:
  - {id: a, run: date, then: resume}
  - {id: b, run: date, if_not: close}
test:
  - {id: check, run: date, if_not: resume}
  - {id: last, run: date, then: resume}
resume:
  - {id: close, do: Tell them.}`,
			[]string{
				"LS11 this goes to resume without the test procedure: nothing shows that the service is back",
				"LS11 this goes to resume without the test procedure: nothing shows that the service is back",
				"LS11 a test that fails goes on to resume as if it had passed"}},
		{"a jump into test", "LS11", `
recovery:
  - {id: a, run: date, then: last}
test:
  - {id: check, run: date}
  - {id: last, run: date}
resume:
  - {id: close, do: Tell them.}`,
			[]string{"LS11 this goes into the middle of the test procedure, past step `check`"}},
		{"jumps to test and to safety", "LS11", `
recovery:
  - {id: a, run: date, then: test}
  - {id: b, run: date, if_not: abort}
test:
  - {id: check, run: date, if_not: recovery}
resume:
  - {id: close, do: Tell them.}
abort: {when: [It gets worse.], steps: [{do: Tell them.}]}`, nil},

		{"loops", "LS14", `
recovery:
  - {id: a, run: date}
  - {id: b, run: date, if_not: a}
  - {id: c, ask: "Is it there?", answers: [{say: There., go: next}, {say: Gone., go: a, at_most: 3}]}
  - {id: d, ask: "Is it well?", answers: [{say: Well., go: next}, {say: Not yet., go: c}]}`,
			[]string{"LS14 this goes back to step `a`, and nothing says how often", "LS14 this goes back to step `c`, and nothing says how often"}},
		{"a step that is never reached", "LS10", `
recovery:
  - {id: a, run: date, then: c}
  - {id: b, run: date}
  - {id: c, run: date}`,
			[]string{"LS10 no way leads to step `b`"}},
		{"several of them are said once", "LS10", `
recovery:
  - {id: a, run: date, then: d}
  - {id: b, run: date}
  - {id: c, run: date}
  - {id: d, run: date, then: f}
  - {id: e, run: date}
  - {id: f, run: date}`,
			[]string{"LS10 no way leads to step `b`, nor to `c` after it", "LS10 no way leads to step `e`"}},
		{"an answer that runs on into the next", "LS10", `
recovery:
  - {id: how, ask: "How is it?", answers: [{say: Slow., go: a}, {say: Down., go: b}, {say: Well., go: c}]}
  - {id: a, run: date}
  - {id: b, run: date}
  - {id: c, run: date}`,
			[]string{"LS10 step `b` belongs to another answer of `how`, and `a` runs on into it"}},
		{"answers that meet", "LS10", `
recovery:
  - {id: how, ask: "How is it?", answers: [{say: Down., go: a}, {say: Well., go: b}]}
  - {id: a, run: date}
  - {id: b, run: date}`, nil},
		{"vague conditions", "LS09", `
recovery:
  - {id: a, if: if needed, run: date}
  - {id: b, if: The list shows no instance., run: date}
  - {id: c, if: Replacement created, run: date}`,
			[]string{"LS09 \"if needed\" is no condition that two people answer alike", "LS09 the condition asks what was done before, and no step records which way was taken"}},

		{"time on the longest way", "LS15", `
rto: 10m
recovery:
  - {id: how, ask: "How is it?", estimate: 1m, answers: [{say: Down., go: a}, {say: Well., go: b}]}
  - {id: a, run: date, estimate: 8m, then: test}
  - {id: b, run: date, estimate: {min: 1m, likely: 2m, max: 9m}}
test:
  - {id: c, until: {run: date, every: 1s, within: 1m}}
resume:
  - {id: d, do: Clean up.}`,
			[]string{"LS15 the longest way through takes 11 min as planned, and the RTO is 10 min; noticing the failure and calling people come on top"}},
		{"time together", "LS15", `
rto: 10m
recovery:
  - {id: a, do: Call., estimate: 6m, together: x}
  - {id: b, do: Write., estimate: 7m, together: x}
test:
  - {id: c, run: date, estimate: 1m}`, nil},
		{"anchors", "LS22", `
rto: 10m
clock: {starts: detected, stops: resumed}
recovery:
  - {id: a, run: date, mark: detected, optional: when seen}
test:
  - {id: c, run: date}`,
			[]string{"LS22 nothing marks `resumed`, so the clock cannot tell the time that the RTO is about", "LS22 the clock needs `detected`, and this step may be left out"}},
		{"places", "LS08", `
recovery:
  - {id: in, run: ssh web, opens: web}
  - {id: a, do: From a local machine ask it., run: date}
  - {id: b, do: From a local machine ask it., run: date, at: local}
  - {id: c, run: date, at: web}`,
			[]string{"LS08 the words say \"From a local machine\", and the step does not say in which terminal it runs"}},
		{"a value that is a component's address", "LS07", `
components:
  web: {endpoint: "http://$WEB/"}
---
recovery:
  - {id: use, run: curl -fsS "http://$WEB/"}`, nil},
		{"a test without criteria", "LS19", `
recovery:
  - {id: a, run: date}
test:
  - {id: b, run: date}`,
			[]string{"LS19 no step of the test procedure says what must be seen for it to pass"}},
		{"a dashboard that is lost too", "LS28", `
components:
  web: {endpoint: www.example.com}
signals:
  seen: {kind: alert, url: "https://www.example.com/dash", detects: [down]}
---
component: web
recovery:
  - {id: a, run: date}`,
			[]string{"LS28 this is where `web` itself is, and cannot be seen when that fails"}},
		{"a clock that stops before it starts", "LS22", `
rto: 1h
clock: {starts: verified, stops: recovered}
recovery:
  - {id: a, run: date}
test:
  - {id: b, run: date}`,
			[]string{"LS22 the clock starts at `verified` and stops at `recovered`, which comes before or with it"}},
		{"a harmless effect", "LS17", `
recovery:
  - {id: a, run: rm -r /srv/web, effect: read, warning: Careful.}
  - {id: b, do: Go on., effect: final, target: web}`,
			[]string{"LS17 `rm -r /srv/web` is hard to undo, and the step says `effect: read`"}},
		{"an overview in another order", "LS18", `
overview: Route the name. Launch an instance.
recovery:
  - {id: a, do: Launch an instance.}
  - {id: b, do: Route the name.}`,
			[]string{"LS18 the overview has \"Launch an instance\" after \"Route the name\", and the procedure has it before"}},
		{"an overview with a condition", "LS18", `
overview: |
  1. Verify the bucket.
  2. If it is unavailable, recreate the bucket by hand and upload the files.
recovery:
  - {id: a, do: Verify by hand that the bucket exists.}
  - {id: b, do: Recreate the bucket web.example.com by hand.}
  - {id: c, do: Upload the files.}`,
			[]string{"LS18 the overview sets a condition (\"If it is unavailable, recreate the bucket by hand and upload the files\"), and step `b` has none"}},
		{"an overview that says it otherwise", "LS18", `
overview: Check the old instance. Launch a new one, and check the new instance. Check the name.
recovery:
  - {id: a, do: Check the name of the old instance.}
  - {id: b, do: Launch the instance.}
  - {id: c, do: Check the instance.}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found(scenario(t, strings.TrimPrefix(tt.text, "\n")), strings.Fields(tt.codes)...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestProse: what is plain to a reader is seen, and what is not is left alone.
func TestProse(t *testing.T) {
	for _, tt := range []struct{ do, codes, want string }{
		{"Restart the server. Update the record.", "LS01", "LS01 one step holds 2 instructions: \"done\" cannot say which of them"},
		{"1. Log in.\n2. Press the button.", "LS01", "LS01 one step holds 2 instructions: \"done\" cannot say which of them"},
		{"Restart the server. It takes a minute.", "LS01", ""},
		{"Tell the team. Write down whom you told.", "LS01", ""},
		{"Restart it, e.g. from the console.", "LS01", ""},
		{"Restart the server in the console.", "LS02", "LS02 nothing says how to see that this is done"},
		{"Restart the server. Its state should read \"running\".", "LS02", ""},
		{"Verify that both servers answer.", "LS02", ""},
		{"Once the name has propagated, open the page.", "LS14", "LS14 \"Once the name has propagated, open the page\" may take for ever: nothing says how long to wait"},
		{"Wait up to 10 minutes for the name to propagate.", "LS14", ""},
		{"Call the owner once the list is printed.", "LS14", ""},
		{"Delete the bucket.", "LS17", "LS17 \"Delete the bucket\" is hard to undo, and the step has no warning, no approval and no rollback"},
		{"Log in and fail over to the replica.", "LS17", "LS17 \"fail over to the replica\" is hard to undo, and the step has no warning, no approval and no rollback"},
		{"Do not delete the bucket.", "LS17", ""},
		{"Open the page that lists deleted buckets.", "LS17", ""},
		{"Write down the address of the DNS server.", "LS17", ""},
		{"Restore the service by restarting it.", "LS17", ""},
		{"Deploy the latest stable release.", "LS26", "LS26 \"latest stable release\" is another one on another day, and maybe the one that failed"},
		{"Look at the latest backup.", "LS26", ""},
		{"See step 4.", "LS29", "LS29 this speaks of step 4, and the scenario has 1"},
		{"See step 4 of the vendor's manual.", "LS29", ""},
		{"See step `other`.", "LS29", "LS29 this speaks of step `other`, and the scenario has none of that name"},
		{"See step \"Open the door\".", "LS29", "LS29 this speaks of step \"Open the door\", and the scenario has none that begins so"},
		{"This is step 1. See step `it`.", "LS29", ""},
		{"If it answers, skip to the test.", "LS09", "LS09 the words branch, and the step does not: \"If it answers, skip to the test\""},
		{"If you are unsure, ask the owner.", "LS09", ""},
	} {
		book := &runbook.Playbook{Scenarios: []runbook.Scenario{{ID: "down", Steps: []runbook.Step{{ID: "it", Procedure: runbook.Recovery, Kind: runbook.Manual, Do: tt.do}}}}}
		if got := strings.Join(found(book, tt.codes), "\n"); got != tt.want {
			t.Errorf("%q\nfinds   %s\nand not %s", tt.do, got, tt.want)
		}
	}
}
