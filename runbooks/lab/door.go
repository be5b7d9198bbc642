package lab

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// A door forwards connections from one public address to one target. It
// listens only while it has a target, so that a connection to a bookstore
// whose API is gone is refused, as it would be at the API's own address.
type door struct {
	address  string
	listener net.Listener // nil while closed
	target   atomic.Pointer[string]
}

// What a door is told, a line each.
const (
	openOrder  = "open"  // open ADDRESS
	closeOrder = "close" // close
)

// runDoor obeys the lines on stdin until it ends.
func runDoor(address string, stdin io.Reader, stdout io.Writer) int {
	d := &door{address: address}
	fmt.Fprintln(stdout, ready)
	lines := bufio.NewScanner(stdin)
	for lines.Scan() {
		if err := d.obey(lines.Text()); err != nil {
			fmt.Fprintln(stdout, failed, err)
			continue
		}
		fmt.Fprintln(stdout, ready)
	}
	return 0
}

func (d *door) obey(line string) error {
	order, target, _ := strings.Cut(line, " ")
	switch order {
	case openOrder:
		return d.open(target)
	case closeOrder:
		return d.close()
	}
	return fmt.Errorf("unknown order %q", order)
}

// open points the door at target; connections that stand go on as they are.
func (d *door) open(target string) error {
	d.target.Store(&target)
	if d.listener != nil {
		return nil
	}
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		return err
	}
	d.listener = listener
	go d.serve(listener) // ends when close closes the listener
	return nil
}

func (d *door) close() error {
	if d.listener == nil {
		return nil
	}
	err := d.listener.Close()
	d.listener = nil
	return err
}

func (d *door) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go forward(conn.(*net.TCPConn), *d.target.Load()) // ends with either side's connection
	}
}

// forward carries bytes both ways until both sides are done.
func forward(from *net.TCPConn, target string) {
	defer from.Close()
	conn, err := net.DialTimeout("tcp", target, 2*time.Second)
	if err != nil {
		from.SetLinger(0) // the target went this very moment: reset, no empty answer
		return
	}
	to := conn.(*net.TCPConn)
	defer to.Close()
	back := make(chan struct{})
	// Ends when the target closes, or when forward does.
	go func() {
		io.Copy(from, to)
		from.CloseWrite()
		close(back)
	}()
	io.Copy(to, from)
	to.CloseWrite()
	<-back
}
