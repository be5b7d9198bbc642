package lab

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// linger is how long a bookstore lives with nobody there.
const linger = time.Hour

// supervise is the supervisor's whole life. Its arguments are DIR SELF PACE
// OWNER LINGER. It says on stdout how its start went: ready, busy, or what
// failed.
func supervise(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) != 5 {
		fmt.Fprintln(stderr, "bythebook lab supervise: not meant to be started by hand")
		return 2
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer stop()
	f := folder(args[0])
	lock, err := f.lock()
	if errors.Is(err, errLocked) {
		fmt.Fprintln(stdout, busy)
		return 1
	}
	if err != nil {
		fmt.Fprintln(stdout, failed, err)
		return 1
	}
	defer lock.Close()
	if err := serve(ctx, f, args[1:], func() { fmt.Fprintln(stdout, ready) }); err != nil {
		fmt.Fprintln(stdout, failed, err)
		return 1
	}
	return 0
}

// serve builds the bookstore in a folder whose lock is held, answers its
// controls until it is told to stop, and leaves nothing but the lock.
func serve(ctx context.Context, f folder, args []string, started func()) error {
	p, err := parsePace(args[1])
	if err != nil {
		return err
	}
	quiet, err := time.ParseDuration(args[3])
	if err != nil {
		return fmt.Errorf("how long to linger: %w", err)
	}
	born, err := bornAt(os.Getpid())
	if err != nil {
		return err
	}
	if err := f.clear(); err != nil {
		return err
	}
	defer f.clear()
	n := note{PID: os.Getpid(), Born: born, Owner: args[2], Since: time.Now().UTC(), Pace: p, Token: rand.Text()}
	if err := f.write(n); err != nil {
		return err
	}
	if err := f.install(args[0]); err != nil {
		return err
	}
	journal, err := os.OpenFile(f.path(logName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the lab's log: %w", err)
	}
	defer journal.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b, err := build(ctx, f, p, journal)
	if err != nil {
		return err
	}
	defer b.stop()
	defer cancel() // before stop, so that nothing starts after it
	return answer(ctx, cancel, b, n, quiet, started)
}

// answer serves controls until ctx ends.
func answer(ctx context.Context, cancel func(), b *bookstore, n note, quiet time.Duration, started func()) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for controls: %w", err)
	}
	n.Control, n.Env = listener.Addr().String(), b.env()
	c := &controls{ctx: ctx, stop: cancel, store: b, note: n, quiet: quiet, timer: time.AfterFunc(quiet, cancel)}
	defer c.timer.Stop()
	server := &http.Server{Handler: c, ReadHeaderTimeout: patience, ErrorLog: log.New(b.log, "", log.LstdFlags)}
	go server.Serve(listener) // ends at Close below
	defer server.Close()
	if err := b.folder.write(n); err != nil {
		return err
	}
	started()
	<-ctx.Done()
	return nil
}

// controls answers the owner and the commands of one bookstore.
type controls struct {
	ctx   context.Context
	stop  func()
	store *bookstore
	note  note
	quiet time.Duration // lives so long with nobody there

	mu     sync.Mutex
	owners int         // connections of the owner
	timer  *time.Timer // runs while there are none
}

// The controls' paths.
const (
	ownPath  = "/own"  // a connection for as long as the owner is there
	doPath   = "/do"   // one order
	stopPath = "/stop" // the end
)

// ServeHTTP answers only who knows the token.
func (c *controls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token := []byte(r.Header.Get("Authorization"))
	if subtle.ConstantTimeCompare(token, []byte(c.note.Token)) != 1 {
		http.Error(w, "not yours", http.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case ownPath:
		c.own(w, r)
	case doPath:
		c.do(w, r)
	case stopPath:
		w.WriteHeader(http.StatusNoContent)
		c.stop()
	default:
		http.NotFound(w, r)
	}
}

// own stays connected for as long as the owner does; to anybody else it says
// whose the bookstore is, and whether that one is there.
func (c *controls) own(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("owner") != c.note.Owner {
		c.mu.Lock()
		present := c.owners > 0
		c.mu.Unlock()
		reply(w, http.StatusConflict, Busy{Owner: c.note.Owner, Since: c.note.Since, Present: present})
		return
	}
	c.come(1)
	defer c.come(-1)
	w.WriteHeader(http.StatusOK)
	http.NewResponseController(w).Flush()
	select {
	case <-r.Context().Done(): // the owner left, or was killed
	case <-c.ctx.Done():
	}
}

// come counts the owner's connections, and starts the time of nobody there
// anew where none is left.
func (c *controls) come(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owners += n
	c.timer.Stop()
	if c.owners == 0 && c.ctx.Err() == nil {
		c.timer.Reset(c.quiet)
	}
}

// An order is one command for the bookstore, and a result what came of it.
type order struct {
	Name string   `json:"name"`
	Args []string `json:"args"`
}

type result struct {
	Out    string `json:"out"`
	Err    string `json:"err,omitempty"`
	Status int    `json:"status"` // exit status
}

func (c *controls) do(w http.ResponseWriter, r *http.Request) {
	c.come(1)
	defer c.come(-1)
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || orders[o.Name] == nil {
		http.Error(w, "no such order", http.StatusBadRequest)
		return
	}
	out, err := orders[o.Name](c.store, o.Args)
	if err != nil {
		reply(w, http.StatusOK, result{Out: out, Err: err.Error(), Status: 1})
		return
	}
	reply(w, http.StatusOK, result{Out: out})
}
