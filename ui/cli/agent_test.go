package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// agent is an SSH agent with one key of that name.
func agent(t *testing.T, dir, name string) (socket string, end func()) {
	t.Helper()
	socket, key := filepath.Join(dir, name+".socket"), filepath.Join(dir, name)
	cmd := exec.Command("ssh-agent", "-D", "-a", socket)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() { _, _ = cmd.Process.Kill(), cmd.Wait(); _ = os.Remove(socket) }
	t.Cleanup(end)
	appears(t, socket)
	for _, words := range [][]string{{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key}, {"ssh-add", "-q", key}} {
		add := exec.Command(words[0], words[1:]...)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v, %s", words[0], err, out)
		}
	}
	return socket, end
}

// TestAgentComesBack: the agent that came with a line goes with it; on the line on
// which somebody comes back there is another one, and the same terminal finds it.
func TestAgentComesBack(t *testing.T) {
	need(t, "bash", "ssh-agent", "ssh-add", "ssh-keygen")
	home := keptHome(t)
	before, lost := agent(t, home, "before")
	after, _ := agent(t, home, "after")
	book := write(t, "agent.yaml", `playbook: agent
title: Agent
scenarios:
  s:
    title: S
    recovery:
      - {id: first, do: See the key., run: ssh-add -l, expect: {contains: [before]}, effect: read}
      - {id: second, do: See the other key., run: ssh-add -l, expect: {contains: [after]}, effect: read}
`)
	t.Setenv("SSH_AUTH_SOCK", before)
	x := atTerminal(t, "dumb", home, "run", book)
	x.until("type begin")
	x.line("begin")
	x.until("type run")
	x.line("run")
	x.until("Step 1 passed")
	x.hangUp()
	lost()
	t.Setenv("SSH_AUTH_SOCK", after)
	back := atTerminal(t, "dumb", home, "resume")
	back.until("Step 2 of 2")
	back.line("run")
	back.until("type finish")
	back.line("finish")
	if got := back.status(); got != 0 || !strings.Contains(back.printed(), "Step 2 passed") {
		t.Errorf("it ends with %d:\n%s", got, back.printed())
	}
	gone(t, keeperOf(record(t, home)))
	if _, err := os.Lstat(filepath.Join(home, "exercises", today()+"-1", "agent.socket")); !os.IsNotExist(err) {
		t.Errorf("the link is still there: %v", err)
	}
}
