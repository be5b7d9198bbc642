package exec

import (
	"context"
	"errors"
	"slices"
	"time"

	"bythebook/runbook"
)

const (
	tick = 50 * time.Millisecond // how often a running step's output is looked at
	// flood is how many lines between two looks nobody can read any more. While
	// so many come, a look a few times a second shows as much, and leaves the
	// machine to the step.
	flood     = 1000
	floodTick = 200 * time.Millisecond
)

// run starts a step. What is opened for it and its beginning are on record
// before its command gets its first byte.
func (c *Conductor) run(by string, i Run) error {
	if c.cancel != nil { // whatever the state says
		return Refusal{no("a step is running")}
	}
	n := c.state.find(i.Step)
	job, err := c.job(c.state.Due(n))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	opened, err := c.perform.Prepare(ctx, job)
	if err != nil {
		cancel()
		return errors.Join(err, c.record(by, i.Step, opened...))
	}
	if err := c.record(by, "", opened...); err != nil {
		cancel()
		return err
	}
	st := c.state.Step(n)
	attempt := st.Tries() + 1
	began := StepBegan{Attempt: attempt, Block: st.Block(), At: st.Terminal(), Command: job.Step.Run, Confirmed: i.Confirm, Condition: c.state.Probing(n)}
	if len(opened) > 0 || job.Step.Opens != "" {
		if job.Setup, err = c.setup(n); err != nil {
			cancel()
			c.cancel = nil
			return err
		}
		began.Setup = idsOf(job.Setup)
	}
	c.cancel, c.shows = cancel, Glimpse{}
	bodies := slices.Concat(c.departedRun(n, i), []Body{began})
	if err := c.record(by, i.Step, bodies...); err != nil {
		cancel()
		c.cancel = nil
		c.unsaved = nil // it never began: nobody was told, nothing started
		c.publish()
		return err
	}
	c.stopped = false
	c.running.Add(1)
	go c.watch(ctx, by, job, attempt) // ends when the performer returns
	return nil
}

// job is what a performer has to know of a step.
func (c *Conductor) job(step runbook.Step) (Job, error) {
	hide, err := c.vault.rules(step.Redact)
	return Job{Step: step, Values: c.vault.fill(c.state.Values), Hide: hide}, err
}

// setup is what is done again for the step at index i, because its terminal is new.
func (c *Conductor) setup(i int) ([]Job, error) {
	var all []Job
	for _, step := range c.state.setUp(i) {
		again, err := c.job(step)
		if err != nil {
			return nil, err
		}
		all = append(all, again)
	}
	return all, nil
}

// watch performs a step, shows its output as it comes and records its end.
func (c *Conductor) watch(ctx context.Context, by string, job Job, attempt int) {
	defer c.running.Done()
	over := make(chan struct{})
	looks := time.AfterFunc(tick, func() { c.look(over) }) // a short step is over before it is due
	r := c.perform.Perform(ctx, job)
	looks.Stop()
	close(over)
	c.finish(by, job, attempt, r)
}

// look shows the seats what the running step prints, until it is over.
func (c *Conductor) look(over <-chan struct{}) {
	next := time.NewTimer(0)
	defer next.Stop()
	for lines := 0; ; {
		select {
		case <-over:
			return
		case <-next.C:
		}
		total, wait := c.peek(over), tick
		if total-lines >= flood {
			wait = floodTick
		}
		lines = total
		next.Reset(wait)
	}
}

// peek shows the seats what the running step printed meanwhile, and returns how
// many lines that is in all.
func (c *Conductor) peek(over <-chan struct{}) (total int) {
	now := c.perform.Tail()
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-over:
		return now.Total // it ended while we looked, and the next one may run already
	default:
	}
	drawn := now.Screen
	now.Lines, now.Screen = c.vault.hideAll(now.Lines), c.vault.hideOn(drawn)
	if now.Total == c.shows.Total && now.Waiting == c.shows.Waiting && drawn == c.drawn && slices.Equal(now.Lines, c.shows.Lines) {
		return now.Total
	}
	c.shows, c.drawn = now, drawn
	c.publish()
	return now.Total
}

// finish records how an attempt ended.
func (c *Conductor) finish(by string, job Job, attempt int, r Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
	c.cancel = nil
	c.vault.keep(r.Captured)
	c.shows = Glimpse{Lines: c.vault.hideAll(r.Output.Ending()), Total: r.Output.Lines}
	if told := c.handedOver(); told != "" {
		r.Notices = append(r.Notices, told)
	}
	if c.left {
		return // the record says that it began; how it ended is for a person to say
	}
	r.Attempt, r.Stopped = attempt, c.stopped
	r.Survivors = slices.DeleteFunc(r.Survivors, c.state.told) // in another terminal, where it can't be told whose they are
	r.Survivors = c.state.discreet(r.Survivors)
	if r.Opened != nil {
		_ = c.record(by, "", *r.Opened)
	}
	var bodies []Body
	for _, v := range r.Captured {
		bodies = append(bodies, v)
	}
	if r.Point != nil {
		bodies = append(bodies, *r.Point)
	}
	_ = c.record(by, job.Step.ID, append(bodies, r.StepEnded)...) // shown to every seat, and tried again
	if r.Lost != nil {
		_ = c.record(by, "", *r.Lost)
	}
	if h := c.halted; h != nil {
		_ = c.record(h.by, "", c.ended(Aborted, h.reason))
	}
}
