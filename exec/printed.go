package exec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"bythebook/exec/clean"
	"bythebook/exec/mask"
	"bythebook/exec/shell"
	"bythebook/runbook"
)

// excerpt is how much cleaned output an event keeps, in bytes; the whole of it
// stays in the transcript.
const excerpt = 4 << 10

// compared is how much output is looked at for expectations and captures.
const compared = 1 << 20

// seen is an outcome beside what is documented.
func seen(s *shell.Session, job Job, o shell.Outcome) Result {
	r := Result{StepEnded: StepEnded{
		Outcome: Outcome(o.Kind), Signal: o.Signal, Evidence: o.Evidence, Reason: o.Reason, Notices: o.Notices,
		Output: Output{From: o.From, To: o.To, Hidden: o.Hidden, Redacted: o.Redacted, Missing: o.Missing},
	}}
	r.Survivors, r.Unlisted = listed(survivors(o.Survivors))
	if r.Outcome == Exited {
		r.Reason = ""
	}
	if o.HasCode {
		r.Exit = &o.Code
	}
	if name := Place(job.Step); name != runbook.LocalTerminal {
		r.Output.Terminal = name
	}
	shown := taken(s, &r, o.To-o.From > compared)
	r.suspect(shown)
	r.compare(job, r.heard(s, shown), o.Complete)
	return r
}

// taken is the output as the transcript has it, cleaned; its digest, its lines
// and its end go into the result.
func taken(s *shell.Session, r *Result, long bool) string {
	if r.Output.From == r.Output.To {
		return ""
	}
	raw, err := s.Span(r.Output.From, r.Output.To, compared)
	if err != nil {
		lines, total := s.Tail() // what was not kept can still be seen
		r.Output.Lines, r.Output.Excerpt = total, ending(strings.Join(lines, "\n"), excerpt)
		r.Notices = append(r.Notices, "the transcript could not be read back: "+err.Error())
		return ""
	}
	if sum := sha256.Sum256(raw); !long {
		r.Output.SHA256 = hex.EncodeToString(sum[:])
	} else if whole, err := s.Digest(r.Output.From, r.Output.To); err == nil {
		r.Output.SHA256 = whole
	}
	if r.Output.To-r.Output.From > excerpt {
		// The record names it by its digest and keeps only its end: the rest must
		// be as safe as the record.
		if err := s.Sync(); err != nil {
			r.Notices = append(r.Notices, err.Error())
		}
	}
	text := clean.Output(raw)
	read := text // by people; what is compared is all of it
	if undrawn, any := clean.Undrawn(raw); any {
		read = clean.Output(undrawn)
	}
	r.Output.Lines = countLines(read)
	if _, total := s.Tail(); long {
		r.Output.Lines = total
	}
	r.Output.Excerpt = ending(read, excerpt)
	if long {
		r.Notices = append(r.Notices, fmt.Sprintf("only the last %d bytes of the output were looked at", compared))
	}
	return text
}

func countLines(text string) int {
	n := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		n++
	}
	return n
}

// ending is the last n bytes of a text, from the beginning of a line where
// there is one.
func ending(text string, n int) string {
	if len(text) <= n {
		return text
	}
	text = strings.ToValidUTF8(text[len(text)-n:], "")
	if i := strings.IndexByte(text, '\n'); i >= 0 && i < len(text)-1 {
		text = text[i+1:]
	}
	return text
}

// printed is what a command printed: as it came, which is in memory only, and
// as it may be seen.
type printed struct{ text, shown string }

// heard is what was printed, without the lines that a person typed: they are in
// the output because the terminal shows them.
func (r *Result) heard(s *shell.Session, shown string) printed {
	from := r.Output.From
	plain, echoes := s.Plain(from), s.Echoes()
	if len(echoes) > 0 && r.Output.To-from <= compared {
		if raw, err := s.Span(from, r.Output.To, compared); err == nil {
			raw, dropped := shell.WithoutEchoes(raw, from, echoes)
			shown = clean.Output(raw)
			if dropped > 0 {
				r.Notices = append(r.Notices, plural(dropped, "line that was typed is in the output, and left out of the comparison", "lines that were typed are in the output, and left out of the comparison"))
			}
		}
		plain, _ = shell.WithoutEchoes(plain, from, echoes)
	}
	if plain == nil {
		return printed{shown, shown}
	}
	return printed{clean.Output(plain), shown}
}

// suspect says what looks like a secret in what is on record now.
func (r *Result) suspect(shown string) {
	for _, s := range mask.Suspects(shown) {
		r.Notices = append(r.Notices, "what looks like "+s.What+" was printed and is in the transcript; the document can name it as a secret, or under `redact`")
	}
}
