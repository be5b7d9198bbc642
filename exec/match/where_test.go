package match

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bythebook/runbook"
)

// TestWhere compares what a pattern's group held as a number.
func TestWhere(t *testing.T) {
	for _, tt := range []struct {
		where, text string
		want        Check
	}{
		{"<= 5", "lag=5 s", Check{Mode: "where", Want: "lag <= 5", Seen: "5", OK: true}},
		{"<= 5", "lag=5.1 s", Check{Mode: "where", Want: "lag <= 5", Seen: "5.1"}},
		{"<=$MAX", "lag=3 s", Check{Mode: "where", Want: "lag <=4", Seen: "3", OK: true}},
		{"> 1", "lag=9 s\nlag=1 s", Check{Mode: "where", Want: "lag > 1", Seen: "1"}},
		{">= -1", "lag=-1 s", Check{Mode: "where", Want: "lag >= -1", Seen: "-1", OK: true}},
		{"< 1e3", "lag=999 s", Check{Mode: "where", Want: "lag < 1e3", Seen: "999", OK: true}},
		{"== 10", "lag=10.0 s", Check{Mode: "where", Want: "lag == 10", Seen: "10.0", OK: true}},
		{"!= 0", "lag=0 s", Check{Mode: "where", Want: "lag != 0", Seen: "0"}},
		{"<= 5", "lag=NaN s", Check{Mode: "where", Want: "lag <= 5", Seen: "NaN"}},
		{"<= 5", "lag=none s", Check{Mode: "where", Want: "lag <= 5", Seen: "none"}},
		{"<= 5", "nothing of the kind", Check{Mode: "where", Want: "lag <= 5", Seen: "no lag"}},
		{"<= five", "lag=1 s", Check{Mode: "where", Want: "lag <= five", Seen: "five is no number"}},
		{"about 5", "lag=5 s", Check{Mode: "where", Want: "lag about 5", Seen: "not a comparison such as <= 5"}},
	} {
		e := runbook.Expect{Stated: true, Matches: []string{`lag=(?P<lag>\S+) s`}, Where: []runbook.Named{{ID: "lag", Text: tt.where}}}
		got := Compare(e, Got{HasExit: true, Text: tt.text, Values: map[string]string{"MAX": "4"}})
		if diff := cmp.Diff(tt.want, got.Checks[len(got.Checks)-1]); diff != "" {
			t.Errorf("%s of %q (-want +got):\n%s", tt.where, tt.text, diff)
		}
		if ok := got.Verdict == Matches; ok != tt.want.OK {
			t.Errorf("%s of %q: %s", tt.where, tt.text, got.Verdict)
		}
	}
}
