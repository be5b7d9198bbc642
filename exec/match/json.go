package match

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// anyValue stands for any value of JSON, and in an array for any number of them.
const anyValue = "..."

func checkJSON(want string, s seen) Check {
	c := Check{Want: clip(want)}
	wanted, err := parseJSON(want)
	if err != nil {
		c.Seen = "the expectation is not JSON: " + err.Error()
		return c
	}
	got, err := parseJSON(s.text)
	if err != nil {
		c.Seen = fmt.Sprintf("not JSON (%v): %s", err, nearest("", s.text))
		return c
	}
	if d := (subset{s.values}).compare("", wanted, got); d != nil {
		c.Want, c.Seen = clip(d.want), clip(d.seen)
		return c
	}
	c.OK = true
	return c
}

// parseJSON reads one value and nothing else, with numbers as they are spelled.
func parseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("there is none")
		}
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return v, nil
}

// subset compares documented JSON with actual JSON.
type subset struct{ values map[string]string }

// A difference is where in the JSON, and what.
type difference struct{ want, seen string }

func differ(path, want, seen string) *difference {
	if !strings.HasPrefix(path, ".") {
		path = "." + path // as in captures, and in jq
	}
	return &difference{path + ": " + want, path + ": " + seen}
}

// compare returns the first difference, or nil. It asks same first and looks
// closer only at what differs, so that no part is compared again at each level
// of what it stands in.
func (s subset) compare(path string, want, got any) *difference {
	if s.same(want, got) {
		return nil
	}
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return s.compareObject(path, w, g)
		}
	case []any:
		if g, ok := got.([]any); ok {
			return s.compareArray(path, w, g)
		}
	}
	return differ(path, spell(want), spell(got))
}

func (s subset) compareObject(path string, want, got map[string]any) *difference {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		here := path + "." + key
		g, ok := got[expand(key, s.values)]
		if !ok {
			return differ(here, spell(want[key]), "not there")
		}
		if d := s.compare(here, want[key], g); d != nil {
			return d
		}
	}
	return nil
}

func (s subset) compareArray(path string, want, got []any) *difference {
	block, ok := s.layout(want, got).fit()
	if ok {
		return nil
	}
	r, i := block.where()
	here := path + "[" + strconv.Itoa(i) + "]"
	if r == len(want) {
		return differ(here, "no more values", spell(got[i]))
	}
	if i == len(got) {
		return differ(here, spell(want[r]), "no more values")
	}
	return s.compare(here, want[r], got[i])
}

// same reports whether the actual value holds the documented one.
func (s subset) same(want, got any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for key, value := range w {
			if !ok {
				break
			}
			var actual any
			actual, ok = g[expand(key, s.values)]
			ok = ok && s.same(value, actual)
		}
		return ok
	case []any:
		g, ok := got.([]any)
		if ok {
			_, ok = s.layout(w, g).fit()
		}
		return ok
	case string:
		return w == anyValue || s.text(w, got)
	case json.Number:
		g, ok := got.(json.Number)
		return ok && sameNumber(w, g)
	}
	return want == got // true, false, null
}

// layout lays documented values over actual ones.
func (s subset) layout(want, got []any) layout {
	return layout{len(want), len(got),
		func(r int) bool { return want[r] == any(anyValue) },
		func(r, i int) bool { return s.same(want[r], got[i]) },
	}
}

// text compares a documented string. A value that is a number in the output is
// still that value, since a document can only write "$NAME".
func (s subset) text(want string, got any) bool {
	value := expand(want, s.values)
	switch g := got.(type) {
	case string:
		return g == value
	case json.Number:
		return value != want && name.FindString(want) == want && g.String() == value
	}
	return false
}

// sameNumber compares numbers by value: 1, 1.0 and 1e0 are the same, and no
// digit of a long one is lost.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	prec := uint(4*max(len(a), len(b)) + 64) // more than 3.4 bits a digit
	x, _, err1 := big.ParseFloat(a.String(), 10, prec, big.ToNearestEven)
	y, _, err2 := big.ParseFloat(b.String(), 10, prec, big.ToNearestEven)
	return err1 == nil && err2 == nil && !x.IsInf() && x.Cmp(y) == 0
}

// spell is a value as JSON, for people.
func spell(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}
