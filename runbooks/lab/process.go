package lab

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A process is one running part. Its standard input is the pipe whose end
// tells it that the supervisor is gone.
type process struct {
	cmd  *exec.Cmd
	in   *os.File
	out  *os.File
	read *bufio.Reader
	gone chan struct{} // closed when the process has ended and been waited for
	talk sync.Mutex    // one question at a time
}

// patience is how long a part may take to answer; it takes milliseconds.
const patience = 10 * time.Second

// start starts a part of this program and waits until it is ready. What the
// part says to its log goes to log.
func start(bin string, log *os.File, args ...string) (*process, error) {
	cmd := exec.Command(bin, append([]string{"lab", "part"}, args...)...)
	cmd.Env = []string{} // a part gets all it needs in its arguments
	cmd.Stderr = log
	p := &process{cmd: cmd, gone: make(chan struct{})}
	if err := p.spawn(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	answer, err := p.answer()
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	if answer != ready {
		p.kill()
		return nil, errors.New(strings.TrimPrefix(answer, failed+" "))
	}
	return p, nil
}

// spawn starts the command between two pipes.
func (p *process) spawn() error {
	childIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		childIn.Close()
		in.Close()
		return err
	}
	p.cmd.Stdin, p.cmd.Stdout = childIn, childOut
	p.in, p.out, p.read = in, out, bufio.NewReader(out)
	err = p.cmd.Start()
	childIn.Close()
	childOut.Close()
	if err != nil {
		in.Close()
		out.Close()
		return err
	}
	// Ends with the process, which ends at the latest when in is closed.
	go func() {
		p.cmd.Wait()
		close(p.gone)
	}()
	return nil
}

// answer reads one line.
func (p *process) answer() (string, error) {
	p.out.SetReadDeadline(time.Now().Add(patience))
	line, err := p.read.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("it gave no answer: %w", err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// ask sends the part one line and wants it done.
func (p *process) ask(line string) error {
	p.talk.Lock()
	defer p.talk.Unlock()
	if _, err := fmt.Fprintln(p.in, line); err != nil {
		return err
	}
	answer, err := p.answer()
	if err == nil && answer != ready {
		err = errors.New(strings.TrimPrefix(answer, failed+" "))
	}
	return err
}

// alive reports whether the process runs. There may be none.
func (p *process) alive() bool {
	if p == nil {
		return false
	}
	select {
	case <-p.gone:
		return false
	default:
		return true
	}
}

// kill ends the process at once and returns when it is gone.
func (p *process) kill() {
	if p == nil {
		return
	}
	p.cmd.Process.Kill()
	<-p.gone
	p.in.Close()
	p.out.Close()
}
