package match

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
)

// expecting is an expectation in one mode.
var expecting = map[string]func(string) runbook.Expect{
	"lines":    func(w string) runbook.Expect { return runbook.Expect{Stated: true, Lines: w} },
	"exact":    func(w string) runbook.Expect { return runbook.Expect{Stated: true, Exact: w} },
	"contains": func(w string) runbook.Expect { return runbook.Expect{Stated: true, Contains: []string{w}} },
	"absent":   func(w string) runbook.Expect { return runbook.Expect{Stated: true, Absent: []string{w}} },
	"matches":  func(w string) runbook.Expect { return runbook.Expect{Stated: true, Matches: []string{w}} },
	"json":     func(w string) runbook.Expect { return runbook.Expect{Stated: true, JSON: json.RawMessage(w)} },
	"table": func(w string) runbook.Expect {
		return runbook.Expect{Stated: true, Table: []runbook.TableRow{rowOf(w)}}
	},
}

// rowOf is a row of a table as it is written on one line: NAME: api, READY: 3/3.
func rowOf(text string) (r runbook.TableRow) {
	for cell := range strings.SplitSeq(text, ", ") {
		id, value, _ := strings.Cut(cell, ":")
		r = append(r, runbook.Named{ID: id, Text: strings.TrimSpace(value)})
	}
	return r
}

// A row of the table: what is documented, what was seen, and where they differ
// ("" and "" when they don't).
type comparison struct{ want, text, missing, seen string }

var values = map[string]string{
	"HOST": "db-1.example.com", "N": "42", "DOTS": "...", "WORD": "<word>", "EMPTY": "", "BLANKS": "a  b", "RE": "a.b(c", "NL": "a\nb",
}

// What programs print as tables: aligned at the left, with blanks and nothing at
// all in cells, at the right, and ruled.
const (
	pods = `NAME    READY   STATUS             RESTARTS   AGE
api     3/3     Running            0          17d
db      0/1     CrashLoopBackOff   12         3h
cdn     1/1     Running            0          17d`
	containers = `CONTAINER ID   STATUS                   PORTS                  NAMES
4f2a9c1d0e77   Up 5 minutes             0.0.0.0:80->80/tcp     web
aa2a9c1d0e77   Exited (1) 3 hours ago   80/tcp                 job
bb2a9c1d0e77   Up 2 weeks                                      idle`
	disks = `Filesystem 1K-blocks  Used Available Use% Mounted on
/dev/sda1       4000  3000      1000  75% /
/dev/sdb1       1000    71       929   7% /data`
	standbys = ` application_name |   state   | lag
------------------+-----------+-----
 db-2             | streaming |   0
 db-3             | stopped   |  12
(2 rows)`
)

var comparisons = map[string][]comparison{
	"lines": {
		{"a\nb", "a\nb\n", "", ""},
		{"a\nb\n\n", "\n\na\r\nb\r\n", "", ""},
		{"a\nb", "b\na", "a", "b"},
		{"a\nb", "a\nx\nb", "b", "x"},
		{"a\nb", "a", "b", nothing},
		{"a", "a\nb", nothing, "b"},
		{"a", "", "a", nothing},
		{"a\n...\nb", "a\nb", "", ""},
		{"a\n...\nb", "a\nx\ny\nb", "", ""},
		{"a\n…\nb", "a\nb\nb\nb", "", ""},
		{"a\n...\nb", "a\nb\nx", nothing, "x"},
		{"...\nb", "x\nb", "", ""},
		{"...\nthe last word", "x\nthe first word\ny", "the last word", "the first word"},
		{"a\n...", "a", "", ""},
		{"a\n...", "b\na", "a", "b"},
		{"...", "", "", ""},
		{"...\na\nb\n...\nc\n...", "a\na\nb\nb\nc", "", ""},
		{"...\na\nb\n...\na\nc", "a\na\nb\na\nb\na\nc", "", ""},
		{"...\n...\na", "a", "", ""},
		{"active (running)   since ...", "active  (running) since Mon 2026-11-23", "", ""},
		{"active (running) since ...", "active (stopped) since Mon", "active (running) since ...", "active (stopped) since Mon"},
		{"a ... b", "a b", "", ""},
		{"a ... b", "a x y b", "", ""},
		{"a ... b", "ab", "a ... b", "ab"},
		{"a ...", "a", "", ""},
		{"... b", "b", "", ""},
		{"a...b", "ab", "", ""},
		{"a……b", "a.b", "", ""},
		{"id <id> is up", "id i-0abc is up", "", ""},
		{"id <id> is up", "id is up", "id <id> is up", "id is up"},
		{"id <id> is up", "id a b is up", "id <id> is up", "id a b is up"},
		{"<host>:<port>", "db-1:5432", "", ""},
		{"<h1>Bookstore</h1>", "<h1>Bookstore</h1>", "", ""},
		{"  indented\tby  tabs", "indented by tabs   ", "", ""},
		{"a.c", "abc", "a.c", "abc"},
		{"host $HOST up", "host db-1.example.com up", "", ""},
		{"host $HOST up", "host db-1xexample.com up", "host $HOST up", "host db-1xexample.com up"},
		{"<n> of $HOST", "3 of db-1.example.com", "", ""},
		{"<n> of $HOST", "3 of db-1xexample.com", "<n> of $HOST", "3 of db-1xexample.com"},
		{"$DOTS", "anything", "$DOTS", "anything"},
		{"$DOTS", "...", "", ""},
		{"<n> $DOTS", "1 anything", "<n> $DOTS", "1 anything"},
		{"$WORD", "word", "$WORD", "word"},
		{"x $BLANKS ...", "x a b", "", ""},
		{"costs $UNKNOWN and $N", "costs $UNKNOWN and 42", "", ""},
		{"<a> $UNKNOWN", "1 $UNKNOWN", "", ""},
		{"x $EMPTY y", "x  y", "", ""},
		{"done", " 10%\r 55%\rdone", "", ""},
	},
	"exact": {
		{"a  b", "a  b\n", "", ""},
		{"a  b\nc\n", "a  b\r\nc", "", ""},
		{"a b", "a  b", "a b", "a  b"},
		{"a\nb", "a\nc", "b", "c"},
		{"a\nb", "a", "b", nothing},
		{"a", "a\n b", nothing, " b"},
		{"...", "x", "...", "x"},
		{"$N", "42", "", ""},
		{"$N", "43", "42", "43"},
	},
	"contains": {
		{"200 OK", "HTTP/1.1 200 OK\nServer: x", "", ""},
		{"a\nb", "x\na\r\nb\r\n", "", ""},
		{"200 OK", "a\nHTTP/1.1 500 Not OK\nb", "200 OK", "HTTP/1.1 500 Not OK"},
		{"nowhere", "a\nb\n\n", "nowhere", "b"},
		{"x", "", "x", nothing},
		{"at $HOST", "it is at db-1.example.com:80", "", ""},
		{"...", "abc", "...", "abc"},
	},
	"absent": {
		{"error", "all is well", "", ""},
		{"error", "a\nan error, two errors\nb", "error", "an error, two errors"},
		{"$HOST", "gone: db-1xexample.com", "", ""},
		{"$HOST", "still db-1.example.com", "db-1.example.com", "still db-1.example.com"},
	},
	"matches": {
		{"^b+$", "a\nbbb\nc", "", ""},
		{"^b+$", "a\r\nbbb\r\nc", "", ""},
		{"^b$", "a\nbbb", "^b$", "bbb"},
		{"(?P<n>[0-9]+) rows", "42 rows", "", ""},
		{"^$RE$", "a.b(c", "", ""},
		{"^$RE$", "axb(c", `^a\.b\(c$`, "axb(c"},
		{`\$N is 1`, "$N is 1", "", ""},
		{`\\$N`, `\42`, "", ""},
		{"a$", "a\nb", "", ""},
		{"(", "(", "(", "not a pattern: error parsing regexp: missing closing ): `(?m)(`"},
	},
	"table": {
		{"NAME: api, READY: 3/3", pods, "", ""},
		{"NAME: api, READY: 3/3, STATUS: Running, AGE: ...", pods, "", ""},
		{"NAME: db, READY: 1/1", pods, "NAME: db, READY: 1/1", "NAME: db, READY: 0/1"},
		{"NAME: db, STATUS: Running", pods, "NAME: db, STATUS: Running", "NAME: db, STATUS: CrashLoopBackOff"},
		{"NAME: cache, READY: 1/1", pods, "NAME: cache", "cdn     1/1     Running            0          17d"},
		{"NAME: ..., RESTARTS: 0", pods, "NAME: ..., RESTARTS: 0", "NAME: db, RESTARTS: 12"},
		{"NAME: c..., RESTARTS: 0", pods, "", ""},
		{"NAME: api, NODE: a", pods, "a table with NAME, NODE", "NAME    READY   STATUS             RESTARTS   AGE"},
		{"NAME: api, READY: 3/3", "", "a table with NAME, READY", nothing},
		{"NAME: api, READY: $N", "NAME READY\napi 42", "", ""},
		{"NAME: api, READY: $N", "NAME READY\napi 43", "NAME: api, READY: $N", "NAME: api, READY: 43"},
		{"NAMES: web, STATUS: Up ...", containers, "", ""},
		{"NAMES: web, CONTAINER ID: <id>", containers, "", ""},
		{"NAMES: job, STATUS: Up ...", containers, "NAMES: job, STATUS: Up ...", "NAMES: job, STATUS: Exited (1) 3 hours ago"},
		{"NAMES: idle, PORTS: 80/tcp", containers, "NAMES: idle, PORTS: 80/tcp", "NAMES: idle, PORTS: "},
		{"Mounted: /data, Use%: 7%", disks, "", ""},
		{"Mounted: /data, Used: 1", disks, "Mounted: /data, Used: 1", "Mounted: /data, Used: 71"},
		{"Filesystem: /dev/sda1, Available: 1000", disks, "", ""},
		{"application_name: db-2, state: streaming", standbys, "", ""},
		{"application_name: db-3, state: streaming", standbys, "application_name: db-3, state: streaming", "application_name: db-3, state: stopped"},
		{"NAME: b, UP: yes", "NAME  UP\na     yes\n\nNAME  UP\nb     yes", "", ""},
		{"NAME: b, UP: yes", "NAME  UP\na     yes\n\nb     yes", "NAME: b", "b     yes"},
		{"NAME: long-name, UP: yes", "NAME  UP  AGE\nlong-name  yes  1d", "", ""},
		{"NAME: long-name, UP: yes", "NAME UP AGE\nlong-name yes 1d", "NAME: long-name", "long-name yes 1d"},
	},
	"json": {
		{`{"a":1}`, `{"b":2,"a":1}`, "", ""},
		{`{"a":1}`, "{\r\n  \"a\": 1.0\r\n}\r\n", "", ""},
		{`{"a":1}`, `{"a":2}`, ".a: 1", ".a: 2"},
		{`{"a":1}`, `{"A":1}`, ".a: 1", ".a: not there"},
		{`{"a":12345678901234567890}`, `{"a":12345678901234567891}`, ".a: 12345678901234567890", ".a: 12345678901234567891"},
		{`1000`, `1e3`, "", ""},
		{`1`, `1e999999999`, ".: 1", ".: 1e999999999"},
		{`{"a":"..."}`, `{"a":{"b":[1]}}`, "", ""},
		{`{"a":"..."}`, `{}`, `.a: "..."`, ".a: not there"},
		{`{"a":null}`, `{}`, ".a: null", ".a: not there"},
		{`{"a":null}`, `{"a":null}`, "", ""},
		{`{"a":true}`, `{"a":"true"}`, ".a: true", `.a: "true"`},
		{`{"a":{"b":1}}`, `{"a":[1]}`, `.a: {"b":1}`, ".a: [1]"},
		{`[1,2]`, `[1,2]`, "", ""},
		{`[1,2]`, `[1,2,3]`, ".[2]: no more values", ".[2]: 3"},
		{`[1,2]`, `[1]`, ".[1]: 2", ".[1]: no more values"},
		{`[1,2]`, `[2,1]`, ".[0]: 1", ".[0]: 2"},
		{`[1,"..."]`, `[1]`, "", ""},
		{`["...",3]`, `[1,2,3]`, "", ""},
		{`["...",{"id":3},"..."]`, `[{"id":1},{"id":3,"x":1},{"id":4}]`, "", ""},
		{`["...",{"id":5},"..."]`, `[{"id":1},{"id":3}]`, ".[0].id: 5", ".[0].id: 1"},
		{`{"a":[{"b":["..."]}]}`, `{"a":[{"b":[]}]}`, "", ""},
		{`{"a":[{"b":[1,[2]]}]}`, `{"a":[{"b":[1,[3]]}]}`, ".a[0].b[1][0]: 2", ".a[0].b[1][0]: 3"},
		{`{"h":"$HOST","n":"$N"}`, `{"h":"db-1.example.com","n":42}`, "", ""},
		{`{"n":"$N"}`, `{"n":43}`, `.n: "$N"`, ".n: 43"},
		{`{"n":"x"}`, `{"n":42}`, `.n: "x"`, ".n: 42"},
		{`{"n":"$DOTS"}`, `{"n":"x"}`, `.n: "$DOTS"`, `.n: "x"`},
		{`{"$HOST":1}`, `{"db-1.example.com":1}`, "", ""},
		{`{"a":1}`, `curl: (7) refused`, `{"a":1}`, "not JSON (invalid character 'c' looking for beginning of value): curl: (7) refused"},
		{`{"a":1}`, ``, `{"a":1}`, "not JSON (there is none): " + nothing},
		{`{"a":1}`, `{"a":1} {"a":2}`, `{"a":1}`, `not JSON (something follows it): {"a":1} {"a":2}`},
		{`"Succeeded"`, `"Failed"`, `.: "Succeeded"`, `.: "Failed"`},
	},
}

func TestModes(t *testing.T) {
	if len(expecting)+1 != len(modes) {
		t.Errorf("%d modes, %d in this test", len(modes), len(expecting))
	}
	for _, m := range modes {
		if m.name == "where" {
			continue // it rests on another mode, and has a test of its own
		}
		passing, failing := 0, 0
		for _, row := range comparisons[m.name] {
			got := Compare(expecting[m.name](row.want), Got{HasExit: true, Text: row.text, Values: values})
			if len(got.Checks) != 2 || got.Checks[1].Mode != m.name {
				t.Fatalf("%s: %+v", m.name, got)
			}
			c, verdict := got.Checks[1], Matches
			if row.seen != "" {
				verdict = Differs
				failing++
				if c.Want != row.missing || c.Seen != row.seen {
					t.Errorf("%s %q, %q:\n got %q, %q\nwant %q, %q", m.name, row.want, row.text, c.Want, c.Seen, row.missing, row.seen)
				}
			} else {
				passing++
			}
			if got.Verdict != verdict || c.OK != (verdict == Matches) {
				t.Errorf("%s %q, %q: %+v", m.name, row.want, row.text, got)
			}
		}
		if passing == 0 || failing == 0 {
			t.Errorf("%s: %d pass, %d fail", m.name, passing, failing)
		}
	}
}

// Pairs that are very similar and mean the opposite.
func TestMustFail(t *testing.T) {
	for name, p := range map[string][2]string{
		"healthy":    {"NAME   STATUS\napi    healthy", "NAME   STATUS\napi    unhealthy"},
		"succeeded":  {`{"id": "job-17", "state": "Succeeded", "retries": 0}`, `{"id": "job-17", "state": "Failed", "retries": 0}`},
		"context":    {"CURRENT  NAME\n*        staging", "CURRENT  NAME\n*        production"},
		"running":    {"NAME      READY  STATUS\napi-...   3/3    Running", "NAME      READY  STATUS\napi-5d9   0/3    CrashLoopBackOff"},
		"deleted":    {"DELETE 0", "DELETE 98231"},
		"streaming":  {"state\n-----\nstreaming", "state\n-----\nstopped"},
		"status":     {"HTTP/1.1 200 OK", "HTTP/1.1 500 Internal Server Error"},
		"roles":      {"db-1  primary\ndb-2  standby", "db-1  standby\ndb-2  primary"},
		"added line": {"ready", "ready\nWARNING: disk is failing"},
		"lag":        {"lag: 0s", "lag: 9842s"},
	} {
		if Sample(p[0], p[1]) {
			t.Errorf("%s: %q was taken for %q", name, p[1], p[0])
		}
		if c := Compare(runbook.Expect{Lines: p[0]}, Got{HasExit: true, Text: p[1]}); c.Verdict != Differs {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// Pairs that look different and mean the same, where the document says what may
// differ.
func TestMustPass(t *testing.T) {
	for name, p := range map[string][2]string{
		"progress bar":  {"Downloading\n...\ndone", "Downloading\n  1% [>    ]\r 50% [==>  ]\r100% [=====]\n12.4 MB in 3 s\ndone"},
		"timestamps":    {"<date> <time> server started", "2026-11-23 13:39:28.439 server started"},
		"elided lines":  {"* api.service ...\n...\nActive: active (running) since ...\n...", "* api.service - the api\n   Loaded: loaded\n   Active: active (running) since Mon 2026-11-23; 5min ago\n Main PID: 311"},
		"elided middle": {"commit <id>\n...\n1 file changed, ...", "commit 4f2a9c1\nAuthor: alice\n\n1 file changed, 3 insertions(+)"},
		"column widths": {"NAME STATUS AGE\napi Running <age>", "NAME      STATUS    AGE\napi       Running   17d"},
		"line ends":     {"a\nb", "a  \r\nb\r\n"},
	} {
		if !Sample(p[0], p[1]) {
			t.Errorf("%s: %q was not taken for %q", name, p[1], p[0])
		}
	}
	// A value that is not written as a wildcard is meant as it stands.
	if Sample("api  Up 5 minutes", "api  Up 12 seconds") {
		t.Error("an uptime was ignored though nobody asked for it")
	}
	if !Sample("api  Up ...", "api  Up 12 seconds") {
		t.Error("an uptime that may differ differs")
	}
}

// whyNot is why an exit status alone can't be compared.
var whyNot = map[Verdict]string{NotComparable: "the exit status is not known"}

func TestExit(t *testing.T) {
	seven := Got{Exit: 7, HasExit: true}
	for _, row := range []struct {
		name    string
		expect  runbook.Expect
		got     Got
		check   Check
		verdict Verdict
	}{
		{"nothing stated", runbook.Expect{}, Got{HasExit: true}, Check{Mode: "exit", Want: "0", Seen: "0", OK: true}, Matches},
		{"nothing stated, 7", runbook.Expect{}, seven, Check{Mode: "exit", Want: "0", Seen: "7", OK: false}, Differs},
		{"7", runbook.Expect{Exit: []int{7}}, seven, Check{Mode: "exit", Want: "7", Seen: "7", OK: true}, Matches},
		{"7, but 0", runbook.Expect{Exit: []int{7}}, Got{HasExit: true}, Check{Mode: "exit", Want: "7", Seen: "0", OK: false}, Differs},
		{"a list", runbook.Expect{Exit: []int{0, 7}}, seven, Check{Mode: "exit", Want: "0, 7", Seen: "7", OK: true}, Matches},
		{"any", runbook.Expect{AnyExit: true}, seven, Check{Mode: "exit", Want: "any", Seen: "7", OK: true}, Matches},
		{"not known", runbook.Expect{}, Got{}, Check{Mode: "exit", Want: "0", Seen: "not known", OK: false}, NotComparable},
		{"any, not known", runbook.Expect{AnyExit: true}, Got{}, Check{Mode: "exit", Want: "any", Seen: "not known", OK: false}, NotComparable},
	} {
		got := Compare(row.expect, row.got)
		if d := cmp.Diff(Result{Verdict: row.verdict, Checks: []Check{row.check}, Why: whyNot[row.verdict]}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, d)
		}
	}
}

func TestVerdicts(t *testing.T) {
	text := runbook.Expect{Contains: []string{"a", "b"}, Absent: []string{"c"}}
	for _, row := range []struct {
		name    string
		got     Got
		verdict Verdict
		word    string // in what is said of the text, when it wasn't compared
	}{
		{"all found", Got{HasExit: true, Text: "a b"}, Matches, ""},
		{"one missing", Got{HasExit: true, Text: "a"}, Differs, ""},
		{"one too many", Got{HasExit: true, Text: "a b c"}, Differs, ""},
		{"wrong exit", Got{HasExit: true, Exit: 1, Text: "a b"}, Differs, ""},
		{"unknown exit", Got{Text: "a b"}, NotComparable, ""},
		{"unknown exit, one missing", Got{Text: "a"}, Differs, ""},
		{"cut short", Got{HasExit: true, Text: "a b", Truncated: true}, NotComparable, "not complete"},
		{"cut short, wrong exit", Got{HasExit: true, Exit: 1, Text: "a b", Truncated: true}, Differs, "not complete"},
		{"binary", Got{HasExit: true, Text: "a b\x00"}, NotComparable, "binary"},
		{"as long as may be", Got{HasExit: true, Text: "b" + strings.Repeat("a", MaxText-1)}, Matches, ""},
		{"too long", Got{HasExit: true, Text: "b" + strings.Repeat("a", MaxText)}, NotComparable, "1048577 bytes"},
	} {
		got := Compare(text, row.got)
		if got.Verdict != row.verdict || len(got.Checks) != 4 {
			t.Errorf("%s: %+v", row.name, got.Verdict)
		}
		for _, c := range got.Checks[1:] {
			if row.word != "" && (c.OK || !strings.Contains(c.Seen, row.word)) {
				t.Errorf("%s: %+v", row.name, c)
			}
		}
	}
	if got := Compare(runbook.Expect{}, Got{HasExit: true, Truncated: true, Text: "\x00"}); got.Verdict != Matches {
		t.Errorf("nothing is expected of the output: %+v", got)
	}
}

func TestSample(t *testing.T) {
	if !Sample("", "anything") || !Sample(" \n", "") {
		t.Error("no documented output differs")
	}
	if Sample("...", strings.Repeat("a", MaxText+1)) {
		t.Error("output that is too long agrees")
	}
	if !Sample("$HOST", "$HOST") {
		t.Error("a sample's dollar is a value")
	}
}

func TestChecksAreShort(t *testing.T) {
	long := strings.Repeat("é", 1000)
	for name, expect := range expecting {
		want := long
		if name == "json" {
			want = `"` + long + `"`
		}
		for _, c := range Compare(expect(want), Got{HasExit: true, Text: long + "x\nmore " + long}).Checks {
			if max(len(c.Want), len(c.Seen)) > maxShown+80 {
				t.Errorf("%s: %d and %d bytes", name, len(c.Want), len(c.Seen))
			}
		}
	}
}

// Each of these would take longer than the universe lasts if places were tried
// one by one.
func TestNothingIsExponential(t *testing.T) {
	deep := func(leaf string) string {
		const n = 60
		return strings.Repeat(`["...",`, n) + leaf + strings.Repeat(`,"..."]`, n)
	}
	nested := func(leaf string) string {
		return strings.Repeat(`[0,`, 60) + leaf + strings.Repeat(`,0]`, 60)
	}
	for name, row := range map[string]struct{ mode, want, text string }{
		"gaps":      {"lines", strings.Repeat("...\na\n", 200) + "b", strings.Repeat("a\n", 2000)},
		"blocks":    {"lines", "...\n" + strings.Repeat("a\n", 200) + "b\n...\nc", strings.Repeat("a\n", 5000)},
		"wildcards": {"lines", strings.Repeat("...a", 100) + "b", strings.Repeat("a", 20_000)},
		"words":     {"lines", strings.Repeat("<a><b>", 50) + "!", strings.Repeat("a", 20_000)},
		"pattern":   {"matches", "^(a+)+$", strings.Repeat("a", 50_000) + "b"},
		"json":      {"json", deep("1"), nested("2")},
		"json rows": {"json", "[" + strings.Repeat(`"...",1,`, 100) + "2]", "[" + strings.Repeat("1,", 5000) + "1]"},
	} {
		if got := Compare(expecting[row.mode](row.want), Got{HasExit: true, Text: row.text}); got.Verdict != Differs {
			t.Errorf("%s: %s", name, got.Verdict)
		}
	}
}

func FuzzLines(f *testing.F) {
	for _, row := range comparisons["lines"] {
		f.Add(row.want, row.text, "HOST", "db-1")
	}
	f.Fuzz(func(t *testing.T, want, text, name, value string) {
		if len(want) > 1<<12 || len(text) > 1<<14 {
			return
		}
		got := Compare(runbook.Expect{Lines: want}, Got{HasExit: true, Text: text, Values: map[string]string{name: value}})
		for _, c := range got.Checks {
			if !c.OK && c.Want == c.Seen {
				t.Errorf("%q differs from itself", c.Want)
			}
		}
		Sample("...\n"+want+"\n...", text)
		if plain := strings.Trim(text, "\n"); !strings.ContainsAny(plain, "\r\x00$") && !Sample(plain, text) {
			t.Errorf("a text is not its own sample: %q", text)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, row := range comparisons["json"] {
		f.Add(row.want, row.text)
	}
	f.Fuzz(func(t *testing.T, want, text string) {
		if len(want) > 1<<12 || len(text) > 1<<14 {
			return
		}
		Compare(runbook.Expect{JSON: json.RawMessage(want)}, Got{HasExit: true, Text: text})
		if json.Valid([]byte(text)) && !strings.ContainsAny(text, "\x00\r") { // a carriage return may write over some of it
			if got := Compare(runbook.Expect{JSON: json.RawMessage(text)}, Got{HasExit: true, Text: text}); got.Verdict != Matches {
				t.Errorf("JSON does not hold itself: %q: %+v", text, got)
			}
		}
	})
}
