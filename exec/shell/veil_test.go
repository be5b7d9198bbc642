package shell

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bythebook/exec/mask"
)

// TestVeilAcrossReads: wherever the reads happen to cut, the transcript holds no
// secret, the fence is found where it stands in the transcript, and what came is
// there for whoever takes a value out of it.
func TestVeilAcrossReads(t *testing.T) {
	t.Parallel()
	prompt, fence := token(), token()
	plain := "one hunter2 two\r\nkey=value end\r\nhunter hun"
	hidden := "one (hidden) two\r\n(hidden) end\r\nhunter hun"
	all := plain + string(marker(fence)) + "later hunter2" + string(marker(prompt)) + "h"
	want := hidden + string(marker(fence)) + "later (hidden)" + string(marker(prompt)) + "h"
	for _, r := range []mask.Rules{
		{Secrets: mask.NewSet("hunter2", "key=value")},
		{Secrets: mask.NewSet("hunter2"), Patterns: []*regexp.Regexp{regexp.MustCompile(`key=\w+`)}},
	} {
		for size := 1; size < 100; size++ {
			path := filepath.Join(t.TempDir(), "t")
			o, err := openOutput(path, prompt)
			if err != nil {
				t.Fatal(err)
			}
			s := &Session{out: o}
			s.Hide(r)
			from := o.begin(fence)
			o.pump(&chunks{strings.NewReader(all), size})
			if got, at := o.fenced(), int64(len(hidden)); got != at {
				t.Fatalf("reads of %d bytes: the fence is at %d, want %d", size, got, at)
			}
			if got := string(s.Plain(from)); got != plain || s.Plain(from+1) != nil {
				t.Errorf("reads of %d bytes: what came is %q", size, got)
			}
			if _, total := o.tail(10); total != 3 {
				t.Errorf("reads of %d bytes: %d lines", size, total)
			}
			o.close()
			if got, _ := os.ReadFile(path); string(got) != want {
				t.Fatalf("reads of %d bytes: the transcript is %q, want %q", size, got, want)
			}
		}
	}
}

// TestVeilEndsWithTheStep: what a step's patterns hide is not hidden in the next
// one's output, and what is counted is a step's own.
func TestVeilEndsWithTheStep(t *testing.T) {
	t.Parallel()
	var v veil
	still := &chunks{strings.NewReader(""), 1}
	over := func(p string) string {
		out := v.over(nil, still, []byte(p), nil)
		return string(v.over(out, still, nil, os.ErrDeadlineExceeded))
	}
	v.hide(mask.Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(`key=\w+`)}})
	v.begin(0, marker("a"))
	if got := over("key=x\nkey=y"); got != "(hidden)\n(hidden)" {
		t.Errorf("hidden: %q", got)
	}
	if _, n := v.hidden(); n != 2 {
		t.Errorf("%d passages", n)
	}
	v.hide(mask.Rules{})
	v.begin(0, marker("b"))
	if got := over("z key=z\n"); got != "z key=z\n" {
		t.Errorf("in the next step: %q", got)
	}
	if a, b := v.hidden(); a+b != 0 {
		t.Errorf("%d and %d passages in the next step", a, b)
	}
}

// TestVeilWaitsAMoment: what may be the beginning of a secret is shown when
// nothing more comes, and what is surely one is not.
func TestVeilWaitsAMoment(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	o, err := openOutput(filepath.Join(t.TempDir(), "t"), token())
	if err != nil {
		t.Fatal(err)
	}
	o.veil.hide(mask.Rules{Secrets: mask.NewSet("hunter2", "login: secret")})
	o.begin(token())
	go o.pump(r) // ends when w is closed
	for _, c := range []struct{ in, shown string }{{"name: h", "name: h"}, {"unter", "name: h"}, {"2", "name: h(hidden)"}, {"\r\nlog", "name: h(hidden)\r\n"}, {"ic", "name: h(hidden)\r\nlogic"}} {
		if _, err := w.WriteString(c.in); err != nil {
			t.Fatal(err)
		}
		until(t, fmt.Sprintf("%q after %q", c.shown, c.in), func() bool { return string(recalled(o)) == c.shown })
	}
	w.Close()
	<-o.done
	o.close()
}

func recalled(o *output) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.recall(0, o.end)
}

// TestGreedyPatterns: a pattern that matches anything hides no fence, and holds
// no step up.
func TestGreedyPatterns(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Hide(mask.Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(`key=.*|\S{20,}`)}})
	for _, text := range []string{"printf 'a key=x'", "echo key=x", "printf 'key='; printf '\\033]0;title key=\\a'; printf xx"} {
		if o := run(t, s, text+"; (exit 3)"); !o.OK(3) || o.Redacted == 0 || len(o.Notices) > 0 {
			t.Errorf("%s: %+v", text, o)
		}
	}
	run(t, s, "break 7") // out of the driver, into which the mark of a prompt leads back
	if o := run(t, s, "(exit 4)"); !o.OK(4) {
		t.Errorf("after the driver was left: %+v", o)
	}
}

// TestS1InARealTerminal has bash print every form of a secret in pieces of one to
// eleven bytes, each a write of its own, and looks for them in the transcript.
func TestS1InARealTerminal(t *testing.T) {
	t.Parallel()
	const secret = "pä5s \"word\"/<x>&more+='$y`"
	doc, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	forms := []string{
		secret, string(doc), url.QueryEscape(secret), url.PathEscape(secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret),
		b64(secret), b64("a" + secret), b64("ab" + secret), base64.URLEncoding.EncodeToString([]byte(secret)), quote(secret),
	}
	s := open(t)
	all := filepath.Join(s.opt.Dir, "forms")
	if err := os.WriteFile(all, []byte(strings.Join(forms, " | ")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Hide(mask.Rules{Secrets: mask.NewSet(secret)})
	o := run(t, s, "LC_ALL=C; for n in 1 2 3 5 7 11; do while IFS= read -rN $n x || [[ $x ]]; do printf %s \"$x\"; done <"+all+"; echo; done; (exit 3)")
	if !o.OK(3) || o.Hidden != 6*len(forms) {
		t.Errorf("%+v", o)
	}
	got := raw(t, s, o)
	for _, form := range forms {
		if core := form[2 : len(form)-4]; strings.Contains(got, core) {
			t.Errorf("%q is left in %q", core, got)
		}
	}
	if lines := strings.Split(strings.TrimSuffix(got, "\r\n"), "\r\n"); len(lines) != 6 || slices.ContainsFunc(lines, func(l string) bool { return l != lines[0] }) {
		t.Errorf("the pieces make a difference: %q", lines)
	}
}
