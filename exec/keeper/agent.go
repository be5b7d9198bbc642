package keeper

import (
	"os"
	"path/filepath"
)

// agentLink is the link in an exercise's folder that leads to an SSH agent.
const agentLink = "agent.socket"

// Agent is where the steps of the exercise in dir find an SSH agent as long as a
// keeper has it: a link that leads to the agent of whoever has, or had last, the
// pen. An agent that came over somebody's line goes with that line; that of the
// line on which they come back is found under the same name. It is "" where
// whoever starts the keeper has none, so that steps have none, and where a link
// can't be made, so that theirs is found only while its line holds.
func Agent(dir, socket string) string {
	link := filepath.Join(dir, agentLink)
	if socket == "" || len(link) > maxPath || lead(dir, socket) != nil {
		return ""
	}
	return link
}

// lead makes the link of the exercise in dir lead to an agent's socket. Whoever
// uses the link at that moment finds the old one or the new one.
func lead(dir, socket string) error {
	link := filepath.Join(dir, agentLink)
	if socket == link { // somebody sits inside of a step's own environment
		return nil
	}
	next := link + ".next"
	_ = os.Remove(next) // of a keeper that was killed here
	if err := os.Symlink(socket, next); err != nil {
		return err
	}
	return os.Rename(next, link)
}
