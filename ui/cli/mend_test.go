package cli

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bythebook/exec/stage"
	"bythebook/runbook"
	"bythebook/runbook/agree"
	"bythebook/runbook/check"
	"bythebook/runbook/read"
	"bythebook/runbooks"

	"gopkg.in/yaml.v3"
)

// TestEveryMissingNamesWhatMendsIt breaks playbooks in many ways and does what
// is said of each: a command is one of ours, and an edit leaves a playbook that
// can be read and that lacks this no more.
func TestEveryMissingNamesWhatMendsIt(t *testing.T) {
	for name, text := range broken(t) {
		s := judged(t, text)
		for _, m := range s.Missing() {
			if !strings.HasSuffix(strings.TrimRight(m.What, "]ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[ "), ".") {
				t.Errorf("%s: %q is no sentence", name, m.What)
			}
			mends(t, name+": "+m.What, m.Mend)
		}
		for _, d := range s.Due {
			mends(t, name+": "+d.What(), d.Mend)
		}
		for n := 0; ; n++ {
			if n == 100 {
				t.Fatalf("%s: there is no end of edits", name)
			}
			all := judged(t, text).Missing()
			i := slices.IndexFunc(all, func(m stage.Missing) bool { return m.Mend.Edit.YAML != "" })
			if i < 0 {
				break
			}
			if lost := replaced(node(t, text), node(t, all[i].Mend.Edit.YAML)); lost != "" {
				t.Fatalf("%s: the mend of %q takes the place of %s:\n%s", name, all[i].What, lost, all[i].Mend.Edit.YAML)
			}
			text = merged(t, text, all[i].Mend.Edit.YAML)
			for _, m := range judged(t, text).Missing() {
				if strings.Contains(m.What, "[LS15]") && !slices.ContainsFunc(all, func(was stage.Missing) bool { return was.What == m.What }) {
					t.Fatalf("%s: the mend of %q can't be kept: %s\n%s", name, all[i].What, m.What, all[i].Mend.Edit.YAML)
				}
			}
			if slices.ContainsFunc(judged(t, text).Missing(), func(still stage.Missing) bool {
				return still.What == all[i].What && still.Mend.Edit.Path == all[i].Mend.Edit.Path
			}) {
				t.Fatalf("%s: %q is missing after its own mend:\n%s", name, all[i].What, all[i].Mend.Edit.YAML)
			}
		}
	}
}

// broken are playbooks to which something is missing: those that come with the
// program, the one that people start from, and a whole one without each of its
// parts.
func broken(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{"new": strings.NewReplacer("NAME", "web", "TODAY", "2026-11-26").Replace(starting)}
	entries, err := read.LibraryFS(runbooks.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		texts[e.Path] = string(read.YAML(e.Playbook))
	}
	whole, err := os.ReadFile("../../exec/stage/testdata/complete.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts["whole"] = string(whole)
	hurried := strings.NewReplacer("rto: 4h", "rto: 10m", "estimate: 30m", "estimate: 3m")
	texts["with little time, and one answer for two"] = hurried.Replace(strings.Replace(string(whole), "component: database\n    failure_mode", "component: shop\n    failure_mode", 1))
	texts["with a scenario of nothing"] = hurried.Replace(strings.Replace(string(whole), "component: database\n    failure_mode", "failure_mode", 1))
	for _, key := range []string{"application", "published", "review", "severities", "agreement", "prerequisites", "components", "signals", "dependencies", "contacts", "notifications"} {
		if text := without(t, string(whole), key); !strings.Contains(text, "\n"+key+":") {
			texts["without "+key] = text
		}
	}
	return texts
}

// without is a document less one top-level key, and less whatever then refers to
// nothing.
func without(t *testing.T, text, key string) string {
	t.Helper()
	var doc map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	gone := []string{key}
	if key == "contacts" || key == "components" || key == "severities" {
		gone = []string{key, "owner", "approver", "agreement", "prerequisites", "signals", "dependencies", "notifications", "scenarios"}
		doc["scenarios"] = *node(t, "{shop-down: {title: Shop is down, recovery: [{do: Restore it.}]}}")
	}
	for _, k := range gone {
		if k != "scenarios" {
			delete(doc, k)
		}
	}
	if key == "dependencies" || key == "components" {
		delete(doc, "notifications")
	}
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return doc.Content[0]
}

// merged is a document that says what an edit wants it to.
func merged(t *testing.T, text, edit string) string {
	t.Helper()
	doc := node(t, text)
	into(doc, node(t, edit))
	out, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// into puts the keys of one mapping into another. What is no mapping in both of
// them is replaced.
func into(doc, edit *yaml.Node) {
	for i := 0; i < len(edit.Content); i += 2 {
		key, value := edit.Content[i], edit.Content[i+1]
		at := -1
		for k := 0; k < len(doc.Content); k += 2 {
			if doc.Content[k].Value == key.Value {
				at = k + 1
			}
		}
		switch {
		case at < 0:
			doc.Content = append(doc.Content, key, value)
		case doc.Content[at].Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			into(doc.Content[at], value)
		default:
			doc.Content[at] = value
		}
	}
}

// replaced is what an edit would take the place of, "" where that is nothing but
// single values.
func replaced(doc, edit *yaml.Node) string {
	for i := 0; i < len(edit.Content); i += 2 {
		for k := 0; k < len(doc.Content); k += 2 {
			was, is := doc.Content[k+1], edit.Content[i+1]
			switch {
			case doc.Content[k].Value != edit.Content[i].Value:
			case was.Kind == yaml.MappingNode && is.Kind == yaml.MappingNode:
				if lost := replaced(was, is); lost != "" {
					return edit.Content[i].Value + "." + lost
				}
			case was.Kind != yaml.ScalarNode || is.Kind != yaml.ScalarNode:
				return edit.Content[i].Value
			}
		}
	}
	return ""
}

// judged is where a text stands to which nobody has agreed.
func judged(t *testing.T, text string) stage.Standing {
	t.Helper()
	c := runbook.Copy{Main: "shop.yaml", Files: map[string][]byte{"shop.yaml": []byte(text), "scripts/restore.sh": []byte("echo\n"), "scripts/etcd-canary.sh": []byte("echo\n")}}
	book, problems := read.Parse(c)
	if len(problems) > 0 {
		t.Fatalf("%v\n%s", problems, text)
	}
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	words, err := agree.Look(book, c, t.TempDir(), "", now)
	if err != nil {
		t.Fatal(err)
	}
	return stage.Judge(stage.Input{
		Book: book, Text: c, Findings: check.Some(book, c, check.Facts{}, stage.Needs), Agreement: words, Now: now,
		Path: "runbooks/shop.yaml", Name: "runbooks/shop.yaml", Command: func(words ...string) string { return "bythebook " + strings.Join(words, " ") },
	})
}

// mends holds a mend against the commands that there are.
func mends(t *testing.T, what string, m stage.Mend) {
	t.Helper()
	words := strings.Fields(m.Command)
	switch {
	case m.Command == "" && (m.Edit.File == "" || (m.Edit.YAML == "") == (m.Edit.Do == "")):
		t.Errorf("%s: nothing mends it: %+v", what, m)
	case m.Command == "":
	case words[0] != "bythebook":
		t.Errorf("%s: %q is none of our commands", what, m.Command)
	default:
		root := newRoot(&app{World: World{Out: io.Discard, Err: io.Discard}})
		cmd, rest, err := root.Find(words[1:])
		if err == nil && cmd != root {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil || cmd == root {
			t.Errorf("%s: %q is no command of ours: %v", what, m.Command, err)
		}
	}
}

// TestStatusAsksTheChecksForEnough: whatever is an error somewhere is one that
// the gates ask for.
func TestStatusAsksTheChecksForEnough(t *testing.T) {
	for name, text := range broken(t) {
		c := runbook.Copy{Main: "shop.yaml", Files: map[string][]byte{"shop.yaml": []byte(text), "scripts/restore.sh": nil, "scripts/etcd-canary.sh": nil}}
		book, problems := read.Parse(c)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all, some := check.Run(book, c, check.Facts{}), check.Some(book, c, check.Facts{}, stage.Needs)
		for _, f := range all {
			if f.Severity == check.Error && !slices.Contains(some, f) {
				t.Errorf("%s: nobody asks for %s", name, f.Code)
			}
		}
	}
}
