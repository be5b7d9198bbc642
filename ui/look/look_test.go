package look

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestPaintAddsNothingButStyle(t *testing.T) {
	for role := range styles {
		for _, l := range []Look{{}, {Color: true}, {Color: true, Dark: true}, {Unicode: true}} {
			if got := ansi.Strip(l.Paint(Role(role), "LATE")); got != "LATE" {
				t.Errorf("role %d: the text became %q", role, got)
			}
		}
	}
}

func TestNoColorMeansNoColor(t *testing.T) {
	for role := range styles {
		got := Look{}.Paint(Role(role), "x")
		for _, c := range []string{"3", "4", "9"} {
			if strings.Contains(strings.TrimSuffix(got, "\x1b[m"), "["+c) || strings.Contains(got, ";"+c) {
				t.Errorf("role %d uses a colour without being allowed to: %q", role, got)
			}
		}
	}
}

func TestSignsAreOneCell(t *testing.T) {
	for s := range signs {
		for _, l := range []Look{{}, {Unicode: true}} {
			if w := ansi.StringWidth(l.Sign(Sign(s))); w != 1 {
				t.Errorf("sign %d is %d cells wide", s, w)
			}
		}
	}
	if got := (Look{}).Line(Across, -3); got != "" {
		t.Errorf("a line of negative length is %q", got)
	}
}
