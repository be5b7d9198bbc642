package clean

import (
	"encoding/json"
	"testing"
)

// TestJSON: nothing in it obeys, and it says what it said.
func TestJSON(t *testing.T) {
	for _, said := range []string{"", "plain \"text\"", "\x1b]0;x\a\u009b2J\x7f\u202e\u200b", "Größe 日本 \U0001F600 \U000E0041", "a\nb\t\u2028"} {
		text, err := json.MarshalIndent([]string{said}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		safe := JSON(text)
		var read []string
		if err := json.Unmarshal(safe, &read); err != nil || read[0] != said {
			t.Errorf("%q reads %q (%v)", said, read, err)
		}
		if Text(string(safe)) != string(safe) {
			t.Errorf("not safe to show: %q", safe)
		}
	}
}
