package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said are the changes from one text to another, in words.
func said(t testing.TB, old, new string) []string {
	t.Helper()
	var all []string
	for _, c := range Between(parsed(t, old), parsed(t, new)) {
		all = append(all, c.What)
	}
	return all
}

// inSteps is a playbook with these steps, one a line; a line that ends with a
// colon begins a procedure.
func inSteps(lines string) string {
	text := "playbook: web\nscenarios:\n  down:\n    title: Down\n"
	if !strings.HasPrefix(lines, "test:") {
		text += "    recovery:\n"
	}
	for _, line := range strings.Split(lines, "\n") {
		if strings.HasSuffix(line, ":") {
			text += "    " + line + "\n"
		} else {
			text += "      - {" + line + "}\n"
		}
	}
	return text
}

func TestStepsAreKnownAgain(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		want           []string
	}{
		{
			"one is new", "id: check, do: a\nid: launch, do: b", "id: check, do: a\nid: drain, do: c\nid: launch, do: b",
			[]string{"step drain of down was added after step check"},
		}, {
			"one is new at the beginning", "id: launch, do: b", "id: drain, do: c\nid: launch, do: b",
			[]string{"step drain of down was added at the beginning of recovery"},
		}, {
			"one is gone", "id: check, do: a\nid: drain, do: c\nid: launch, do: b", "id: check, do: a\nid: launch, do: b",
			[]string{"step drain of down was removed"},
		}, {
			"one goes on", "id: a, do: a\nid: b, do: b\nid: c, do: c\nid: d, do: d", "id: b, do: b\nid: c, do: c\nid: a, do: a\nid: d, do: d",
			[]string{"step a of down was moved after step c"},
		}, {
			"one goes back", "id: a, do: a\nid: b, do: b\nid: c, do: c", "id: c, do: c\nid: a, do: a\nid: b, do: b",
			[]string{"step c of down was moved to the beginning of recovery"},
		}, {
			"one goes to another procedure", "id: a, do: a\nid: b, do: b\ntest:\nid: c, do: c", "id: a, do: a\ntest:\nid: b, do: b\nid: c, do: c",
			[]string{"step b of down was moved from recovery to test"},
		}, {
			"moved and changed", "id: a, run: a, do: x\nid: b, do: b\nid: c, do: c", "id: b, do: b\nid: c, do: c\nid: a, run: a --fast, do: x",
			[]string{"step a of down was moved after step c", "step a of down: its command changed"},
		}, {
			"a command under its id", "id: launch, run: launch one, do: x", "id: launch, run: launch two, do: x",
			[]string{"step launch of down: its command changed"},
		}, {
			"only a command, so that the words are made of it", "run: launch one", "run: launch two",
			[]string{"step run-launch-two of down: its command changed"},
		}, {
			"other words for the same command", "do: Launch one., run: launch", "do: Start a new one., run: launch",
			[]string{"step start-a-new-one of down: its instruction changed"},
		}, {
			"other words for a step by hand, known by its place", "do: Look.\nid: b, do: b", "do: Have a close look.\nid: b, do: b",
			[]string{"step have-a-close-look of down: its instruction changed"},
		}, {
			"other words in two of three", "do: Look.\ndo: Act.\ndo: Leave.", "do: Have a look.\ndo: Act.\ndo: Go away.",
			[]string{"step have-a-look of down: its instruction changed", "step go-away of down: its instruction changed"},
		}, {
			"two for one cannot be told", "do: Look.", "do: Have a look.\ndo: Then look again.",
			[]string{"step have-a-look of down was added at the beginning of recovery", "step then-look-again of down was added after step have-a-look", "step look of down was removed"},
		}, {
			"the same words, with numbers made to tell them apart", "do: Again., run: b\ndo: Again., run: c", "do: Again., run: a\ndo: Again., run: b\ndo: Again., run: c",
			[]string{"step again of down was added at the beginning of recovery"},
		}, {
			"another id, and nothing else", "id: launch, do: x, run: launch it", "id: start, do: x, run: launch it",
			[]string{"id of step start of down: start, was launch"},
		}, {
			"all else but the id", "id: launch, do: x, run: launch", "id: start, do: y, run: start",
			[]string{"step start of down was added at the beginning of recovery", "step launch of down was removed"},
		}, {
			"the same step twice, once less", "do: Look.\ntest:\ndo: Look.", "test:\ndo: Look.",
			[]string{"step look of down was removed"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, said(t, inSteps(test.old), inSteps(test.new))); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}
