package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"bythebook/exec/shell"
)

// The files that a keeper's process finds open.
const (
	chargeFile = 3 // its charge is read from there
	startFile  = 4 // and how its start went is written there
)

// A Process is how a keeper's process is started.
type Process struct {
	Self   string   // the program
	Args   []string // that make it a keeper
	Env    []string // its whole environment; steps inherit it
	Log    string   // path of the file for what it has to complain of; made 0600
	Charge []byte   // what it is to do; it may hold secrets, and goes through a pipe
}

// A Started is how a start went, as the keeper says it.
type Started struct {
	Failed string   `json:"failed,omitempty"`
	Held   bool     `json:"held,omitempty"` // because another process has the record
	Tells  []string `json:"tells,omitempty"`
}

// ErrHeld is that another process has the record, perhaps a keeper.
var ErrHeld = errors.New("another process has the exercise")

// Start starts a keeper in a session of its own and waits until it says that it
// is ready, or why it is not. It returns what the keeper has to tell.
func Start(p Process) ([]string, error) {
	log, err := openPlain(p.Log, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	defer log.Close()
	charge, give, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	defer charge.Close()
	hear, say, err := os.Pipe()
	if err != nil {
		give.Close()
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	defer hear.Close()
	cmd := exec.Command(p.Self, p.Args...)
	cmd.Dir, cmd.Env, cmd.Stderr, cmd.ExtraFiles = "/", p.Env, log, []*os.File{charge, say} // it is in no folder's way
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	shell.KeepDescriptors()
	err = cmd.Start()
	say.Close()
	charge.Close() // so that giving fails where nobody takes it
	if err != nil {
		give.Close()
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	go cmd.Wait() // ends with the keeper, or with this process
	_, err = give.Write(p.Charge)
	if err = errors.Join(err, give.Close()); err != nil {
		return nil, fmt.Errorf("start the keeper: %w; see %s", err, p.Log)
	}
	return started(hear, p.Log)
}

// started is how a start went.
func started(from io.Reader, log string) ([]string, error) {
	var s Started
	if err := json.NewDecoder(from).Decode(&s); err != nil {
		return nil, fmt.Errorf("the keeper has ended before it was ready; see %s", log)
	}
	switch {
	case s.Held:
		return nil, fmt.Errorf("%w: %s", ErrHeld, s.Failed)
	case s.Failed != "":
		return nil, errors.New(s.Failed)
	}
	return s.Tells, nil
}

// Charge is what a keeper's process is to do, and ready is how it says how its
// start went. Only such a process may call it, once, before anything else.
func Charge() (charge []byte, ready func(Started) error, err error) {
	syscall.CloseOnExec(chargeFile)
	syscall.CloseOnExec(startFile)
	in, out := os.NewFile(chargeFile, "charge"), os.NewFile(startFile, "start")
	defer in.Close()
	if charge, err = io.ReadAll(in); err != nil {
		return nil, nil, fmt.Errorf("read the keeper's charge: %w", err)
	}
	return charge, func(s Started) error {
		return errors.Join(json.NewEncoder(out).Encode(s), out.Close())
	}, nil
}
