package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// recording makes a recording of a transcript and its index.
func recording(t *testing.T, raw, index string, chapters ...Chapter) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "transcript.raw")
	for name, text := range map[string]string{path: raw, indexPath(path): index} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	err := Cast(&out, path, "Books <down>", chapters)
	return out.String(), err
}

func TestCast(t *testing.T) {
	fence := string(marker(token()))
	raw := "one\r\nzwei \xc3\xa4 drei\xff" + fence + "vier\x1b[0m" + fence[:12]
	at := func(mark string) int { return strings.Index(raw, mark) }
	index := fmt.Sprintf("1000000000 0 80x24\n1000250000 0\n1000300000 %d\n1000200000 %d\n1001000000 %d 90x30\n1002000000 %d\n1003000000 7", at("zwei"), at("\xa4"), at(fence)+5, at("vier")+4)
	got, err := recording(t, raw, index, Chapter{time.UnixMicro(1000270000), "step one"}, Chapter{time.UnixMicro(1009000000), "the end"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1000,"title":"Books <down>","idle_time_limit":3}
[0.250000,"o","one\r\n"]
[0.020000,"m","step one"]
[0.030000,"o","zwei "]
[0.000000,"o","ä drei\ufffd"]
[0.700000,"r","90x30"]
[0.000000,"o","vier"]
[1.000000,"o","\u001b[0m\u001b]7717;` + fence[7:12] + `"]
[7.000000,"m","the end"]
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	valid(t, got)
}

func TestCastRefuses(t *testing.T) {
	for index, want := range map[string]string{
		"":                         "EOF",
		"1 0\n":                    "does not begin with the terminal's size",
		"1 0 80x24\nnonsense here": "",
		"1 0 80x24\nnonsense\n":    `its index holds the line "nonsense\n"`,
	} {
		_, err := recording(t, "x", index)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", index, err, want)
		}
	}
}

// TestCastOfRealSession records two steps and a size in a real terminal, one of
// them so long that it is read in pieces, and puts the recording together again.
func TestCastOfRealSession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "transcript.raw")
	s, err := Open(context.Background(), Options{Env: []string{"PATH=/usr/bin:/bin"}, Transcript: path})
	if err != nil {
		t.Fatal(err)
	}
	s.Run(context.Background(), "for i in {1..30000}; do echo $i äöü; done", nil, 0)
	if err := s.Resize(100, 40); err != nil {
		t.Fatal(err)
	}
	s.Run(context.Background(), "stty size", nil, 0)
	s.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Cast(&out, path, "", nil); err != nil {
		t.Fatal(err)
	}
	if got, want := valid(t, out.String()), string(markers.ReplaceAll(raw, nil)); got != want {
		t.Errorf("%d bytes are played, want %d", len(got), len(want))
	}
	if !strings.Contains(out.String(), `"r","100x40"]`) {
		t.Error("the new size is not in it")
	}
	for _, name := range []string{path, indexPath(path)} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// valid holds a recording against the published format of asciicast version 3,
// and returns what it prints.
func valid(t *testing.T, cast string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(cast, "\n"), "\n")
	var header struct {
		Version int `json:"version"`
		Term    struct {
			Cols int    `json:"cols"`
			Rows int    `json:"rows"`
			Type string `json:"type"`
		} `json:"term"`
		Timestamp int64   `json:"timestamp"`
		Idle      float64 `json:"idle_time_limit"`
		Title     string  `json:"title"`
	}
	d := json.NewDecoder(strings.NewReader(lines[0]))
	d.DisallowUnknownFields()
	if err := d.Decode(&header); err != nil || header.Version != 3 || header.Term.Cols < 1 || header.Term.Rows < 1 {
		t.Fatalf("header %s: %v", lines[0], err)
	}
	data := map[string]*regexp.Regexp{"o": regexp.MustCompile(`(?s).`), "m": regexp.MustCompile(``), "r": regexp.MustCompile(`^[1-9]\d*x[1-9]\d*$`)}
	var printed strings.Builder
	for _, line := range lines[1:] {
		var event []json.RawMessage
		var interval float64
		var code, text string
		if err := json.Unmarshal([]byte(line), &event); err != nil || len(event) != 3 {
			t.Fatalf("event %s: %v", line, err)
		}
		for i, into := range []any{&interval, &code, &text} {
			if err := json.Unmarshal(event[i], into); err != nil {
				t.Fatalf("event %s: %v", line, err)
			}
		}
		if data[code] == nil || !data[code].MatchString(text) || interval < 0 || !utf8.ValidString(line) {
			t.Errorf("event %s is none", line)
		}
		if code == "o" {
			printed.WriteString(text)
		}
	}
	return printed.String()
}
