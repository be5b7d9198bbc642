package shell

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"time"
	"unicode/utf8"
)

// A Chapter is a place in a recording that a viewer can jump to.
type Chapter struct {
	At   time.Time
	Name string
}

// Cast writes a transcript as a recording that terminal players show: asciicast
// version 3, JSON Lines of intervals and what was printed after each. The
// session's own markers are left out, and bytes that are no UTF-8 are U+FFFD:
// the transcript stays the evidence. It reads piece by piece, whatever the size.
func Cast(to io.Writer, transcript, title string, chapters []Chapter) error {
	raw, err := os.Open(transcript)
	if err != nil {
		return fmt.Errorf("read transcript: %w", err)
	}
	defer raw.Close()
	times, err := os.Open(indexPath(transcript))
	if err != nil {
		return fmt.Errorf("read when the transcript's parts came: %w", err)
	}
	defer times.Close()
	info, err := raw.Stat()
	if err != nil {
		return fmt.Errorf("read transcript: %w", err)
	}
	out := bufio.NewWriter(to)
	c := &caster{out: json.NewEncoder(out), raw: raw, chapters: chapters}
	c.out.SetEscapeHTML(false)
	if err := c.cast(times, title, info.Size()); err != nil {
		return fmt.Errorf("make a recording of %s: %w", transcript, err)
	}
	return out.Flush()
}

// A caster writes one recording.
type caster struct {
	out      *json.Encoder
	raw      io.ReaderAt
	chapters []Chapter // that have not come yet
	at       int64     // microseconds since 1970 of the newest event
	done     int64     // offset up to which the transcript was given out
	rest     []byte    // of it, what may be half a character or half a marker
}

// A moment is a line of the index.
type moment struct {
	micros, offset int64
	cols, rows     int // 0 where they stay what they were
}

// castHeader is the first line of a recording.
type castHeader struct {
	Version   int      `json:"version"`
	Term      castTerm `json:"term"`
	Timestamp int64    `json:"timestamp"` // seconds since 1970
	Title     string   `json:"title,omitempty"`
	Idle      float64  `json:"idle_time_limit"` // seconds that a player waits at most
}

type castTerm struct {
	Cols int    `json:"cols"`
	Rows int    `json:"rows"`
	Type string `json:"type"`
}

// cast writes the header and then the parts of the transcript, each at the
// moment that began it.
func (c *caster) cast(times io.Reader, title string, size int64) error {
	lines := bufio.NewReader(times)
	now, err := nextMoment(lines)
	if err != nil {
		return err
	}
	if now.cols == 0 {
		return errors.New("its index does not begin with the terminal's size")
	}
	c.at = now.micros
	header := castHeader{Version: 3, Term: castTerm{now.cols, now.rows, "xterm-256color"}, Timestamp: now.micros / 1e6, Title: title, Idle: 3}
	if err := c.out.Encode(header); err != nil {
		return err
	}
	for {
		next, err := nextMoment(lines)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return err
		}
		if last {
			next.offset = size
		}
		if err := c.part(now.micros, min(next.offset, size), last); err != nil {
			return err
		}
		if last {
			return c.reach(math.MaxInt64)
		}
		now = next
		if now.cols > 0 {
			if err := c.event(now.micros, "r", fmt.Sprintf("%dx%d", now.cols, now.rows)); err != nil {
				return err
			}
		}
	}
}

// nextMoment reads a line of the index. One without an end was torn off, and is
// the last.
func nextMoment(lines *bufio.Reader) (moment, error) {
	line, err := lines.ReadString('\n')
	if err != nil {
		return moment{}, err
	}
	var m moment
	if n, _ := fmt.Sscanf(line, "%d %d %dx%d\n", &m.micros, &m.offset, &m.cols, &m.rows); n != 2 && n != 4 {
		return moment{}, fmt.Errorf("its index holds the line %q", line)
	}
	return m, nil
}

// part gives out the transcript up to an offset, piece by piece.
func (c *caster) part(micros, to int64, last bool) error {
	for c.done < to || last && len(c.rest) > 0 {
		piece := make([]byte, min(to-c.done, chunkSize))
		if _, err := c.raw.ReadAt(piece, c.done); err != nil {
			return err
		}
		c.done += int64(len(piece))
		text := markers.ReplaceAll(append(c.rest, piece...), nil)
		c.rest = nil
		if !last || c.done < to {
			text, c.rest = whole(text)
		}
		if len(text) > 0 {
			if err := c.event(micros, "o", string(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// markMost is how long a mark of ours is at most.
const markMost = 64

var (
	markers = regexp.MustCompile(`\x1b\]7717;[\w;-]{1,50}\x07`)
	opening = marker("")[:7] // of all of them
)

// whole parts a text from the half character or half marker at its end.
func whole(text []byte) (now, rest []byte) {
	end := len(text)
	if i := bytes.LastIndexByte(text, opening[0]); i >= 0 && end-i < markMost && half(text[i:]) {
		end = i
	} else if i := lastRune(text); i >= 0 {
		end = i
	}
	return text[:end], bytes.Clone(text[end:])
}

// half says whether a marker may begin so.
func half(text []byte) bool {
	n := min(len(text), len(opening))
	return bytes.Equal(text[:n], opening[:n])
}

// lastRune is where an unfinished character begins at the end of a text, a
// negative number where there is none.
func lastRune(text []byte) int {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax); i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return -1
}

// event writes one event, after the chapters that came before it.
func (c *caster) event(micros int64, kind, data string) error {
	if err := c.reach(micros); err != nil {
		return err
	}
	return c.write(micros, kind, data)
}

// reach writes the chapters up to a moment.
func (c *caster) reach(micros int64) error {
	for len(c.chapters) > 0 && c.chapters[0].At.UnixMicro() <= micros {
		if err := c.write(c.chapters[0].At.UnixMicro(), "m", c.chapters[0].Name); err != nil {
			return err
		}
		c.chapters = c.chapters[1:]
	}
	return nil
}

// write writes an event with the time since the one before, which is none where
// the clock was set back.
func (c *caster) write(micros int64, kind, data string) error {
	wait := max(0, micros-c.at)
	c.at = max(c.at, micros)
	seconds := json.Number(fmt.Sprintf("%d.%06d", wait/1e6, wait%1e6))
	return c.out.Encode([]any{seconds, kind, data})
}
