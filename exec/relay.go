package exec

import "time"

// A relay is the whole terminal of a person in the hands of the running step.
type relay struct {
	seat  *seat // whose; nil while it is nobody's
	since time.Time
	times int           // that this step had one
	long  time.Duration // altogether
}

// relays notes that a seat's terminal is handed over, or taken back.
func (c *Conductor) relays(s *seat, on bool) {
	switch {
	case on:
		c.takeBack()
		c.relay.seat, c.relay.since = s, time.Now()
		c.perform.Relayed(true)
	case c.relay.seat == s:
		c.takeBack()
	}
}

// takeBack ends what is handed over, if anything is.
func (c *Conductor) takeBack() {
	if c.relay.seat == nil {
		return
	}
	c.relay.times++
	c.relay.long += time.Since(c.relay.since)
	c.relay.seat = nil
	c.perform.Relayed(false)
}

// handedOver tells, once a step has ended, that it had a whole terminal; "" where
// it had none.
func (c *Conductor) handedOver() string {
	c.takeBack()
	had := c.relay
	c.relay = relay{}
	if had.times == 0 {
		return ""
	}
	return "the whole terminal was handed over to it, " + plural(had.times, "time", "times") + ", for " + Long(max(had.long, time.Second).Round(time.Second))
}
