package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A Lab is a running practice bookstore, as its owner holds it.
type Lab struct {
	folder  folder
	note    note
	fresh   bool
	holding io.Closer // the connection that says that the owner is there
}

// Sentinels of this package.
var (
	ErrBusy = errors.New("the practice bookstore is in use")      // the error is a Busy that names who has it
	ErrDown = errors.New("the practice bookstore is not running") // no supervisor holds its folder
)

// Busy says who has the practice bookstore.
type Busy struct {
	Owner   string    `json:"owner"`   // as given to Up
	Since   time.Time `json:"since"`   // when it was started
	Present bool      `json:"present"` // the owner is connected now; if not, it may still be resumed
}

func (b Busy) Error() string {
	text := fmt.Sprintf("%v by %s since %s", ErrBusy, b.Owner, b.Since.Local().Format("15:04"))
	if !b.Present {
		text += ", which is not there now and can be resumed"
	}
	return text
}

// Is makes every Busy an ErrBusy.
func (b Busy) Is(target error) bool { return target == ErrBusy }

// Up gives owner (an exercise's id) the practice bookstore in dir: the one it
// has already, or a new one at that pace (1 is as documented, 0 without
// delays) made from the program self. Where another owner has it, the error is
// a Busy. Ctx bounds the start only.
func Up(ctx context.Context, dir, self string, pace float64, owner string) (*Lab, error) {
	return up(ctx, settings{dir: dir, self: self, pace: fmt.Sprint(pace), owner: owner, quiet: linger})
}

// settings are what a supervisor is started with.
type settings struct {
	dir, self, pace, owner string
	quiet                  time.Duration // how long it lives with nobody there
}

func up(ctx context.Context, s settings) (*Lab, error) {
	if _, err := parsePace(s.pace); err != nil {
		return nil, err
	}
	// The supervisor works in its folder, where a relative path means another.
	var err error
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return nil, fmt.Errorf("find the lab's folder: %w", err)
	}
	if s.self, err = filepath.Abs(s.self); err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	f := folder(s.dir)
	if err := f.open(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(patience); ; {
		l, err := startOrAttach(ctx, f, s)
		if !errors.Is(err, errSilent) {
			return l, err
		}
		// The holder starts or ends at this moment; or it hangs, and has to go.
		if time.Now().After(deadline) {
			if err := bringDown(ctx, f); err != nil && !errors.Is(err, ErrDown) {
				return nil, err
			}
			deadline = time.Now().Add(patience)
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// startOrAttach starts a supervisor where there is none, and attaches to it.
// Two who start at the same time get one supervisor: the lock decides.
func startOrAttach(ctx context.Context, f folder, s settings) (*Lab, error) {
	fresh := f.free()
	if fresh {
		err := startSupervisor(ctx, s)
		if err != nil && !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("start the practice bookstore: %w", err)
		}
		fresh = err == nil
	}
	l, err := attach(f, s.owner)
	if err != nil {
		return nil, err
	}
	l.fresh = fresh
	return l, nil
}

// startSupervisor starts a supervisor in a session of its own, so that no
// terminal's signals reach it, and waits until it says how its start went.
func startSupervisor(ctx context.Context, s settings) error {
	said, say, err := os.Pipe()
	if err != nil {
		return err
	}
	defer said.Close()
	cmd := exec.Command(s.self, "lab", "supervise", s.dir, s.self, s.pace, s.owner, s.quiet.String())
	cmd.Dir, cmd.Env, cmd.Stdout = s.dir, []string{}, say
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	say.Close()
	if err != nil {
		return err
	}
	go cmd.Wait() // ends with the supervisor; asks for its status while we live
	said.SetReadDeadline(time.Now().Add(2 * patience))
	defer context.AfterFunc(ctx, func() { said.SetReadDeadline(time.Now()) })()
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return fmt.Errorf("it gave no answer: %w", err)
	}
	switch line = strings.TrimSpace(line); line {
	case ready:
		return nil
	case busy:
		return errLocked
	}
	return errors.New(strings.TrimPrefix(line, failed+" "))
}

// errSilent says that a folder is held and its holder cannot be reached (yet).
var errSilent = errors.New("the practice bookstore does not answer")

// attach connects the owner to the bookstore that runs in f.
func attach(f folder, owner string) (*Lab, error) {
	n, err := f.read()
	if err != nil || n.Control == "" || !n.lives() {
		return nil, errSilent
	}
	response, err := n.call(context.Background(), ownPath+"?owner="+url.QueryEscape(owner), nil, patience/2)
	if err != nil {
		return nil, errSilent
	}
	switch response.StatusCode {
	case http.StatusOK:
		return &Lab{folder: f, note: n, holding: response.Body}, nil
	case http.StatusConflict:
		defer response.Body.Close()
		var busy Busy
		if err := json.NewDecoder(response.Body).Decode(&busy); err != nil {
			return nil, errSilent
		}
		return nil, busy
	}
	response.Body.Close()
	return nil, errSilent
}

// evict kills the folder's holder, by process id and start time.
func (f folder) evict() error {
	n, err := f.read()
	if err != nil || !n.lives() {
		return fmt.Errorf("another process holds %s, and which cannot be told", f.path(lockName))
	}
	if err := syscall.Kill(n.PID, syscall.SIGKILL); err != nil {
		return fmt.Errorf("end the practice bookstore (process %d): %w", n.PID, err)
	}
	return nil
}

// call sends the supervisor one request. Every call is a connection of its
// own: it is the connection that says that somebody is there. Limit is how
// long the answer may take to begin; 0 is as long as it takes.
func (n note) call(ctx context.Context, path string, body io.Reader, limit time.Duration) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+n.Control+path, body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", n.Token)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: limit}}
	return client.Do(request)
}

// Env is what the exercise's steps need in their environment, NAME=VALUE each.
// PATH is not in it: put Bin first on the one the steps have.
func (l *Lab) Env() []string { return append([]string(nil), l.note.Env...) }

// Bin is the folder that holds the lab's own copy of the program, named
// bythebook, and nothing else.
func (l *Lab) Bin() string { return l.folder.path(binName) }

// Fresh reports whether this call to Up started the bookstore; if not, it ran
// already and is in whatever state it was left in.
func (l *Lab) Fresh() bool { return l.fresh }

// Close gives the bookstore up. It ends when down is true; if not, it waits an
// hour for its owner to come back.
func (l *Lab) Close(down bool) error {
	if err := l.holding.Close(); err != nil || !down {
		return err
	}
	// It may have ended on its own, and another may stand in its place.
	if n, err := l.folder.read(); err != nil || n.Token != l.note.Token {
		return nil
	}
	if err := bringDown(context.Background(), l.folder); !errors.Is(err, ErrDown) {
		return err
	}
	return nil
}

// bringDown asks the bookstore in f to end, waits for it, and kills a
// supervisor that does not. When it returns, nobody holds the folder.
func bringDown(ctx context.Context, f folder) error {
	if f.free() {
		return ErrDown
	}
	asked, cancel := context.WithTimeout(ctx, patience/2)
	defer cancel()
	if n, err := f.read(); err == nil && n.Control != "" && n.lives() {
		if response, err := n.call(asked, stopPath, nil, 0); err == nil {
			response.Body.Close()
		}
	}
	if err := f.waitFree(asked); err == nil || ctx.Err() != nil {
		return err
	}
	if err := f.evict(); err != nil {
		return err
	}
	killed, cancel := context.WithTimeout(ctx, patience/2)
	defer cancel()
	return f.waitFree(killed)
}

// waitFree waits until nobody holds the folder.
func (f folder) waitFree(ctx context.Context) error {
	for !f.free() {
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return fmt.Errorf("wait for the practice bookstore in %s to end: %w", f, err)
		}
	}
	return nil
}
