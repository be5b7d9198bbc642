package ui

import "time"

// The times of the guard. Keys that act are swallowed after a change until the
// terminal answered the fence and nobody typed for a while.
const (
	fenceAfter = 50 * time.Millisecond   // sent with the frame it would overtake it
	fenceLimit = 2 * time.Second         // without an answer it is given up
	quietFor   = 400 * time.Millisecond  // so long nobody may have typed
	quietLimit = 1500 * time.Millisecond // but no longer than this
	muteAfter  = 2                       // so many unanswered fences, and none is waited for
)

// A guard keeps a key that was meant for one picture from acting on the next.
//
// The fence is a question that every terminal answers (device attributes), sent
// just after the frame that shows the change. Answers and keys arrive in one
// stream, so keys before the answer were pressed by somebody who had not seen
// that frame, however slow the line is.
type guard struct {
	changed time.Time // when the picture changed
	typed   time.Time // when a key came last
	armed   bool
	fenced  bool // the fence for this picture was sent
	sent    int  // fences ever sent
	got     int  // answers ever received
	mute    int  // fences in a row that stayed unanswered
}

// change disarms: another picture is about to be shown.
func (g guard) change(now time.Time) guard {
	if g.fenced && g.got < g.sent && now.Sub(g.changed) >= fenceLimit {
		g.mute++
	}
	g.changed, g.armed, g.fenced = now, false, false
	return g
}

// fence notes that the question is being sent.
func (g guard) fence() guard {
	g.fenced, g.sent = true, g.sent+1
	return g
}

// answer notes that the terminal answered one.
func (g guard) answer() guard {
	g.got, g.mute = min(g.sent, g.got+1), 0
	return g
}

// key notes that somebody is typing.
func (g guard) key(now time.Time) guard {
	g.typed = now
	return g
}

// look arms when it is time to.
func (g guard) look(now time.Time) guard {
	since := now.Sub(g.changed)
	seen := g.fenced && g.got >= g.sent || since >= fenceLimit || g.mute >= muteAfter
	quiet := now.Sub(g.active()) >= quietFor || since >= quietLimit
	g.armed = g.armed || seen && quiet
	return g
}

func (g guard) active() time.Time {
	if g.typed.After(g.changed) {
		return g.typed
	}
	return g.changed
}

// due is how long from now the guard wants to look again; false when it is
// armed, or waits for nothing but the terminal.
func (g guard) due(now time.Time) (time.Duration, bool) {
	if g.armed {
		return 0, false
	}
	times := []time.Time{g.active().Add(quietFor), g.changed.Add(quietLimit), g.changed.Add(fenceLimit)}
	if !g.fenced {
		times = []time.Time{g.changed.Add(fenceAfter)}
	}
	for _, t := range times {
		if d := t.Sub(now); d > 0 {
			return d, true
		}
	}
	return 0, !g.fenced
}
