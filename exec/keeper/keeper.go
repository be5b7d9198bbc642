package keeper

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bythebook/exec"
)

// Alone is how long a keeper stays where nothing runs and nobody is there.
const Alone = 12 * time.Hour

// maxSeats is how many screens may be at one exercise.
const maxSeats = 64

// ErrAlone is that nobody has come back for so long that the keeper goes. The
// exercise can be resumed.
var ErrAlone = errors.New("nobody has come back to the exercise")

// ErrMoved is that the exercise's folder was taken away, perhaps with another put
// in its place: nothing can be recorded there any more.
var ErrMoved = errors.New("the folder of the exercise is gone, or another one is in its place")

// beat is how often a keeper looks whether it is still needed, and reachable.
const beat = 5 * time.Second

// A Keeper lets screens sit at an exercise that it conducts.
type Keeper struct {
	c      *exec.Conductor
	dir    string
	held   *os.File               // dir, open: so no other folder gets its number
	here   os.FileInfo            // of it
	folder func() (string, error) // where sockets are; it may change
	in     *net.UnixListener
	path   string // of the socket
	info   os.FileInfo

	turn sync.Mutex // one intent at a time, and no change of the pen meanwhile

	mu    sync.Mutex
	conns map[net.Conn]bool // nil once it is closed
	seats map[*place]bool
	pen   *place // nil: nobody has it
	stirs bool   // somebody was there since the last beat

	serving sync.WaitGroup
}

// Open lets screens sit down at the exercise in the folder dir, through a socket
// in the folder that is named. Only who holds the exercise's record may call it:
// a socket that is there already is then of a keeper that has died. It serves
// until Close.
func Open(dir string, folder func() (string, error), c *exec.Conductor) (*Keeper, error) {
	k := &Keeper{c: c, dir: dir, folder: folder, conns: map[net.Conn]bool{}, seats: map[*place]bool{}}
	var err error
	if k.held, err = os.Open(dir); err != nil {
		return nil, err
	}
	if k.here, err = k.held.Stat(); err == nil {
		err = k.listen()
	}
	if err != nil {
		k.held.Close()
	}
	return k, err
}

// listen makes the socket, and takes in whoever comes to it.
func (k *Keeper) listen() error {
	folder, err := k.folder()
	if err != nil {
		return err
	}
	path := socket(folder, k.dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("take away an old socket: %w", err)
	}
	in, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return fmt.Errorf("open the keeper's socket: %w", err)
	}
	err = os.Chmod(path, 0o600)
	if err == nil {
		k.info, err = os.Lstat(path)
	}
	if err == nil {
		err = leaveNote(k.dir, path)
	}
	if err != nil {
		in.Close()
		return err
	}
	k.in, k.path = in, path
	k.serving.Add(1)
	go k.receive(in) // ends when in is closed
	return nil
}

// reach makes the socket anew where it has gone: folders for such things are
// emptied when a user's last session ends, and that is when one is needed. Where
// that fails it is tried again with the next beat.
func (k *Keeper) reach() {
	if info, err := os.Lstat(k.path); err == nil && os.SameFile(info, k.info) {
		return
	}
	k.shut()
	_ = k.listen()
}

// shut stops listening, and takes the socket away where it is still this one's.
func (k *Keeper) shut() error {
	info, err := os.Lstat(k.path)
	k.in.SetUnlinkOnClose(err == nil && os.SameFile(info, k.info))
	return k.in.Close()
}

// home reports whether the exercise's folder is the one that it was. Whoever
// clears up may have taken it away; the next exercise can have one of the same
// name, with a keeper of its own.
func (k *Keeper) home() bool {
	now, err := os.Stat(k.dir)
	return err == nil && os.SameFile(now, k.here) || err != nil && !errors.Is(err, os.ErrNotExist)
}

// Keep returns when the exercise has ended, when ctx is done, with ErrAlone when
// nothing ran and nobody was there for as long as alone, with ErrMoved when nothing
// runs and the exercise's folder is gone, and when nothing can be recorded any
// more: then only another process can go on.
func (k *Keeper) Keep(ctx context.Context, alone time.Duration) error {
	look := time.NewTicker(beat)
	defer look.Stop()
	return k.keep(ctx, look.C, alone)
}

// keep counts beats, and asks no clock: a machine that sleeps has none, and one
// whose clock is set has no more of them.
func (k *Keeper) keep(ctx context.Context, beats <-chan time.Time, alone time.Duration) error {
	quiet := time.Duration(0)
	for {
		select {
		case <-k.c.Over():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-beats:
			if err := k.c.Stopped(); err != nil {
				return err
			}
			if quiet += beat; k.needed() {
				quiet = 0
			}
			switch {
			case quiet >= alone:
				return ErrAlone
			case k.home():
				k.reach()
			case k.c.State().Running() < 0:
				return ErrMoved
			}
		}
	}
}

// needed reports whether something runs, or somebody was there since it was asked
// last.
func (k *Keeper) needed() bool {
	busy := k.c.State().Running() >= 0
	k.mu.Lock()
	defer k.mu.Unlock()
	stirs := k.stirs
	k.stirs = false
	return busy || stirs || len(k.seats) > 0
}

// Close sends everybody away and takes the socket, its note and the agent's link
// away. It returns when nobody is served any more.
func (k *Keeper) Close() error {
	err := k.shut()
	if errors.Is(err, net.ErrClosed) { // it had gone, and could not be made again
		err = nil
	}
	if k.home() {
		err = errors.Join(err, k.clear())
	}
	k.held.Close()
	k.mu.Lock()
	for conn := range k.conns {
		conn.Close()
	}
	k.conns = nil
	k.mu.Unlock()
	k.serving.Wait()
	return err
}

// clear takes out of the exercise's folder what a keeper leaves there.
func (k *Keeper) clear() (err error) {
	for _, name := range []string{note, agentLink} {
		if e := os.Remove(filepath.Join(k.dir, name)); !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// receive takes in whoever comes.
func (k *Keeper) receive(in *net.UnixListener) {
	defer k.serving.Done()
	for {
		conn, err := in.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, say: the next one may have more luck
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if k.admit(conn) {
			k.serving.Add(1)
			go k.serve(conn) // ends with the connection
		}
	}
}

// admit takes note of who comes, as long as there is room.
func (k *Keeper) admit(conn net.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.conns == nil:
		conn.Close()
		return false
	case len(k.conns) >= maxSeats:
		_ = say(conn, word{Failed: "there is no room for another screen"}, maxWord) // a new socket takes that at once
		conn.Close()
		return false
	}
	k.conns[conn] = true
	return true
}

// dismiss ends a connection.
func (k *Keeper) dismiss(conn net.Conn) {
	conn.Close()
	k.mu.Lock()
	delete(k.conns, conn)
	k.mu.Unlock()
}

// serve is one screen's life, as the keeper sees it. Whoever says what is not
// meant is sent away.
func (k *Keeper) serve(conn *net.UnixConn) {
	defer k.serving.Done()
	defer k.dismiss(conn)
	if ours(conn) != nil {
		return
	}
	in := bufio.NewReaderSize(conn, maxAsk)
	var h hello
	_ = conn.SetReadDeadline(time.Now().Add(patient))
	err := hear(in, &h)
	if err != nil || h.Version != protocol || h.Name == "" || len(h.Name) > maxName {
		_ = say(conn, word{Failed: "its keeper does not understand this screen: it may be of another version of this program"}, maxWord)
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	p := &place{k: k, conn: conn, name: h.Name, looks: h.Looks, agent: h.Agent, nudge: make(chan struct{}, 1), answers: make(chan word)}
	k.sit(p)
	defer k.rise(p)
	gone := make(chan struct{})
	told := make(chan struct{})
	go func() { // ends with gone, or when the screen does not listen
		defer close(told)
		defer conn.Close()
		p.tell(gone)
	}()
	p.listen(in, told)
	close(gone)
	conn.Close()
	<-told
}

// sit gives somebody a place, and the pen where nobody has it. That somebody
// else acts now than before is recorded.
func (k *Keeper) sit(p *place) {
	k.turn.Lock()
	defer k.turn.Unlock()
	p.seat = k.c.Seat(p.name)
	k.mu.Lock()
	k.seats[p] = true
	free := k.pen == nil && !p.looks
	if free {
		k.hand(p)
	}
	k.mu.Unlock()
	if s := k.c.State(); free && s.Ended == nil && s.Operator != p.name {
		_ = p.seat.Do(exec.Take{}) // every seat sees where it can't be recorded, and it is tried again
	}
	k.nudge()
}

// rise takes somebody's place away, and the pen with it.
func (k *Keeper) rise(p *place) {
	k.mu.Lock()
	delete(k.seats, p)
	if k.pen == p {
		k.hand(k.other(p))
	}
	k.stirs = true
	k.mu.Unlock()
	k.c.Vacate(p.seat)
	k.nudge()
}

// hand gives somebody the pen, or nobody, and steps the SSH agent that goes with
// it. Where that can't be done the step that wants one will say so.
func (k *Keeper) hand(p *place) {
	k.pen = p
	if _, err := os.Lstat(filepath.Join(k.dir, agentLink)); err == nil && p != nil && p.agent != "" {
		_ = lead(k.dir, p.agent)
	}
}

// other is a seat of the same person that can have the pen, nil where there is
// none: whose screen died, and who sat down again before that was noticed.
func (k *Keeper) other(p *place) *place {
	for q := range k.seats {
		if q.name == p.name && !q.looks {
			return q
		}
	}
	return nil
}

// nudge has every seat told anew who has the pen.
func (k *Keeper) nudge() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for p := range k.seats {
		select {
		case p.nudge <- struct{}{}:
		default: // it was nudged already
		}
	}
}

// penOf is the pen as somebody sees it.
func (k *Keeper) penOf(p *place) exec.Pen {
	k.mu.Lock()
	defer k.mu.Unlock()
	pen := exec.Pen{Away: k.pen != p, Looks: p.looks}
	if pen.Away && k.pen != nil {
		pen.With = k.pen.name
	}
	return pen
}

// do carries out what somebody wants, if it may come from there.
func (k *Keeper) do(p *place, i exec.Intent) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	if a := k.penOf(p).Allow(i); a.Verdict != exec.Allowed {
		return exec.Refusal{Answer: a}
	}
	if err := p.seat.Do(i); err != nil {
		return err
	}
	if _, taken := i.(exec.Take); taken {
		k.mu.Lock()
		k.hand(p)
		k.mu.Unlock()
		k.nudge()
	}
	return nil
}

// A place is one screen's, as the keeper sees it.
type place struct {
	k       *Keeper
	conn    net.Conn
	name    string
	looks   bool
	agent   string // the socket of its SSH agent, "" where it has none
	seat    exec.Seat
	nudge   chan struct{} // something but the seat's view has changed
	answers chan word
}

// listen takes what the screen wants, one thing after the other, until it goes,
// says what is not meant, or does not listen any more.
func (p *place) listen(in *bufio.Reader, deaf <-chan struct{}) {
	for {
		var a ask
		if err := hear(in, &a); err != nil {
			return
		}
		i, err := a.intent()
		if err != nil || a.N == 0 {
			return
		}
		w := told(a.N, p.k.do(p, i))
		w.Events = p.k.c.State().Events
		select {
		case p.answers <- w:
		case <-deaf:
			return
		}
	}
}

// tell tells the screen what is new, and answers, until it is gone. It tells
// only the newest: a slow screen misses some, and holds nobody up.
func (p *place) tell(gone <-chan struct{}) {
	u := exec.Update{State: p.k.c.State()}
	for {
		var w word
		select {
		case <-gone:
			return
		case w = <-p.answers:
		case u = <-p.seat.Watch():
			u.Pen = p.k.penOf(p)
			w = word{Events: u.State.Events, New: newsOf(u)}
		case <-p.nudge:
			u.Pen = p.k.penOf(p)
			w = word{Events: u.State.Events, New: newsOf(u)}
		}
		if say(p.conn, w, maxWord) != nil {
			return
		}
	}
}
