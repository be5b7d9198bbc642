package lab

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"time"
)

// What a part says on its standard output: one line when it has started, and
// one for each line it is sent. A supervisor says one when it has started.
const (
	ready  = "ready"
	failed = "failed" // and what
	busy   = "busy"   // another supervisor holds the folder
)

// The parts' names.
const (
	apiPart      = "api"
	databasePart = "database"
	cdnPart      = "cdn"
	searchPart   = "search"
	doorPart     = "door"
)

// paced are the parts that do something at a cadence.
var paced = []string{databasePart, cdnPart}

// parts is how each part is started, given its arguments. A part that answers
// HTTP returns its handler and the address it answers on.
var parts = map[string]func(args []string) (address string, h http.Handler, err error){
	// api VOLUME ADDRESS
	apiPart: func(args []string) (string, http.Handler, error) {
		h, err := newAPI(args[0])
		return args[1], h, err
	},
	// database DIR ADDRESS PACE
	databasePart: func(args []string) (string, http.Handler, error) {
		p, err := parsePace(args[2])
		if err != nil {
			return "", nil, err
		}
		h, err := newDatabase(args[0], p)
		return args[1], h, err
	},
	// cdn DIR ADDRESS PACE
	cdnPart: func(args []string) (string, http.Handler, error) {
		p, err := parsePace(args[2])
		if err != nil {
			return "", nil, err
		}
		h, err := newCDN(args[0], p)
		return args[1], h, err
	},
	// search DIR ADDRESS
	searchPart: func(args []string) (string, http.Handler, error) { return args[1], newSearch(), nil },
}

// runPart is a part's whole life: it starts, says so, and ends when its
// standard input does.
func runPart(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 2 && args[0] == doorPart {
		return runDoor(args[1], stdin, stdout)
	}
	if len(args) < 3 || parts[args[0]] == nil || (slices.Contains(paced, args[0]) && len(args) != 4) {
		fmt.Fprintln(stderr, "bythebook lab part: not meant to be started by hand")
		return 2
	}
	address, handler, err := parts[args[0]](args[1:])
	if err != nil {
		fmt.Fprintln(stdout, failed, err)
		return 1
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintln(stdout, failed, err)
		return 1
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	// Ends with the process.
	go func() {
		fmt.Fprintln(stderr, args[0], server.Serve(listener))
		os.Exit(1)
	}()
	fmt.Fprintln(stdout, ready)
	io.Copy(io.Discard, stdin)
	return 0
}

// healthy answers that this part works.
func healthy(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, state{Status: "ok"}) }

// A state is how a part without needs of its own is.
type state struct {
	Status string `json:"status"`
}
