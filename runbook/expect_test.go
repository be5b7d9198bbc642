package runbook

import (
	"encoding/json"
	"testing"
)

func TestExpectationsInWords(t *testing.T) {
	for _, tt := range []struct {
		expect Expect
		want   string
	}{
		{Expect{}, "exit 0"},
		{Expect{AnyExit: true}, "any exit status"},
		{Expect{Exit: []int{7, 28}, Contains: []string{"curl: (7)"}}, `exit 7 or 28; output contains "curl: (7)"`},
		{Expect{Matches: []string{`^v[0-9.]+$`}, Absent: []string{"error"}}, `exit 0; output lacks "error"; output matches /^v[0-9.]+$/`},
		{Expect{Lines: "a\n...\nb\n", JSON: json.RawMessage(`{"ok":true}`)}, `exit 0; output has the lines "a / ... / b"; output holds the JSON "{"ok":true}"`},
	} {
		if got := tt.expect.String(); got != tt.want {
			t.Errorf("%+v reads\n%s\nwant\n%s", tt.expect, got, tt.want)
		}
	}
}

// TestDigest: what sha256sum prints for the files, sorted and hashed again.
func TestDigest(t *testing.T) {
	c := Copy{Main: "a.yaml", Files: map[string][]byte{"a.yaml": []byte("a\n"), "b.sh": []byte("b\n")}}
	sums := c.Sums()
	if len(sums) != 2 || sums[0] != "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f  b.sh\n" {
		t.Errorf("the sums are %q", sums)
	}
	before := c.Digest()
	c.Files["b.sh"] = []byte("b \n")
	if c.Digest() == before {
		t.Error("a changed byte left the digest as it was")
	}
}
