package ui

import (
	"errors"
	"fmt"
	"strings"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/ui/look"
	"bythebook/ui/part"
)

// frame draws the four lines that never move around a body. It returns exactly
// lay.H lines of at most lay.W cells.
func (sc scene) frame(body []string, o overlay, message string) []string {
	lay := sc.lay
	var rows []string
	add := func(on bool, line string) {
		if on {
			rows = append(rows, part.Cut(line, lay.W))
		}
	}
	quiet := sc.look.Paint(look.Quiet, part.Rule(sc.look, "", "", lay.W))
	add(lay.where, sc.whereLine(lay.W))
	add(lay.time, sc.timeLine(lay.W))
	add(lay.top, quiet)
	for _, line := range part.Tall(body, lay.body.H) {
		add(true, line)
	}
	if stop, called := sc.called(); called && message == "" {
		message = clean.Line(stop.Words())
	}
	if message == "" {
		add(lay.rule, quiet)
	} else {
		add(lay.rule, sc.look.Paint(look.Warn, part.Fit(" "+message, lay.W)))
	}
	add(lay.H > 0, sc.nextLine(o, lay.W))
	if o != nil {
		add(lay.keys, part.Fit(" "+o.keys(), lay.W))
	} else {
		add(lay.keys, keyLine(sc, lay.W))
	}
	return rows
}

// A word is part of line 1; the ones of lowest rank are left out first.
type word struct {
	text string
	rank int
	role look.Role
}

// whereLine is line 1: where am I.
func (sc scene) whereLine(w int) string {
	clock := sc.now.Format("15:04")
	if sc.ex == nil {
		return sc.line(sc.libraryWords(), clean.Line(sc.cfg.Who)+"  "+clock, w)
	}
	if !sc.open() {
		return sc.line([]word{{clean.Line(sc.ex.ID), 9, look.Strong}}, clock, w)
	}
	rec := "REC ok"
	if sc.update.Err != nil {
		rec = "REC FAILED"
	}
	if sc.onlooking() && sc.update.Pen.Reads && sc.update.Err == nil {
		rec = "READING" // whether anybody records can't be told
	}
	switch {
	case sc.lost() && w >= 60:
		rec = "NOT RECORDED"
	case sc.lost():
		rec = "NO REC"
	case w >= 60:
		rec += "  " + clock
	}
	return sc.line(sc.whereWords(), rec, w)
}

// called is the stop that somebody calls for, and that waits for its answer.
func (sc scene) called() (exec.Stop, bool) {
	if !sc.open() || sc.st.Ended != nil {
		return exec.Stop{}, false
	}
	return sc.st.Called()
}

// onlooking reports whether somebody else has the pen.
func (sc scene) onlooking() bool { return sc.open() && sc.st.Ended == nil && sc.update.Pen.Away }

// lost reports whether nobody records the exercise any more: its keeper is gone.
func (sc scene) lost() bool {
	return sc.open() && sc.st.Ended == nil && !sc.update.Gone.IsZero()
}

// onlooker is what is next where somebody else has the pen.
func onlooker(sc scene, n nextLine) nextLine {
	next := n.words
	n = nextLine{"", clean.Line(sc.update.Pen.Words()) + "; next: " + next, "T = take it"}
	if sc.update.Pen.Reads {
		return nextLine{"", fmt.Sprintf("only reading the record, %s old; next: %s", part.Clock(sc.now.Sub(sc.st.Last)), next), "from here nothing is said"}
	}
	if sc.update.Pen.Looks {
		n.aside = "n = note, S = call stop"
		if _, called := sc.called(); called {
			n.aside = "n = note"
		}
	}
	if sc.next.Situation == exec.Approving && sc.update.Allow(approval(sc)).Verdict == exec.Allowed {
		n.key, n.words = "a", fmt.Sprintf("APPROVE or refuse step %d: you are asked", sc.next.Step+1)
	}
	return n
}

// libraryWords are how the library stands as a whole.
func (sc scene) libraryWords() []word {
	n := sc.library().Count(sc.now)
	words := []word{{"LIBRARY", 9, look.Strong}, {clean.Line(sc.cfg.Where), 1, look.Plain}, {part.Count(n.Books, "playbook", "playbooks"), 4, look.Plain}}
	for _, w := range []struct {
		n    int
		text string
		rank int
		role look.Role
	}{{n.Bad, "with problems", 6, look.Warn}, {n.Open, "not agreed", 7, look.Plain}, {n.Over, "OVERDUE", 8, look.Warn}, {n.Due, "due", 3, look.Plain}} {
		if w.n > 0 {
			words = append(words, word{fmt.Sprint(w.n, " ", w.text), w.rank, w.role})
		}
	}
	if sc.lib != nil && len(sc.lib.Trouble) > 0 {
		words = append(words, word{part.Count(len(sc.lib.Trouble), "record damaged", "records damaged"), 2, look.Warn})
	}
	return words
}

func (sc scene) whereWords() []word {
	b := sc.st.Began
	kind := look.Strong
	if b.Kind == exec.Live || b.Kind == exec.Incident {
		kind = look.Reverse
	}
	words := []word{
		{clean.Line(b.Playbook) + " >", 3, look.Plain}, {clean.Line(b.Scenario), 7, look.Plain}, {"[" + typeWord(b.Kind) + "]", 11, kind},
	}
	if of := sc.st.Of(sc.st.At).ID; of != b.Scenario {
		words = append(words, word{"in " + clean.Line(of), 6, look.Strong})
	}
	if b.DryRun {
		words = append(words, word{"DRY RUN", 10, look.Warn})
	}
	if lacks := sc.st.Unagreed(); lacks != "" {
		words = append(words, word{lacks, 9, look.Warn})
	}
	if sc.st.Back != nil && sc.st.Ended == nil {
		words = append(words, word{"ABORTING", 6, look.Warn})
	}
	words = append(words, word{string(b.Rule), 5, look.Plain}, word{clean.Line(b.Exercise), 8, look.Plain})
	if sc.st.Ended != nil {
		return append(words, word{"FINISHED", 4, look.Strong})
	}
	if _, called := sc.called(); called {
		words = append(words, word{"STOP CALLED", 12, look.Bad})
	}
	if sc.lost() {
		words = append(words, word{"KEEPER GONE", 12, look.Bad})
	} else if sc.onlooking() {
		words = append(words, word{"LOOKING ON", 6, look.Warn})
	}
	if sc.ex.Had != "" {
		return append(words, word{clean.Line(sc.cfg.Who + " (before: " + sc.ex.Had + ")"), 6, look.Warn})
	}
	return append(words, word{clean.Line(sc.cfg.Who), 2, look.Plain})
}

// line puts words at the left and a remark at the right, leaving out the words
// of lowest rank until it fits.
func (sc scene) line(words []word, right string, w int) string {
	for {
		texts, lowest := make([]string, len(words)), 0
		for i, x := range words {
			texts[i] = sc.look.Paint(x.role, x.text)
			if x.rank < words[lowest].rank {
				lowest = i
			}
		}
		left := " " + strings.ReplaceAll(strings.Join(texts, "  "), ">  ", "> ")
		if part.Width(left)+part.Width(right)+2 <= w || len(words) <= 1 {
			return part.Spread(left, right, w-1)
		}
		words = append(words[:lowest:lowest], words[lowest+1:]...)
	}
}

// timeLine is line 2: how much time.
func (sc scene) timeLine(w int) string {
	switch {
	case sc.ex == nil:
		return sc.unfinished(w)
	case !sc.open():
		return " reading the record ..."
	case sc.st.Ended != nil:
		return sc.resultLine(w)
	}
	at := min(sc.st.At+1, sc.steps())
	if sc.next.Situation == exec.Busy {
		at = sc.next.Step + 1
	}
	where := fmt.Sprintf("%d/%d", at, sc.steps())
	if sc.st.Held() {
		where = "HOLD  " + where
	}
	if then := " AS OF " + sc.clock(sc.now) + " "; sc.lost() && w >= 60 {
		return then + part.Time(sc.look, sc.st, sc.now, where, len(sc.devs), w-part.Width(then))
	}
	return part.Time(sc.look, sc.st, sc.now, where, len(sc.devs), w)
}

// unfinished is line 2 of the library.
func (sc scene) unfinished(w int) string {
	if sc.cfg.Stand != nil && sc.lib == nil {
		return " reading what is on record ..."
	}
	for _, r := range sc.rows() {
		if r.Unfinished != "" {
			return part.Cut(" "+sc.look.Paint(look.Warn, "UNFINISHED")+"  "+clean.Line(r.Unfinished)+"  "+r.name()+at(r), w)
		}
	}
	return " nothing is unfinished"
}

// resultLine is line 2 when all is over.
func (sc scene) resultLine(w int) string {
	done := 0
	for i := range sc.steps() {
		if sc.st.Step(i).Over() {
			done++
		}
	}
	v := exec.Judge(sc.st)
	line := " RESULT  " + strings.ToUpper(string(v.Outcome))
	for _, o := range sc.goals {
		if o.Name == "RTO" && o.Measured {
			line = fmt.Sprintf(" RESULT  RTO %s %s of %s", strings.ToUpper(string(o.Verdict)), part.Clock(o.Actual), part.Clock(o.Target))
		}
	}
	tail := fmt.Sprintf("%s   steps %d/%d   DEV %d", v.Completion, done, sc.steps(), len(sc.devs))
	return sc.look.Paint(look.Strong, part.Spread(line, tail, w-1))
}

// nextLine is the line above the last: what is next. It is hollow until keys
// may act.
func (sc scene) nextLine(o overlay, w int) string {
	n := sc.screen.next(sc)
	if sc.onlooking() {
		n = onlooker(sc, n)
	}
	if sc.lost() {
		n = nextLine{"q", "LEAVE, and resume it", "nothing is recorded from here"}
	}
	if errors.Is(sc.update.Err, exec.ErrStopped) {
		n = nextLine{"q", "LEAVE, see to the disk, and resume; nothing more is recorded", "what was on record is safe"}
	}
	if o != nil {
		n = o.next(sc)
	}
	head := " NEXT > " + n.key + " = " + n.words
	switch {
	case n.key == "":
		head = " WAIT  " + n.words
	case !sc.armed:
		head = " NEXT . " + n.key + " = " + n.words
	}
	aside := ""
	if n.aside != "" {
		aside = "(" + n.aside + ") "
	}
	line := part.Fit(part.Spread(head, aside, w), w)
	if n.key == "" || !sc.armed {
		return sc.look.Paint(look.Strong, line)
	}
	return sc.look.Paint(look.Reverse, line)
}
