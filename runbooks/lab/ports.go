package lab

import (
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Ports are taken from below the range that systems use for outgoing
// connections (from 32768 on Linux, 49152 on macOS). In that range a dead port
// may be taken by any program's next connection, and a connection to it may
// even meet itself instead of being refused.
//
// Each bookstore looks first in a block of its own, which its supervisor's
// process number chooses: of two that start in the same moment neither takes
// what the other has found and not opened yet.
const (
	firstPort = 20000
	lastPort  = 31999
	block     = 16 // the door, three services, and as many instances as there may be
)

// freeAddresses finds n loopback addresses on which nobody listens, none of
// them in taken.
func freeAddresses(n int, taken []string) ([]string, error) {
	var found []string
	ports := lastPort - firstPort + 1
	for i := range ports {
		if len(found) == n {
			return found, nil
		}
		port := firstPort + (os.Getpid()*block+i)%ports
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		if slices.Contains(taken, address) {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			continue
		}
		// Held until all are found, so that none is found twice.
		defer listener.Close()
		found = append(found, address)
	}
	return nil, errors.New("no free port on 127.0.0.1")
}

// taken reports whether a part could not start because somebody else, another
// bookstore that starts at the same time say, has taken its port since it was
// found free. A part says so in words.
func taken(err error) bool {
	return err != nil && strings.Contains(err.Error(), syscall.EADDRINUSE.Error())
}
