package view

import (
	"cmp"
	"slices"
	"strings"

	"bythebook/runbook"
)

// kinds says how a step is carried out, effects what it can break.
var kinds = map[runbook.Kind]md{
	runbook.Run:    "Command",
	runbook.Manual: "By hand",
	runbook.Decide: "Decision",
	runbook.Wait:   "Wait",
	runbook.Until:  "Wait for a condition",
	runbook.Notify: "Notification",
}

var effects = map[runbook.Effect]md{
	runbook.None:   "touches nothing",
	runbook.Read:   "only looks",
	runbook.Change: "changes something",
	runbook.Final:  "**cannot be undone**",
}

// writeStep writes one line of the checklist: what to know before, what to do,
// and how to go on. A step is a heading and not an item of a list: terminals,
// forges and printers agree on what stands below a heading, and links lead to it.
func (g *guide) writeStep(p *page, number int, step runbook.Step) {
	level := 4
	if step.Part != "" {
		level = 5
	}
	p.heading(level, joined(" ", "[ ]", say("%s.", number), code(step.ID)))
	do, rest := firstOf(step.Do)
	p.para(text(do))
	p.prose(rest)
	g.writeBefore(p, step)
	g.writeDoing(p, step)
	g.writeExpected(p, step)
	g.writeAfter(p, step)
}

// writeBefore writes whether the step is due, whose it is and what it costs. The
// warning is the last that is read before the command.
func (g *guide) writeBefore(p *page, step runbook.Step) {
	p.labelled("**Only if:**", step.If)
	p.probe("**Only if** this succeeds:", step.IfProbe)
	p.list(
		whenOptional(step),
		after("Before it must hold: ", sentences(step.Preconditions)),
		after("Only after: ", joined("; ", every(step.DependsOn, g.place)...)),
		after("Who: ", g.who(step.Who)),
		after("Approved first by: ", each(step.Approve, g.who)),
		after("In any order with the other steps of ", optional(step.Together, code)),
		terminals(step),
		started(step.In),
	)
	p.para(joined("; ", joined(" ", kinds[step.Kind], long(step.Wait)), breaks(step),
		after("confirmed by typing ", optional(step.Aim, code)), repeatable(step), planned(step), after("at most ", long(step.Timeout)), tries(step)))
	p.labelled("**Warning:**", step.Warning)
}

// breaks is what a step can break. What a person does may well change something,
// so of that only what the document says is said.
func breaks(step runbook.Step) md {
	if step.Effect == runbook.None && !step.Kind.Commands() {
		return ""
	}
	return effects[step.Effect]
}

func whenOptional(step runbook.Step) md {
	switch {
	case step.Optional:
		return joined(" ", "**Optional.**", text(step.When))
	default:
		return after("When: ", text(step.When))
	}
}

func repeatable(step runbook.Step) md {
	if step.Idempotent {
		return "may be repeated without harm"
	}
	return ""
}

// planned is the planned time, with its range where there is one.
func planned(step runbook.Step) md {
	return joined(", ", after("planned ", long(step.Estimate)),
		after("at least ", long(step.EstimateMin)), after("up to ", long(step.EstimateMax)))
}

// tries is how often a step may be tried, or its condition looked at.
func tries(step runbook.Step) md {
	often, pause := md(""), long(step.Every)
	if step.Tries > 1 {
		often = say("up to %s tries", step.Tries)
	}
	if step.Kind == runbook.Until {
		pause = after("looked at every ", pause)
	} else if pause != "" {
		pause += " between tries"
	}
	return joined("; ", often, pause, after("true within ", long(step.Within)), after("and true for ", long(step.Holds)))
}

// terminals says where a command runs, and what becomes of the terminal.
func terminals(step runbook.Step) md {
	where := after("in the terminal ", each(step.At, code))
	if len(step.At) > 1 {
		where = after("once in each of the terminals ", each(step.At, code))
	}
	alone, again := md(""), md("")
	if step.Isolated {
		alone = "in a process of its own"
	}
	if step.Setup {
		again = "done again in a terminal that replaces a lost one"
	}
	return after("Where: ", joined("; ", where, after("opens the terminal ", optional(step.Opens, code)),
		after("ends the terminal ", optional(step.Closes, code)), alone, again))
}

func started(in runbook.In) md {
	return after("Started: ", joined("; ", after("in the folder ", optional(in.Dir, code)),
		after("with ", each(in.Env, func(e runbook.Named) md { return code(e.ID + "=" + e.Text) })),
		after("by ", optional(in.Shell, code))))
}

// writeDoing writes the one way of carrying the step out.
func (g *guide) writeDoing(p *page, step runbook.Step) {
	blocks := step.Runs
	if step.Run != "" && !slices.Contains(blocks, step.Run) {
		blocks = append([]string{step.Run}, blocks...)
	}
	if len(blocks) > 1 {
		p.para("The document does not say whether these follow one another or are alternatives:")
	}
	info := "sh"
	if !strings.HasSuffix(cmp.Or(step.In.Shell, info), "sh") {
		info = "" // another language
	}
	for _, run := range blocks {
		p.fence(info, run)
	}
	if step.Ask != step.Do {
		p.labelled("**Decide:**", step.Ask)
	}
	p.para(after("Tell people by the rule ", optional(step.Rule, code)))
	p.para(after("Tell, in this order: ", each(step.Notify, g.who)))
}

// answer is what may be answered, and where it leads.
func (g *guide) answer(a runbook.Answer) md {
	limit := md("")
	if a.AtMost > 0 {
		limit = say(" (at most %s times)", a.AtMost)
	}
	return say("*%s*: %s", text(a.Say), g.target(a.Go)) + limit
}

// writeExpected writes what counts as done, what that leaves for later steps,
// and where it goes on.
func (g *guide) writeExpected(p *page, step runbook.Step) {
	if !step.Expect.Stated && len(step.Capture) > 0 {
		p.para("Expected: exit 0, and every value that is kept.")
	} else {
		p.expect(step.Expect, step.Kind.Commands())
	}
	if step.Sample != "" {
		p.para("It may print, for instance:")
		p.fence("text", step.Sample)
	}
	p.list(append(every(step.Answers, g.answer),
		after("If that is not met: ", optional(string(step.IfNot), func(string) md { return g.target(step.IfNot) })),
		after("Kept for later steps: ", joined("; ", every(step.Capture, capture)...)),
		point(step.Point),
		after("Leave as evidence: a ", text(step.Evidence)),
		after("Never recorded, whatever matches: ", each(step.Redact, code)),
		after("Reaches the mark: ", text(string(step.Mark))),
		after("Then: ", optional(string(step.Then), func(string) md { return g.target(step.Then) })),
	)...)
}

func capture(c runbook.Capture) md {
	line := md("")
	if c.Line > 0 {
		line = say("line %s", c.Line)
	}
	return joined(" ", code(c.Name), "from", joined(", ", after("the last match of ", optional(c.Pattern, code)), optional(c.JSON, code), line))
}

func point(p *runbook.Point) md {
	if p == nil {
		return ""
	}
	return after("The recovery point is ", joined(", ", optional(p.From, code), after("by ", text(p.Method)), after("written every ", long(p.Every))))
}

// writeAfter writes what a reader may want to know beside all that.
func (g *guide) writeAfter(p *page, step runbook.Step) {
	p.labelled("To undo it:", step.Rollback)
	p.labelled("Why:", step.Why)
	p.labelled("Note:", step.Note)
	p.para(after("See: ", each(step.Refs, text)))
}

// target says in words where a procedure goes on.
func (g *guide) target(t runbook.Target) md {
	switch other := t.Other(); {
	case other != "":
		return say("go to the scenario %s", g.scenario(other))
	case t == "" || t == runbook.Next:
		return "go on with the next step"
	}
	return "go to " + g.place(string(t))
}
