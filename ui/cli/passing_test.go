package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/exec"
)

// A step takes what is typed for it, until it has ended or is somebody else's.
type step struct {
	got     []string
	refuses error
}

func (s *step) Watch() <-chan exec.Update { return nil }
func (s *step) Do(i exec.Intent) error {
	if s.refuses != nil {
		return s.refuses
	}
	s.got = append(s.got, i.(exec.Input).Text)
	return nil
}

// TestRelayTypes: bytes arrive as they were typed, no character is cut in two,
// and one key takes the terminal back.
func TestRelayTypes(t *testing.T) {
	for _, c := range []struct {
		name  string
		typed []string
		want  []string
		done  bool
	}{
		{"plain", []string{"ls\r", "\x03"}, []string{"ls\r", "\x03"}, false},
		{"nothing", []string{""}, nil, false},
		{"characters cut", []string{"\xc3", "\xa4x\xe2\x82", "\xac\xf0\x9f\x98", "\x80"}, []string{"äx", "€", "😀"}, false},
		{"no characters at all", []string{"\xff\x80", "a"}, []string{"\xff\x80", "a"}, false},
		{"taken back", []string{"a\x1db"}, []string{"a"}, true},
		{"taken back at once", []string{"\x1d"}, nil, true},
	} {
		s := &step{}
		r := relay{seat: s}
		done := false
		for _, piece := range c.typed {
			var err error
			if done, err = r.send([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(c.want, s.got); diff != "" || done != c.done {
			t.Errorf("%s: taken back %v (-want +got):\n%s", c.name, done, diff)
		}
	}
	taken := exec.Refusal{Answer: exec.Answer{Why: "sara has the pen"}}
	r := relay{seat: &step{refuses: taken}, state: func() exec.State { return exec.State{} }}
	if _, err := r.send([]byte("x")); err != nil {
		t.Errorf("typing as the step ends: %v", err)
	}
}

// TestRelayPrints: what is printed comes out whole, unless the terminal lags far
// behind: then it misses what is in between.
func TestRelayPrints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.raw")
	for _, c := range []struct {
		name string
		size int
		all  bool
	}{{"nothing", 0, true}, {"a page", 3000, true}, {"as much as may wait", relayLag, true}, {"a flood", 3 * relayLag, false}} {
		text := []byte(strings.Repeat("0123456\n", c.size/8))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		raw, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		r, at, buf := relay{out: &out}, int64(0), make([]byte, relayPiece)
		for n := 1; n > 0; {
			if n, err = r.print(raw, &at, buf); err != nil {
				t.Fatal(err)
			}
		}
		raw.Close()
		if whole := bytes.Equal(out.Bytes(), text); whole != c.all || !bytes.HasSuffix(text, out.Bytes()) || at != int64(len(text)) {
			t.Errorf("%s: %d of %d bytes came out", c.name, out.Len(), len(text))
		}
	}
}

// TestRelayEnds: a call for stop takes the terminal back, once: whoever hands it
// over again knows of it.
func TestRelayEnds(t *testing.T) {
	calm := exec.State{}
	stop := exec.State{Stops: []exec.Stop{{By: "sara"}}}
	for _, c := range []struct {
		name        string
		before, now exec.State
		ends        bool
	}{{"nothing", calm, calm, false}, {"called", calm, stop, true}, {"called before", stop, stop, false}, {"answered", stop, calm, false}} {
		r := relay{shown: exec.Update{State: c.before}}
		if got := r.called(c.now); got != c.ends {
			t.Errorf("%s: it ends: %v", c.name, got)
		}
	}
}
