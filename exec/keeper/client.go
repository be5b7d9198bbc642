package keeper

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"bythebook/exec"
	"bythebook/exec/journal"
)

// What a screen may have to hear.
var (
	ErrNone = errors.New("no keeper has this exercise")
	ErrGone = errors.New("the keeper of this exercise is gone; resume it to go on")
)

// poll is how often a screen looks at the record by itself.
const poll = time.Second

// Who sits down.
type Who struct {
	Name  string // who acts; it is recorded
	Looks bool   // only looks on, and never has the pen
	Agent string // the socket of its SSH agent, which steps use while it has the pen; "" for none
}

// A Client is a seat at an exercise that a keeper has. It sees what the record
// tells, as everybody does; only what is not on record comes from the keeper.
// When the keeper is gone, it goes on as an Onlooker does: somebody may resume
// the exercise elsewhere.
type Client struct {
	conn    net.Conn
	record  *journal.Follower
	words   chan word
	updates chan exec.Update
	gone    chan struct{} // closed when the keeper is
	leaves  chan struct{} // closed by Leave
	over    chan struct{} // closed when run has ended
	now     exec.Update   // what was shown last; run's own, with the two below
	trouble error         // what the keeper has with writing the record
	unread  error         // what this client has with reading it

	saying sync.Mutex // one asks at a time
	n      uint64     // of the newest ask

	mu    sync.Mutex // what follows is shared
	asked map[uint64]chan error
	state exec.State
}

// Dial sits down at the exercise in the folder dir, or fails with ErrNone where
// no keeper has it. begin folds the events that are on record by now.
func Dial(dir string, who Who, begin func([]exec.Event) (exec.State, error)) (*Client, error) {
	conn, err := connect(dir)
	if err != nil {
		return nil, err
	}
	record, err := journal.Follow(dir)
	if err != nil {
		conn.Close()
		return nil, err
	}
	c := &Client{
		conn: conn, record: record, words: make(chan word), updates: make(chan exec.Update, 1),
		gone: make(chan struct{}), leaves: make(chan struct{}), over: make(chan struct{}), asked: map[uint64]chan error{},
	}
	events, err := record.Next()
	if err == nil {
		c.now.State, err = begin(events)
	}
	in, first := bufio.NewReaderSize(conn, maxWord), word{}
	if err == nil {
		first, err = greet(conn, in, who)
	}
	if err != nil {
		conn.Close()
		record.Close()
		return nil, fmt.Errorf("sit down at the exercise: %w", err)
	}
	c.take(first)
	go c.hear(in) // ends with the connection
	go c.run()    // ends with Leave
	return c, nil
}

// greet says who sits down, and hears the keeper's first word. One that goes at
// this moment says none.
func greet(conn net.Conn, in *bufio.Reader, who Who) (first word, err error) {
	_ = say(conn, hello{Version: protocol, Name: who.Name, Looks: who.Looks, Agent: who.Agent}, maxAsk) // one that went has perhaps said why
	if err := conn.SetReadDeadline(time.Now().Add(patient)); err != nil {
		return first, err
	}
	switch err := hear(in, &first); {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return first, errors.New("its keeper does not answer")
	case err != nil:
		return first, ErrNone
	case first.err() != nil:
		return first, first.err()
	}
	return first, conn.SetReadDeadline(time.Time{})
}

// connect finds the keeper, and is sure that it is ours.
func connect(dir string) (*net.UnixConn, error) {
	path, err := readNote(dir)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("reach the keeper: %w", err)
	}
	if err := ours(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("reach the keeper: %w", err)
	}
	return conn, nil
}

// Watch tells what is new, also that the keeper is gone, and what comes on
// record after that.
func (c *Client) Watch() <-chan exec.Update { return c.updates }

// State is the newest state that was seen.
func (c *Client) State() exec.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Do has an intent carried out. When it returns, Watch has what that changed.
func (c *Client) Do(i exec.Intent) error {
	answer, err := c.ask(i)
	if err != nil {
		return err
	}
	select {
	case err := <-answer:
		return err
	case <-c.gone:
	}
	select {
	case err := <-answer: // it was the last thing that the keeper said
		return err
	default:
		return ErrGone
	}
}

// ask sends an intent and returns where its answer will be.
func (c *Client) ask(i exec.Intent) (<-chan error, error) {
	c.saying.Lock()
	defer c.saying.Unlock()
	c.n++
	a, err := packed(c.n, i)
	if err != nil {
		return nil, err
	}
	answer := c.await(c.n)
	switch err := say(c.conn, a, maxAsk); {
	case errors.Is(err, errUnfit):
		return nil, fmt.Errorf("that is longer than the %d bytes that may be said at once", maxAsk)
	case err != nil:
		c.conn.Close() // half of it may have got through
		return nil, ErrGone
	}
	return answer, nil
}

// await is where the answer to an ask will be.
func (c *Client) await(n uint64) <-chan error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[n] = make(chan error, 1)
	return c.asked[n]
}

// Leave gets up, and returns what was seen last, with ErrGone where the keeper
// has gone before and nobody has resumed the exercise since, and with ErrStopped
// where it could not go on recording. An exercise that has ended is left only
// when the keeper has put everything away.
func (c *Client) Leave() (exec.State, error) {
	if s := c.State(); s.Ended != nil {
		<-c.gone
		c.rise()
		return s, nil
	}
	var err error
	select {
	case <-c.gone:
		err = ErrGone
	default:
	}
	if c.rise(); c.now.Gone.IsZero() {
		err = nil
	}
	if errors.Is(c.trouble, exec.ErrStopped) { // then its keeper goes as well
		err = errors.Join(c.trouble, err)
	}
	return c.State(), err
}

// rise gets up, and waits until nothing of this seat runs.
func (c *Client) rise() {
	c.conn.Close()
	<-c.gone // till then run hears what was said already
	close(c.leaves)
	<-c.over
}

// hear passes on what the keeper says until it is gone.
func (c *Client) hear(in *bufio.Reader) {
	defer close(c.words)
	for {
		var w word
		if err := hear(in, &w); err != nil {
			return
		}
		c.words <- w
	}
}

// run keeps what is shown up to date.
func (c *Client) run() {
	defer close(c.over)
	defer c.record.Close()
	look, words := time.NewTicker(poll), c.words
	defer look.Stop()
	for {
		select {
		case w, more := <-words:
			if more {
				c.take(w)
				continue
			}
			words = nil
			c.lose()
		case <-c.leaves:
			return
		case <-look.C:
			c.read()
			c.show()
		}
	}
}

// take takes in one word. The record is read first: what the word tells of is
// there. What it says of the output is past if the record is ahead of it.
func (c *Client) take(w word) {
	if w.Events > c.now.State.Events {
		c.read()
	}
	if w.New != nil {
		c.hears(*w.New, w.Events >= c.now.State.Events)
	}
	c.show()
	if w.N > 0 {
		c.mu.Lock()
		answer := c.asked[w.N]
		delete(c.asked, w.N)
		c.mu.Unlock()
		if answer != nil {
			answer <- w.err()
		}
	}
}

// hears takes in what the record does not tell. Of the output only what is not
// past.
func (c *Client) hears(n news, fresh bool) {
	c.now.Pen, c.trouble = n.Pen, nil
	if n.Trouble != "" {
		c.trouble = unwritten{n.Trouble, n.Stop}
	}
	if fresh {
		c.now.Output, c.now.Lines, c.now.Waiting, c.now.Screen = n.Output, n.Lines, n.Waiting, n.Screen
	}
}

// read folds what was added to the record. With a step that begins or ends,
// what was printed before it is no longer to be shown.
func (c *Client) read() {
	var events []exec.Event
	events, c.unread = c.record.Next()
	for _, e := range events {
		c.now.State = exec.Apply(c.now.State, e)
		switch e.Body.(type) {
		case exec.StepBegan, exec.StepEnded:
			c.now.Output, c.now.Lines, c.now.Waiting, c.now.Screen = nil, 0, "", nil
		case exec.Resumed: // somebody records it again
			c.now.Gone = time.Time{}
		}
	}
}

// show shows the newest; what was not looked at yet makes room.
func (c *Client) show() {
	c.now.Err = cmp.Or(c.trouble, c.unread)
	c.mu.Lock()
	c.state = c.now.State
	c.mu.Unlock()
	select {
	case <-c.updates:
	default:
	}
	c.updates <- c.now
}

// lose shows that the keeper is gone, and what the record says at last. An
// exercise that has ended needs none.
func (c *Client) lose() {
	defer close(c.gone)
	c.now.Pen, c.now.Gone, c.now.Waiting, c.now.Screen = reads, time.Now(), "", nil
	c.read()
	if c.now.State.Ended != nil {
		c.now.Gone = time.Time{}
	}
	c.show()
}
