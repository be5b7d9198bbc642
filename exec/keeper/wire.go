package keeper

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"time"

	"bythebook/exec"
)

// protocol is the version of what travels. Both ends are usually the same
// program; after it was replaced they may not be.
const protocol = 1

// What travels is JSON, a line each.
const (
	maxAsk  = 256 << 10 // bytes of one line to the keeper
	maxWord = 1 << 20   // bytes of one line from the keeper
	maxTail = 128 << 10 // bytes of output in it; as JSON they are up to six times as many
	maxName = 256       // bytes of a person's name
	patient = 10 * time.Second
)

// A hello is the first thing that a client says.
type hello struct {
	Version int    `json:"v"`
	Name    string `json:"name"`
	Looks   bool   `json:"looks,omitempty"`
	Agent   string `json:"agent,omitempty"` // the socket of this seat's SSH agent
}

// An ask is an intent on its way to the keeper.
type ask struct {
	N      uint64          `json:"n"` // the answer bears it too; from 1
	Intent string          `json:"intent"`
	Body   json.RawMessage `json:"body"`
}

// A word is what the keeper says: the answer to an ask, or what is new.
type word struct {
	Events uint64       `json:"events"`           // on record by now
	N      uint64       `json:"n,omitempty"`      // the ask that is answered; 0 where something is new
	No     *exec.Answer `json:"no,omitempty"`     // it was refused
	Left   bool         `json:"left,omitempty"`   // the keeper is leaving the exercise
	Failed string       `json:"failed,omitempty"` // it could not be done
	Record bool         `json:"record,omitempty"` // because the record can't be written
	Stop   bool         `json:"stop,omitempty"`   // nor ever will be by this keeper
	New    *news        `json:"new,omitempty"`
}

// News are what the record does not tell.
type news struct {
	Output  []string     `json:"output,omitempty"`
	Lines   int          `json:"lines,omitempty"`
	Waiting exec.Waiting `json:"waiting,omitempty"`
	Screen  *exec.Screen `json:"screen,omitempty"`
	Trouble string       `json:"trouble,omitempty"` // the record can't be written
	Stop    bool         `json:"stop,omitempty"`    // nor ever will be by this keeper
	Pen     exec.Pen     `json:"pen"`
}

// intents are all that a client may want, by the names they travel under.
var intents = []struct {
	name string
	zero exec.Intent
}{
	{"begin", exec.Begin{}}, {"decline", exec.Decline{}}, {"give", exec.Give{}}, {"run", exec.Run{}},
	{"attest", exec.Attest{}}, {"choose", exec.Choose{}}, {"way-out", exec.WayOut{}}, {"accept", exec.Accept{}},
	{"skip", exec.Skip{}}, {"block", exec.Block{}}, {"resolve", exec.Resolve{}}, {"deviate", exec.Deviate{}},
	{"remark", exec.Remark{}}, {"mark", exec.Mark{}}, {"hold", exec.Hold{}}, {"release", exec.Release{}},
	{"call-stop", exec.CallStop{}}, {"go-on", exec.GoOn{}},
	{"approve", exec.Approve{}}, {"refuse", exec.Refuse{}},
	{"finish", exec.Finish{}}, {"halt", exec.Halt{}}, {"interrupt", exec.Interrupt{}}, {"input", exec.Input{}},
	{"relay", exec.Relay{}}, {"resize", exec.Resize{}}, {"take", exec.Take{}},
}

// packed is an intent as an ask.
func packed(n uint64, i exec.Intent) (ask, error) {
	for _, row := range intents {
		if reflect.TypeOf(row.zero) == reflect.TypeOf(i) {
			body, err := json.Marshal(i)
			return ask{N: n, Intent: row.name, Body: body}, err
		}
	}
	return ask{}, fmt.Errorf("there is no way to ask a keeper for %T", i)
}

// intent is what an ask asks for. What is not exactly one of the table's is an
// error; reflection stays in here.
func (a ask) intent() (exec.Intent, error) {
	for _, row := range intents {
		if row.name == a.Intent {
			into := reflect.New(reflect.TypeOf(row.zero))
			if err := strictly(a.Body, into.Interface()); err != nil {
				return nil, fmt.Errorf("intent %s: %w", a.Intent, err)
			}
			return into.Elem().Interface().(exec.Intent), nil
		}
	}
	return nil, fmt.Errorf("unknown intent %q", a.Intent)
}

// strictly reads exactly one value of JSON, with no field that is not known.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is something behind its end")
	}
	return nil
}

// errUnfit is that a line is longer than any that is meant.
var errUnfit = errors.New("a line is too long")

// hear reads one line and what it says.
func hear(in *bufio.Reader, into any) error {
	line, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return errUnfit
	case err != nil:
		return err
	}
	return strictly(line, into)
}

// say writes one line. Whoever does not read for a while is given up.
func say(to net.Conn, what any, most int) error {
	text, err := json.Marshal(what)
	if err != nil {
		return err
	}
	if len(text) >= most {
		return errUnfit
	}
	if err := to.SetWriteDeadline(time.Now().Add(patient)); err != nil {
		return err
	}
	_, err = to.Write(append(text, '\n'))
	return err
}

// told is an error as a word, and err is it again at the other end: the same
// refusals as the conductor's own.
func told(n uint64, err error) word {
	w := word{N: n}
	var no exec.Refusal
	switch {
	case err == nil:
	case errors.As(err, &no):
		w.No = &no.Answer
	case errors.Is(err, exec.ErrLeft):
		w.Left = true
	default:
		w.Failed, w.Record, w.Stop = err.Error(), errors.Is(err, exec.ErrRecord), errors.Is(err, exec.ErrStopped)
	}
	return w
}

// unwritten is the trouble that a keeper has with writing the record, in its
// words.
type unwritten struct {
	words string
	stop  bool // for good
}

func (u unwritten) Error() string { return u.words }

func (u unwritten) Is(target error) bool {
	return target == exec.ErrRecord || u.stop && target == exec.ErrStopped
}

func (w word) err() error {
	switch {
	case w.No != nil:
		return exec.Refusal{Answer: *w.No}
	case w.Left:
		return exec.ErrLeft
	case w.Record:
		return unwritten{w.Failed, w.Stop}
	case w.Failed != "":
		return errors.New(w.Failed)
	}
	return nil
}

// newsOf is what an update holds beside the state, with as much of the end of
// the output as may travel.
func newsOf(u exec.Update) *news {
	n := &news{Output: ending(u.Output, maxTail), Lines: u.Lines, Waiting: u.Waiting, Screen: u.Screen, Pen: u.Pen}
	if u.Screen != nil { // which shows the end of the output, and takes room
		n.Output = ending(u.Output, maxTail/8)
	}
	if u.Err != nil {
		n.Trouble, n.Stop = u.Err.Error(), errors.Is(u.Err, exec.ErrStopped)
	}
	return n
}

// ending are as many of the last lines as have so many bytes, one of them at
// least, or its end.
func ending(lines []string, most int) []string {
	from := len(lines)
	for from > 0 && most >= len(lines[from-1]) {
		from--
		most -= len(lines[from])
	}
	if from == len(lines) && from > 0 {
		last := lines[from-1]
		return []string{last[len(last)-most:]}
	}
	return lines[from:]
}

// ours is an error where the other end is another user's. It would be, where
// somebody else could reach the socket after all, or has put one in its place.
func ours(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	uid, asked := -1, error(nil)
	if err := raw.Control(func(fd uintptr) { uid, asked = peer(int(fd)) }); err != nil {
		return err
	}
	if asked != nil {
		return fmt.Errorf("ask who is at the socket: %w", asked)
	}
	if uid != os.Getuid() {
		return fmt.Errorf("the user %d is at the socket, and not %d", uid, os.Getuid())
	}
	return nil
}
