package report

import (
	"strings"

	"bythebook/exec"
)

// An Input is all that a report is made from.
type Input struct {
	State  exec.State   // the fold of Events
	Events []exec.Event // all of them, in order
	Record Record
	Names  bool // show people by name instead of by role
}

// A Record says what the record on disk is, so that a report can be held
// against it. First, Last and SHA256 are in hexadecimal; empty ones are
// reported as not known.
type Record struct {
	Events int
	First  string // hash of the first record
	Last   string // hash of the last record
	SHA256 string // of the file's bytes
}

// A section is one part of the report.
type section struct {
	title string
	write func(*view, *page)
}

// sections is the report, in order. Texts refer to them by number.
var sections = []section{
	{"1 Summary", writeSummary},
	{"2 Overview", writeOverview},
	{"3 Plan under test", writePlan},
	{"4 Objectives and recovery metrics", writeMeasures},
	{"5 Timeline", writeTimeline},
	{"6 Documented against performed", writeSteps},
	{"7 Deviations", writeDeviations},
	{"8 Proposed playbook changes", writeProposals},
	{"9 Notes", writeNotes},
	{"10 Improvement plan", writeImprovements},
	{"11 Limitations and what was not measured", writeLimits},
	{"12 Sign-off", writeSignOff},
	{"Appendix A: integrity of the record", writeIntegrity},
	{"Appendix B: commands", writeCommands},
	{"Appendix C: method and definitions", writeMethod},
}

// Markdown is the report for people, with YAML front matter. It reads well as
// it stands, on a code forge, and rendered on a terminal without the front
// matter (see Body).
func Markdown(in Input) string {
	if in.State.Scenario == nil {
		return "# Exercise report\n\nNo exercise is on record.\n"
	}
	v, p := look(in), &page{}
	writeFront(v, p)
	for _, s := range sections {
		p.heading(2, md(s.title))
		s.write(v, p)
	}
	return strings.TrimRight(p.b.String(), "\n") + "\n"
}

// fenceOfFront encloses the front matter.
const fenceOfFront = "---\n"

// Body is a report without its front matter, which Markdown renderers for
// terminals would take for prose.
func Body(markdown string) string {
	rest, ok := strings.CutPrefix(markdown, fenceOfFront)
	if !ok {
		return markdown
	}
	if _, body, ok := strings.Cut(rest, "\n"+fenceOfFront); ok {
		return strings.TrimLeft(body, "\n")
	}
	return markdown
}
