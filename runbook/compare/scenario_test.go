package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// web is a playbook of two scenarios, of which the tests look at the first.
const web = `playbook: web
title: Web
success_criteria: It answers.
components: {front: {}, back: {}}
dependencies: {front: {component: front, rto: 1h, mtd: 4h, workaround: None.}, back: {component: back, rto: 2h}}
contacts: {ann: {name: Ann, phone: 555-1}, bob: {name: Bob}, cid: {name: Cid}, dan: {name: Dan}}
roles: {dba: [bob], desk: [dan]}
notifications:
  all: {when: declared, who: [lead.primary], what: It is down.}
  other: {when: declared, for: [back-down], who: [dan], what: It is down.}
  asked: {for: [back-down], who: [cid], what: Ready.}
inputs: {RELEASE: {ask: "Which?"}, UNUSED: {ask: "What?"}}
scenarios:
  front-down:
    title: The front is down
    component: front
    leads: {primary: ann}
    overview: Restart it.
    rto: 1h
    recovery:
      - {id: check, do: Look., run: curl localhost, why: To be sure., note: From here., estimate: 2m}
      - {id: launch, do: Launch., run: launch $RELEASE, who: dba}
      - {id: tell, do: Tell., notify: asked}
    abort: {when: [No hope.], steps: [{id: back, do: Go back., why: It is over.}]}
  back-down:
    title: The back is down
    component: back
    leads: {primary: cid}
    recovery: [{id: launch, do: Launch.}]
`

func TestWhatConcernsAScenario(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"a command", "curl localhost", "curl -f localhost", "step check of front-down: its command changed"},
		{"an instruction", "do: Look.", "do: Look twice.", "step check of front-down: its instruction changed"},
		{"the objective", "overview: Restart it.\n    rto: 1h", "overview: Restart it.\n    rto: 30m", "RTO of front-down: 30m, was 1h"},
		{"the lead", "primary: ann", "primary: bob", "primary lead of front-down: bob, was ann"},
		{"a way back", "do: Go back.", "do: Go on.", "abort step back of front-down: its instruction changed"},
		{"why", "To be sure.", "To be safe.", ""},
		{"why, on the way back", "It is over.", "It failed.", ""},
		{"a note", "From here.", "From there.", ""},
		{"an estimate", "estimate: 2m", "estimate: 3m", ""},
		{"the overview", "Restart it.", "Launch it.", ""},
		{"its title", "The front is down", "The front is gone", ""},
		{"another scenario", "primary: cid", "primary: dan", ""},
		{"another scenario's step of the same name", "recovery: [{id: launch, do: Launch.}]", "recovery: [{id: launch, do: Look.}]", ""},
		{"a role that does a step", "dba: [bob]", "dba: [bob, cid]", "role dba: now also cid"},
		{"another role", "desk: [dan]", "desk: [cid]", ""},
		{"another person under the lead's id", "name: Ann", "name: Anne", "name of contact ann: Anne, was Ann"},
		{"another person in a role", "name: Bob", "name: Rob", "name of contact bob: Rob, was Bob"},
		{"another person who is told", "name: Cid", "name: Sid", "name of contact cid: Sid, was Cid"},
		{"a person elsewhere", "name: Dan", "name: Don", ""},
		{"a phone", "555-1", "555-2", ""},
		{"a notification of every scenario", "all: {when: declared, who: [lead.primary]", "all: {when: detected, who: [lead.primary]", "trigger of notification all: detected, was declared"},
		{"a notification that a step asks for", "Ready.", "Steady.", "message of notification asked: Steady., was Ready."},
		{"another notification", "other: {when: declared", "other: {when: detected", ""},
		{"an input that is used", "Which?", "Which one?", "input RELEASE: its question changed"},
		{"an input that is not", "What?", "What then?", ""},
		{"what is promised for its component", "mtd: 4h", "mtd: 3h", "MTD of dependency front: 3h, was 4h"},
		{"what else is said of it", "workaround: None.", "workaround: The phone.", ""},
		{"what is promised for another", "rto: 2h", "rto: 3h", ""},
		{"what success means", "It answers.", "It answers quickly.", "scenario front-down: its meaning of success changed"},
		{"the playbook's title", "title: Web", "title: The web", ""},
		{"the scenario itself", "  front-down:", "  front-gone:", "scenario front-down was removed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			new := parsed(t, strings.Replace(web, test.old, test.new, 1))
			for _, c := range Scenario(parsed(t, web), new, "front-down") {
				got = append(got, c.What)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// Where scripts belong to a playbook, nobody can see which inputs they look at.
func TestScriptsMayLookAtAnyInput(t *testing.T) {
	with := "files: [scripts/launch.sh]\n" + web
	changes := Scenario(parsed(t, with), parsed(t, strings.Replace(with, "What?", "What then?", 1)), "front-down")
	if len(changes) != 1 || changes[0].Path != "inputs.UNUSED.ask" {
		t.Errorf("changes: %v", changes)
	}
}

// A scenario that stands elsewhere in the document is the same scenario.
func TestTheOrderOfScenariosIsNoneOfTheirs(t *testing.T) {
	old, new := parsed(t, web), parsed(t, web)
	new.Scenarios[0], new.Scenarios[1] = new.Scenarios[1], new.Scenarios[0]
	if changes := Between(old, new); len(changes) != 1 {
		t.Errorf("changes: %v", changes)
	}
	for _, id := range []string{"front-down", "back-down"} {
		if changes := Scenario(old, new, id); len(changes) > 0 {
			t.Errorf("changes of %s: %v", id, changes)
		}
	}
}
