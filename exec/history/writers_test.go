package history_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"bythebook/exec"
	"bythebook/exec/clean/cleantest"
	"bythebook/exec/history"
	"bythebook/exec/history/historytest"
	"bythebook/runbook/golden"
	"bythebook/runbook/read"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// past is a row of exercises of the shop, with something of everything.
func past(t *testing.T) []history.Record {
	e := reading(t, shop)
	took := func(which, launch time.Duration) map[string]time.Duration {
		return map[string]time.Duration{"which": which, "launch": launch}
	}
	replace := map[string]int{"which": 2}
	broken := historytest.Spec{Text: e, At: november(2), Answers: replace, Took: took(time.Minute, 13*time.Hour), Lost: 3 * time.Minute,
		Declared: map[string]exec.Deviated{"launch": {Kind: "extra action", What: "Raised the quota in the console.", Reason: "The launch was refused.", Agreed: "axel"}}}
	skipped := historytest.Spec{Text: e, At: november(4), Answers: replace, Took: took(3*time.Minute, 40*time.Minute), Lost: time.Minute, Skipped: map[string]string{"over": "They were in the room."}}
	dry := historytest.Spec{Text: e, At: november(5), DryRun: true}
	blocked := historytest.Spec{Text: e, At: november(6), Rule: exec.Lockstep, Stops: "restart", Ends: exec.Blocked, Reason: "There is no such host."}
	files := historytest.Spec{Text: e, Scenario: "files-lost", At: november(7), Lost: 12 * time.Minute}
	fine := historytest.Spec{Text: e, At: november(10), Answers: replace, Took: took(2*time.Minute, 18*time.Minute), Lost: 2 * time.Minute, Skipped: map[string]string{"over": "Everybody knew."}}
	open := historytest.Spec{Text: e, At: november(12), Stops: "answers", Ends: exec.Running}
	table := historytest.Spec{Text: e, At: november(13), Kind: exec.Tabletop}
	return []history.Record{
		went(t, "ex-20261102-1", broken), went(t, "ex-20261104-1", skipped, remark("launch", "todo: ask for a larger quota before the day")), went(t, "ex-20261105-1", dry),
		went(t, "ex-20261106-1", blocked), went(t, "ex-20261107-1", files), {ID: "ex-20261108-1", Damage: errors.New("line 7 of journal.jsonl: its hash does not fit its bytes")},
		went(t, "ex-20261110-1", fine), went(t, "ex-20261112-1", open), went(t, "ex-20261113-1", table),
	}
}

// TestPages shows all that is written of a row of exercises.
func TestPages(t *testing.T) {
	all, book := past(t), reading(t, shop).Playbook
	o := history.Survey(all, book, "", november(26))
	fewer := reading(t, shop, "  files-lost:\n", "  files-gone:\n").Playbook
	gone, _ := history.Recalled(all, "shop", "", november(26))
	for name, text := range map[string]string{
		"list.txt": history.ListText(all), "list.md": history.ListMarkdown(all),
		"shop.txt": history.Text(o), "shop.md": history.Markdown(o), "shop-down.txt": history.Text(history.Survey(all, book, "down", november(26))),
		"renamed.txt": history.Text(history.Survey(all, fewer, "", november(26))), "gone.txt": history.Text(gone), "gone.md": history.Markdown(gone),
		"never.txt": history.Text(history.Survey(nil, book, "down", november(26))), "never.md": history.Markdown(history.Survey(nil, book, "down", november(26))),
		"none.md": history.ListMarkdown(nil),
	} {
		golden.Compare(t, "testdata/"+name+".golden", text)
		if strings.HasSuffix(name, ".txt") {
			fits(t, text)
		}
	}
	for name, write := range map[string]func() ([]byte, error){
		"list.json": func() ([]byte, error) { return history.ListJSON(all) }, "shop.json": func() ([]byte, error) { return history.JSON(o) },
	} {
		data, err := write()
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, "testdata/"+name+".golden", string(data))
	}
}

// fits wants lines that a terminal of 80 columns shows as they are.
func fits(t *testing.T, text string) {
	t.Helper()
	for l := range strings.SplitSeq(text, "\n") {
		if ansi.StringWidth(l) > 80 || strings.IndexFunc(l, unicode.IsControl) >= 0 {
			t.Errorf("%q does not fit a terminal", l)
		}
	}
}

// TestForeignTextStaysText: what somebody else wrote can't draw on the terminal,
// nor be Markdown.
func TestForeignTextStaysText(t *testing.T) {
	pages := func(foreign string) []string {
		e := reading(t, shop)
		e.Playbook.Title, e.Playbook.Scenarios[0].Title = foreign, foreign
		for i := range e.Playbook.Scenarios[0].Steps {
			e.Playbook.Scenarios[0].Steps[i].Do = foreign
		}
		e.Playbook.Scenarios[0].Steps[1].Answers[1].Say = foreign
		spec := historytest.Spec{Text: e, At: november(1), Took: map[string]time.Duration{"restart": time.Hour},
			Declared: map[string]exec.Deviated{"restart": {Kind: "extra action", What: foreign, Reason: foreign}}}
		all := []history.Record{went(t, "ex-20261101-1", spec, remark("restart", "todo: "+foreign)), {ID: foreign, Damage: errors.New(foreign)}}
		o := history.Survey(all, e.Playbook, "", november(26))
		fits(t, history.Text(o))
		fits(t, history.ListText(all))
		return []string{history.Markdown(o), history.ListMarkdown(all)}
	}
	plain := pages("x")
	for _, evil := range cleantest.Evils {
		for i, page := range pages("x" + evil) {
			if d := cmp.Diff(cleantest.Blocks(t, plain[i]), cleantest.Blocks(t, page)); d != "" {
				t.Errorf("%q changes the page (-plain +got):\n%s", evil, d)
			}
		}
	}
	pages(strings.Repeat("\u4e16\u754c ", 200) + strings.Repeat("w", 300))
}

// TestADamagedRecordChangesNothing: with a flipped byte in it a record is shown
// with what is wrong, and all else is as if it had never been.
func TestADamagedRecordChangesNothing(t *testing.T) {
	home := t.TempDir()
	texts := historytest.Library(t, t.TempDir(), 2)
	historytest.Exercises(t, home, texts, 24, november(26))
	all, err := history.Read(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 9, len(all) - 1} {
		id := all[n].ID
		flip(t, filepath.Join(all[n].Dir, "journal.jsonl"))
		with, err := history.Read(home)
		if err != nil {
			t.Fatal(err)
		}
		flip(t, filepath.Join(all[n].Dir, "journal.jsonl"))
		if with[n].ID != id || with[n].Damage == nil {
			t.Fatalf("%s is not shown as damaged: %v", id, with[n].Damage)
		}
		without := append(append([]history.Record{}, all[:n]...), all[n+1:]...)
		if d := cmp.Diff(documents(t, without, texts, ""), documents(t, with, texts, id)); d != "" {
			t.Errorf("damage to %s changed more than its own row (-without it +with it damaged):\n%s", id, d)
		}
	}
}

// flip turns one bit in the middle of a file, or turns it back.
func flip(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// documents are all that is written of some records, without what is said of
// one that is damaged.
func documents(t *testing.T, all []history.Record, texts []read.Entry, damaged string) []string {
	t.Helper()
	list, err := history.ListJSON(all)
	if err != nil {
		t.Fatal(err)
	}
	found := []string{
		withoutEntry(history.ListText(all), damaged), withoutRow(history.ListMarkdown(all), damaged),
		withoutObject(t, string(list), damaged),
	}
	for _, e := range texts {
		o := history.Survey(all, e.Playbook, "", november(26))
		data, err := history.JSON(o)
		if err != nil {
			t.Fatal(err)
		}
		if (damaged != "") != strings.Contains(string(data), `"damage":`) {
			t.Errorf("the overview of %s does not tell of %s", e.Playbook.ID, damaged)
		}
		text, _, _ := strings.Cut(history.Text(o), "\n-- Records that can't be read")
		found = append(found, text, withoutRow(history.Markdown(o), damaged), withoutDamaged(t, string(data)))
	}
	return found
}

// withoutEntry is a list without the lines of one exercise.
func withoutEntry(list, id string) string {
	var kept strings.Builder
	out := false
	for l := range strings.SplitAfterSeq(list, "\n") {
		if strings.HasPrefix(l, " ex-") {
			out = id != "" && strings.HasPrefix(l, " "+id+" ")
		}
		if !out {
			kept.WriteString(l)
		}
	}
	return kept.String()
}

// withoutRow is a page without the row of one exercise, and without the table of
// those that are damaged.
func withoutRow(page, id string) string {
	page, _, _ = strings.Cut(page, "\n## Records that can't be read")
	if id == "" {
		return page
	}
	before, after, found := strings.Cut(page, "| `"+id+"` | ")
	if !found {
		return page
	}
	_, after, _ = strings.Cut(after, "\n")
	return before + after
}

func withoutObject(t *testing.T, list, id string) string {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(x map[string]any) bool { return x["exercise"] == id })
	return fmt.Sprint(all)
}

func withoutDamaged(t *testing.T, document string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(document), &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "damaged")
	return fmt.Sprint(all)
}
