package match

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"bythebook/runbook"
)

// Capture takes a value out of a step's output, and reports whether it is
// there: the last match of a pattern (its first group, if it has one), the value
// at a path in JSON, or a line without the blanks at its ends.
func Capture(c runbook.Capture, text string) (string, bool) {
	text = normalise(text)
	switch {
	case c.Pattern != "":
		return captureMatch(c.Pattern, text)
	case c.JSON != "":
		return captureJSON(c.JSON, text)
	case c.Line > 0:
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		if c.Line > len(lines) || text == "" {
			return "", false
		}
		return strings.TrimSpace(lines[c.Line-1]), true
	}
	return "", false
}

func captureMatch(pattern, text string) (string, bool) {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return "", false
	}
	all := re.FindAllStringSubmatchIndex(text, -1)
	if len(all) == 0 {
		return "", false
	}
	last := all[len(all)-1]
	if re.NumSubexp() > 0 {
		last = last[2:]
	}
	if last[0] < 0 {
		return "", false // the group had no part in the match
	}
	return text[last[0]:last[1]], true
}

// captureJSON takes a string without its quotes and any other value as it is
// spelled. Null is not there.
func captureJSON(path, text string) (string, bool) {
	steps, ok := parsePath(path)
	if !ok || !json.Valid([]byte(text)) {
		return "", false
	}
	at := json.RawMessage(text)
	for _, s := range steps {
		if at, ok = s.into(at); !ok {
			return "", false
		}
	}
	at = bytes.TrimSpace(at)
	if at[0] == '"' {
		var value string
		err := json.Unmarshal(at, &value)
		return value, err == nil
	}
	var value bytes.Buffer
	if err := json.Compact(&value, at); err != nil || value.String() == "null" {
		return "", false
	}
	return value.String(), true
}

// A pathStep is one step into JSON: a key, or an index when the key is empty.
type pathStep struct {
	key   string
	index int
}

// pathStep's forms: .key, [0], .[0], ["any key"], ."any key".
var pathForm = regexp.MustCompile(`\A(?:\.?\[(\d+)\]|\.?\[("(?:[^"\\]|\\.)*")\]|\.("(?:[^"\\]|\\.)*")|\.([^.\[\]"\s]+))`)

// parsePath reads a path such as .Instances[0].PublicDnsName; "." is the whole.
func parsePath(path string) (steps []pathStep, ok bool) {
	if path == "." {
		return nil, true
	}
	if !strings.HasPrefix(path, ".") && !strings.HasPrefix(path, "[") {
		path = "." + path
	}
	for path != "" {
		m := pathForm.FindStringSubmatch(path)
		if m == nil {
			return nil, false
		}
		path = path[len(m[0]):]
		s := pathStep{key: m[4]}
		if quoted := m[2] + m[3]; quoted != "" {
			if err := json.Unmarshal([]byte(quoted), &s.key); err != nil {
				return nil, false
			}
		} else if s.key == "" {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, false
			}
			s.index = n
		}
		steps = append(steps, s)
	}
	return steps, true
}

// into takes the step.
func (s pathStep) into(at json.RawMessage) (json.RawMessage, bool) {
	if s.key != "" {
		var object map[string]json.RawMessage
		if json.Unmarshal(at, &object) != nil {
			return nil, false
		}
		v, ok := object[s.key]
		return v, ok
	}
	var array []json.RawMessage
	if json.Unmarshal(at, &array) != nil || s.index >= len(array) {
		return nil, false
	}
	return array[s.index], true
}
