package keeper

import (
	"sync"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
)

// An Onlooker is a seat at an exercise that no keeper has whom it could ask: the
// keeper has died, the exercise has none, or it goes on at another machine that
// shares its folder. It sees what is on record, as that grows; nothing reaches
// the exercise from it.
type Onlooker struct {
	record  *journal.Follower
	updates chan exec.Update
	leaves  chan struct{} // closed by Leave
	gone    chan struct{} // closed when run has ended

	mu  sync.Mutex // now is shared
	now exec.Update
}

// reads is the pen as an onlooker sees it.
var reads = exec.Pen{Away: true, Looks: true, Reads: true}

// LookOn sits down before the record in the folder dir. begin folds the events
// that are there by now, and tells since when nobody records more, where that is
// known. It sits there until Leave.
func LookOn(dir string, begin func([]exec.Event) (s exec.State, gone time.Time, err error)) (*Onlooker, error) {
	record, err := journal.Follow(dir)
	if err != nil {
		return nil, err
	}
	o := &Onlooker{record: record, updates: make(chan exec.Update, 1), leaves: make(chan struct{}), gone: make(chan struct{})}
	events, err := record.Next()
	if err == nil {
		o.now.State, o.now.Gone, err = begin(events)
	}
	if err != nil {
		record.Close()
		return nil, err
	}
	o.now.Pen = reads
	o.show()
	go o.run() // ends with leaves
	return o, nil
}

// Watch tells what is new on record.
func (o *Onlooker) Watch() <-chan exec.Update { return o.updates }

// Do refuses: there is nobody to ask.
func (o *Onlooker) Do(i exec.Intent) error { return exec.Refusal{Answer: reads.Allow(i)} }

// State is the newest state that was seen.
func (o *Onlooker) State() exec.State {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now.State
}

// Leave gets up, and returns what was seen last.
func (o *Onlooker) Leave() (exec.State, error) {
	close(o.leaves)
	<-o.gone
	return o.State(), o.record.Close()
}

// run looks at the record from time to time.
func (o *Onlooker) run() {
	defer close(o.gone)
	look := time.NewTicker(poll)
	defer look.Stop()
	for {
		select {
		case <-o.leaves:
			return
		case <-look.C:
			o.read()
			o.show()
		}
	}
}

// read folds what was added to the record.
func (o *Onlooker) read() {
	events, err := o.record.Next()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now.Err = err
	for _, e := range events {
		o.now.State = exec.Apply(o.now.State, e)
		if _, resumed := e.Body.(exec.Resumed); resumed {
			o.now.Gone = time.Time{}
		}
	}
}

// show shows the newest; what was not looked at yet makes room.
func (o *Onlooker) show() {
	select {
	case <-o.updates:
	default:
	}
	o.updates <- o.now // only run changes it
}
