package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	bexec "bythebook/exec"
	"bythebook/exec/journal"
)

// scripted is a playbook whose first step does something to files, and whose
// second runs a script that belongs to the playbook.
const scripted = `playbook: scripted
title: Scripted
files: [scripts/say.sh]
scenarios:
  s:
    title: It runs a script of its own
    recovery:
      - {id: meddle, do: Meddle., run: 'eval "$MEDDLE"', expect: {exit: 0}}
      - {id: say, do: Say it., run: './scripts/say.sh >> "$RAN"', expect: {exit: 0}}
`

const scriptedAnswers = "answers:\n  meddle: run\n  say: run\n"

// TestChangedBetweenStartAndStep: what runs is what the record says was frozen.
// A command that changes it is found out before the next one starts; who changes
// the files that it was copied from changes nothing that runs.
func TestChangedBetweenStartAndStep(t *testing.T) {
	t.Parallel()
	need(t, "bash")
	for _, tt := range []struct {
		name, meddle string
		status       int
		ran          string
		changed      string // in the frozen copy
		deviates     bool   // V02
		report       int    // status of whoever reads the record afterwards
	}{
		{"nothing", `true`, 0, "as agreed\n", "", false, 0},
		{"the frozen script", `echo "echo something else" >> scripts/say.sh`, 1, "", "scripts/say.sh", true, 1},
		{"the frozen script, by a link", `mv scripts/say.sh "$RAN.sh" && ln -s "$RAN.sh" scripts/say.sh`, 1, "", "scripts/say.sh", true, 1},
		{"the frozen script, by a pipe", `rm scripts/say.sh && mkfifo scripts/say.sh`, 1, "", "scripts/say.sh", true, 1},
		{"the frozen script, gone", `rm scripts/say.sh`, 1, "", "scripts/say.sh", true, 1},
		{"its folder, by a link", `mv scripts "$RAN.d" && ln -s "$RAN.d" scripts && echo >> scripts/say.sh`, 1, "", "scripts/say.sh", true, 1},
		{"the frozen playbook, whose commands are in memory", `echo "# more" >> scripted.yaml`, 0, "as agreed\n", "", false, 1},
		{"the script it was copied from", `echo "echo something else" >> "$SOURCE/scripts/say.sh"`, 6, "as agreed\n", "", true, 0},
		{"the playbook it was copied from", `echo "# more" >> "$SOURCE/scripted.yaml"`, 6, "as agreed\n", "", true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source, home, ran := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "ran")
			if err := os.Mkdir(filepath.Join(source, "scripts"), 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"scripted.yaml": scripted, "answers.yaml": scriptedAnswers, "scripts/say.sh": "#!/bin/sh\necho as agreed\n"} {
				if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("bythebook", "run", filepath.Join(source, "scripted.yaml"), "--unattended", "--answers", filepath.Join(source, "answers.yaml"), "--plain", "--home", home)
			cmd.Env = append(os.Environ(), "MEDDLE="+tt.meddle, "RAN="+ran, "SOURCE="+source)
			said, _ := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != tt.status || tt.changed != "" && !strings.Contains(string(said), tt.changed+" was changed after the exercise began") {
				t.Errorf("it ended with %d\n%s", got, said)
			}
			if text, _ := os.ReadFile(ran); string(text) != tt.ran {
				t.Errorf("what ran left %q, want %q", text, tt.ran)
			}
			report := exec.Command("bythebook", "report", "--home", home)
			if text, _ := report.CombinedOutput(); report.ProcessState.ExitCode() != tt.report {
				t.Errorf("its report ended with %d\n%s", report.ProcessState.ExitCode(), text)
			}
			changed, deviates := changes(t, home)
			if changed != tt.changed || deviates != tt.deviates {
				t.Errorf("the record has %q as changed, and a deviation: %v", changed, deviates)
			}
		})
	}
}

// changes reads the only record of a home: which file of the frozen copy was
// found changed, and whether the text differs from the one that began.
func changes(t *testing.T, home string) (file string, deviates bool) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(home, "exercises", "*"))
	if err != nil || len(dirs) != 1 {
		t.Fatal(dirs, err)
	}
	events, err := journal.Read(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	began := events[0].Body.(bexec.Began)
	for _, e := range events {
		switch b := e.Body.(type) {
		case bexec.CopyChanged:
			file, deviates = b.Path, true
		case bexec.Ended:
			deviates = deviates || b.Digest != began.Digest
		}
	}
	return file, deviates
}
