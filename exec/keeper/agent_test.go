package keeper

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bythebook/exec"
)

// leads is where the link to an agent leads, "" where there is none.
func (w *world) leads() string {
	to, _ := os.Readlink(filepath.Join(w.dir, agentLink))
	return to
}

// withAgent sits down with an SSH agent.
func (w *world) withAgent(name, socket string, looks bool) *Client {
	w.t.Helper()
	c, err := Dial(w.dir, Who{Name: name, Looks: looks, Agent: socket}, func(e []exec.Event) (exec.State, error) { return exec.Replay(book(), e), nil })
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.up)
	return c
}

// TestAgent: steps have the agent of whoever has the pen, and of the line on which
// somebody came back; nobody else's, and none that comes where there was none.
func TestAgent(t *testing.T) {
	w := open(t)
	link := Agent(w.dir, "/first")
	if link != filepath.Join(w.dir, agentLink) || w.leads() != "/first" {
		t.Fatalf("the link is %q and leads to %q", link, w.leads())
	}
	see := func(want string) {
		t.Helper()
		eventually(t, "the agent "+want, func() bool { return w.leads() == want })
	}
	first := w.withAgent("bob", "/first", false)
	first.conn.Close()
	eventually(t, "an empty room", func() bool { return w.seats() == 0 })
	see("/first")
	w.withAgent("kim", "/watcher", true)
	bob := w.withAgent("bob", "/second", false)
	see("/second")
	sara := w.withAgent("sara", "/third", false)
	see("/second")
	w.do(sara, exec.Take{})
	see("/third")
	w.do(bob, exec.Take{})
	see("/second")
	none := w.withAgent("sara", "", false)
	w.do(none, exec.Take{})
	see("/second")
	w.do(w.withAgent("bob", link, false), exec.Take{}) // started inside of a step
	see("/second")

	for name, tt := range map[string]struct{ dir, socket string }{"none": {w.dir, ""}, "too long": {filepath.Join(w.dir, strings.Repeat("x", maxPath)), "/x"}, "no folder": {w.dir + "-gone", "/x"}} {
		if got := Agent(tt.dir, tt.socket); got != "" {
			t.Errorf("%s: the link is %q", name, got)
		}
	}
}

// TestNoAgent: where whoever began had no agent, nobody brings one into the steps.
func TestNoAgent(t *testing.T) {
	w := open(t)
	c := w.withAgent("bob", "/x", false)
	w.do(c, exec.Remark{Text: "x"})
	if got := w.leads(); got != "" {
		t.Errorf("the link leads to %s", got)
	}
}
