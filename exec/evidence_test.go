package exec_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// Where the document wants a file, the step is done once its copy is safe, and
// not before; the record names it.
func TestAFileIsKeptBeforeTheStepIsDone(t *testing.T) {
	book := []byte("playbook: shop\ntitle: Shop\nscenarios:\n  down:\n    title: Down\n    recovery: [{id: shot, do: Take a picture., evidence: file}]\n")
	synctest.Test(t, func(t *testing.T) {
		c, seat, j, _ := conductOn(t, loadBook(t, book), exec.Strict)
		do(t, seat, exec.Begin{})
		var refused exec.Refusal
		if err := seat.Do(exec.Attest{Step: "shot"}); !errors.As(err, &refused) || refused.Answer.Ask != exec.ForText {
			t.Errorf("without a path: %v", err)
		}
		if err := seat.Do(exec.Attest{Step: "shot", Text: "/shot.png"}); err == nil || !strings.Contains(err.Error(), "no file can be kept") {
			t.Errorf("where none can be kept: %v", err)
		}
		var asked []string
		broken := errors.New("the disk is full")
		left := exec.FileLeft{Name: "shot.png", Bytes: 2, SHA256: "87428f"}
		c.Keeps(func(path string) (exec.FileLeft, error) {
			asked = append(asked, path)
			return left, broken
		})
		before := len(j.events)
		if err := seat.Do(exec.Attest{Step: "shot", Text: " /shot.png "}); err == nil || !strings.Contains(err.Error(), broken.Error()) || len(j.events) != before {
			t.Errorf("on a full disk: %v, %d events more", err, len(j.events)-before)
		}
		broken = nil
		do(t, seat, exec.Attest{Step: "shot", Text: "/shot.png"})
		if d := cmp.Diff([]string{"/shot.png", "/shot.png"}, asked); d != "" {
			t.Errorf("asked for (-want +got):\n%s", d)
		}
		if d := cmp.Diff(exec.Body(exec.StepDone{File: &left}), j.events[len(j.events)-1].Body); d != "" {
			t.Errorf("on record (-want +got):\n%s", d)
		}
		if st := c.State().Step(0); st.File == nil || *st.File != left {
			t.Errorf("the step has %+v", st.File)
		}
	})
}

// What cannot be undone counts as done by hand only once its target is repeated,
// whatever else is asked.
func TestWhatCannotBeUndoneIsConfirmedByHandToo(t *testing.T) {
	book := []byte("playbook: shop\ntitle: Shop\nscenarios:\n  down:\n    title: Down\n    recovery: [{id: unplug, do: Unplug the old primary., effect: final, target: db-1, evidence: text}]\n")
	synctest.Test(t, func(t *testing.T) {
		c, seat, _, _ := conductOn(t, loadBook(t, book), exec.Strict)
		do(t, seat, exec.Begin{})
		for _, i := range []exec.Attest{{Step: "unplug"}, {Step: "unplug", Text: "it is off"}, {Step: "unplug", Text: "it is off", Confirm: "db-2"}} {
			var refused exec.Refusal
			if err := seat.Do(i); !errors.As(err, &refused) || refused.Answer.Ask != exec.ForWord || refused.Answer.Word != "db-1" {
				t.Errorf("%+v: %v", i, err)
			}
		}
		var refused exec.Refusal
		if err := seat.Do(exec.Confirmed(exec.Attest{Step: "unplug"}, "db-1")); !errors.As(err, &refused) || refused.Answer.Ask != exec.ForText {
			t.Errorf("confirmed, without evidence: %v", err)
		}
		if aside := c.State().Next(c.State().Last).Aside; aside != "asks you to type the target" {
			t.Errorf("NEXT says %q", aside)
		}
		do(t, seat, exec.Attest{Step: "unplug", Text: "it is off", Confirm: "db-1"})
		if st := c.State().Step(0); st.Status != exec.Done {
			t.Errorf("the step is %s", st.Status)
		}
	})
}
