package part

import (
	"fmt"
	"strings"
	"time"

	"bythebook/exec"
	"bythebook/runbook"
	"bythebook/ui/look"
)

// Bar draws how much of something is used up in w cells, brackets included.
func Bar(l look.Look, used, of time.Duration, w int) string {
	room := max(1, w-2)
	n := room
	if of > 0 && used < of {
		n = int(int64(room) * int64(max(0, used)) / int64(of))
	}
	return "[" + l.Line(look.Full, n) + l.Line(look.Empty, room-n) + "]"
}

// paceRoles are the colours of the words that tell the pace.
var paceRoles = map[string]look.Role{"on pace": look.Good, "TIGHT": look.Warn, "LATE": look.Bad, "OVER": look.Bad}

// Spare is the time that is to spare, with the word that says what to think of it.
func Spare(l look.Look, c exec.Clock, word bool) string {
	text := "SPARE " + Signed(c.Spare)
	if pace := c.Pace(); pace != "" && (word || pace != "on pace") {
		text += " " + pace
	}
	return l.Paint(paceRoles[c.Pace()], text)
}

// Time is the second line of every screen: how much time there is. where tells
// the step, as in 7/18.
func Time(l look.Look, s exec.State, now time.Time, where string, devs, w int) string {
	tail := fmt.Sprintf("%s  DEV %d", where, devs)
	if w >= 100 {
		tail = fmt.Sprintf("step %s   DEV %d", where, devs)
	}
	if s.Back != nil {
		return Spread(" "+l.Paint(look.Strong, "BACK TO SAFETY, for "+Clock(now.Sub(s.Back.At)))+"  no objective is evaluated", tail, w-1)
	}
	c := s.Clock(now)
	if c.RTO == 0 {
		return Spread(" "+l.Paint(look.Strong, "T+"+Clock(since(s, now))+"  no RTO is documented"), tail, w-1)
	}
	if c.Started.IsZero() {
		starts, _ := exec.Anchors(s.Scenario)
		at := "  it starts at '" + string(starts) + "'"
		if notional(s, starts) {
			at = "  it starts with the go, simulated"
		}
		if w < 60 {
			at = ""
		}
		return Spread(" "+l.Paint(look.Strong, "CLOCK NOT STARTED")+"  RTO "+Clock(c.RTO)+at, tail, w-1)
	}
	return running(l, c, tail, w)
}

// notional reports whether no step sets the mark, so that the go stands for it.
func notional(s exec.State, starts runbook.Mark) bool {
	for i := range s.Scenario.Steps {
		if s.Scenario.Steps[i].Mark == starts {
			return false
		}
	}
	return starts == runbook.Disruption && (s.Began.Kind == exec.Tabletop || s.Began.Kind == exec.Rehearsal)
}

func since(s exec.State, now time.Time) time.Duration {
	if s.Started.IsZero() {
		return 0
	}
	if s.Ended != nil {
		now = s.Last
	}
	return now.Sub(s.Started)
}

// running draws a clock that was started; what does not fit is left out, LEFT
// and SPARE last of all.
func running(l look.Look, c exec.Clock, tail string, w int) string {
	head := " T+" + Clock(c.Elapsed) + "  RTO " + Clock(c.RTO) + " "
	if !c.Stopped.IsZero() {
		head = " T+" + Clock(c.Elapsed) + " IS FINAL  RTO " + Clock(c.RTO) + " "
	}
	left := "LEFT " + Clock(c.Left)
	for _, word := range []bool{true, false} {
		end := "  " + left + "  " + Spare(l, c, word) + "  " + tail
		if bar := w - Width(head) - Width(end) - 1; bar >= 12 || !word && bar >= 6 {
			return l.Paint(look.Strong, head+Bar(l, c.Elapsed, c.RTO, min(bar, 47))+"  "+left) +
				Spread("  "+Spare(l, c, word), tail, w-1-Width(head)-min(bar, 47)-2-Width(left))
		}
	}
	short := " " + l.Paint(look.Strong, left) + "  " + Spare(l, c, false) + "  " + strings.TrimPrefix(tail, "step ")
	return Fit(short, w)
}

// digits are five rows of four cells each.
var digits = map[rune][5]string{
	'0': {"####", "#  #", "#  #", "#  #", "####"},
	'1': {"   #", "   #", "   #", "   #", "   #"},
	'2': {"####", "   #", "####", "#   ", "####"},
	'3': {"####", "   #", "####", "   #", "####"},
	'4': {"#  #", "#  #", "####", "   #", "   #"},
	'5': {"####", "#   ", "####", "   #", "####"},
	'6': {"####", "#   ", "####", "#  #", "####"},
	'7': {"####", "   #", "   #", "   #", "   #"},
	'8': {"####", "#  #", "####", "#  #", "####"},
	'9': {"####", "#  #", "####", "   #", "####"},
	':': {"    ", " ## ", "    ", " ## ", "    "},
	'-': {"    ", "    ", "####", "    ", "    "},
}

// Big writes a duration in digits that can be read across a room.
func Big(l look.Look, d time.Duration) []string {
	rows := make([]string, 5)
	for _, r := range Clock(d) {
		for i, part := range digits[r] {
			rows[i] += strings.ReplaceAll(part, "#", l.Sign(look.Full)) + "  "
		}
	}
	return rows
}
