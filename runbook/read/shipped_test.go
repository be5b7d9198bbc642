package read

import (
	"io/fs"
	"slices"
	"testing"

	"bythebook/runbook"
	"bythebook/runbooks"
)

// Whoever wants to know how a key of a step is used finds it in a playbook that
// comes with the program, and finds it used in earnest.
func TestShippedPlaybooksUseEveryKeyOfAStep(t *testing.T) {
	used := map[string]string{}
	paths, err := fs.Glob(runbooks.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := runbooks.Files.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		root, ok := newReader(path).document(text)
		if !ok {
			t.Fatalf("%s is not legible", path)
		}
		for _, step := range writtenSteps(root) {
			for _, key := range step.pairs() {
				used[key.name()] = path
			}
		}
	}
	for _, key := range stepRecord.names() {
		if used[key] == "" {
			t.Errorf("no shipped playbook uses `%s`", key)
		}
	}
}

// TestShippedMarkdownConverts: the YAML that is written of the Markdown playbooks
// that come with the program is the same playbooks.
func TestShippedMarkdownConverts(t *testing.T) {
	entries, err := LibraryFS(runbooks.Files)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, e := range entries {
		if isMarkdown(e.Path) && e.Playbook != nil {
			tried++
			converted(t, e.Playbook)
		}
	}
	if tried == 0 {
		t.Error("no Markdown playbook comes with the program")
	}
}

// writtenSteps are the steps of all scenarios of a document, as written.
func writtenSteps(root value) []value {
	var steps []value
	for _, scene := range pick(root.inside(), "scenarios").inside() {
		for _, part := range slices.Concat(scene.inside(), pick(scene.inside(), "abort").inside()) {
			procedure := slices.Contains(runbook.Procedures[:], runbook.Procedure(part.name()))
			if procedure || part.name() == "steps" {
				steps = append(steps, part.items()...)
			}
		}
	}
	return steps
}
