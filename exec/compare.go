package exec

import (
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"bythebook/exec/match"
	"bythebook/runbook"
)

// compare puts the result beside what is documented, and takes values out of
// it when it is as documented. What was really printed decides; what is kept of
// the checks comes from what may be seen.
func (r *Result) compare(job Job, out printed, complete bool) {
	if r.Uncompared = unfinished(r.StepEnded, complete); r.Uncompared != "" {
		r.Match = NotComparable
		return
	}
	is := match.Got{Exit: *r.Exit, HasExit: true, Text: out.text, Truncated: r.Output.To-r.Output.From > compared, Values: job.Values}
	got := match.Compare(job.Step.Expect, is)
	r.Match, r.Uncompared = string(got.Verdict), got.Why
	if is.Truncated && got.Why != "" {
		r.Uncompared = fmt.Sprintf("the output has %d bytes, and %d are the most that is compared", r.Output.To-r.Output.From, compared)
	}
	kept := got
	if out.shown != out.text {
		is.Text, is.Values = out.shown, hidden(job)
		kept = match.Compare(job.Step.Expect, is) // the same checks, in the same order
	}
	for i, c := range kept.Checks {
		r.Checks = append(r.Checks, Check{Mode: c.Mode, Want: ending(c.Want, 1<<10), Seen: ending(c.Seen, 1<<10), OK: got.Checks[i].OK, Alike: c.Alike})
	}
	for _, i := range kept.Ignored {
		r.Ignored = append(r.Ignored, Ignored{Kind: string(i.Kind), Count: i.Count, Example: i.Example})
	}
	if job.Step.Sample != "" {
		r.Sample = Differs
		if match.Sample(job.Step.Sample, out.text) {
			r.Sample = Matched
		}
	}
	if r.Match == Matched {
		r.capture(job, out)
	}
}

// unfinished says why an attempt can't be compared with anything, "" where it can.
func unfinished(e StepEnded, complete bool) string {
	switch {
	case e.Outcome != Exited:
		return ends[e.Outcome]
	case e.Exit == nil:
		return "its exit status is not known"
	case !complete:
		return "its output is not complete"
	}
	return ""
}

// ends says of each outcome but an exit why nothing can be compared after it.
var ends = map[Outcome]string{
	Suspended: "it was suspended and has not ended", SessionEnded: "the terminal ended with it", WasInterrupted: "it was interrupted",
	TimedOut: "it was ended when its time was over", OutcomeUnknown: "nobody saw how it ended",
}

// hidden are a job's values as they may be seen.
func hidden(job Job) map[string]string {
	values := maps.Clone(job.Values)
	for name, value := range values {
		values[name] = job.Hide.Text(value)
	}
	return values
}

// capture takes the documented values out of the output. One that is not there
// is a difference: later steps rest on it. One that can't be seen is a secret.
func (r *Result) capture(job Job, out printed) {
	for _, c := range job.Step.Capture {
		value, ok := match.Capture(c, out.text)
		if !ok {
			r.Match = Differs
			r.Checks = append(r.Checks, Check{Mode: "capture", Want: "a value for " + c.Name, Seen: "nothing that fits"})
			continue
		}
		if len(value) > maxWords {
			r.Match = Differs
			r.Checks = append(r.Checks, Check{Mode: "capture", Want: fmt.Sprintf("a value for %s of at most %d bytes", c.Name, maxWords), Seen: plural(len(value), "byte", "bytes")})
			continue
		}
		seen, _ := match.Capture(c, out.shown)
		r.Captured = append(r.Captured, Captured{Name: c.Name, Value: value, Secret: seen != value})
	}
	if p := job.Step.Point; p != nil {
		r.observe(*p, job.Values)
	}
}

// observe reads the recovery point from the value that carries it.
func (r *Result) observe(p runbook.Point, values map[string]string) {
	value := values[p.From]
	for _, c := range r.Captured {
		if c.Name == p.From {
			value = c.Value
		}
	}
	at, err := instant(value)
	if err != nil {
		r.Match = Differs
		r.Checks = append(r.Checks, Check{Mode: "point", Want: "a time in " + p.From + ", RFC 3339 or Unix seconds, of the years 1 to 9999", Seen: ending(value, 1<<10)})
		return
	}
	r.Point = &PointObserved{Instant: at, Method: p.Method, Every: p.Every, Value: value}
}

// instant reads RFC 3339 or Unix seconds.
func instant(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		var seconds float64
		seconds, err = strconv.ParseFloat(text, 64)
		if math.Abs(seconds) <= math.MaxInt64/1e6 { // and a number at all
			at = time.UnixMicro(int64(seconds * 1e6))
		}
	}
	if err != nil || !datable(at) || at.IsZero() {
		return time.Time{}, fmt.Errorf("%q is no time", text)
	}
	return at.UTC().Truncate(time.Microsecond), nil
}
