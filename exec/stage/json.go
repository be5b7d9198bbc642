package stage

import (
	"encoding/json"
	"time"

	"bythebook/exec/clean"
	"bythebook/runbook"
)

// The standing for programs. Names are never changed, only added to; docs/status.md
// says what they mean.
type (
	libraryJSON struct {
		Library   string        `json:"library,omitempty"`
		At        time.Time     `json:"at"`
		Playbooks []bookJSON    `json:"playbooks"`
		Damaged   []damagedJSON `json:"damaged,omitempty"`
		Missing   []missingJSON `json:"missing,omitempty"`
	}
	bookJSON struct {
		Playbook     string            `json:"playbook"`
		Title        string            `json:"title,omitempty"`
		File         string            `json:"file"`
		Digest       string            `json:"digest"`
		Complete     bool              `json:"complete"`
		Passed       int               `json:"passed"`
		Gates        []gateJSON        `json:"gates"`
		Missing      []missingJSON     `json:"missing"` // all of it, in the order in which it is best mended
		Agreed       int               `json:"agreed"`
		Asked        int               `json:"asked"`
		Strays       []string          `json:"strays,omitempty"`
		Last         *exerciseJSON     `json:"last_exercise,omitempty"`
		Due          []dueJSON         `json:"due"`
		Unfinished   []unfinishedJSON  `json:"unfinished,omitempty"`
		Improvements []improvementJSON `json:"improvements,omitempty"`
		Baselines    []baselineJSON    `json:"baselines,omitempty"`
		Next         []aheadJSON       `json:"next_stage"`
	}
	gateJSON struct {
		Gate     string        `json:"gate"`
		Name     string        `json:"name"`
		Passed   bool          `json:"passed"`
		Left     string        `json:"not_applicable,omitempty"`
		Evidence []string      `json:"evidence,omitempty"`
		Missing  []missingJSON `json:"missing,omitempty"`
	}
	missingJSON struct {
		What string   `json:"what"`
		Mend mendJSON `json:"mend"`
	}
	mendJSON struct {
		Command string    `json:"command,omitempty"`
		Edit    *editJSON `json:"edit,omitempty"`
		Note    string    `json:"note,omitempty"`
		Binds   bool      `json:"binds,omitempty"`
	}
	editJSON struct {
		File string   `json:"file"`
		Line int      `json:"line,omitempty"`
		Path string   `json:"path,omitempty"`
		YAML string   `json:"yaml,omitempty"`
		Do   string   `json:"do,omitempty"`
		Also []atJSON `json:"also,omitempty"`
	}
	atJSON struct {
		Line int    `json:"line"`
		Path string `json:"path,omitempty"`
	}
	exerciseJSON struct {
		Exercise   string    `json:"exercise"`
		Scenario   string    `json:"scenario"`
		Began      time.Time `json:"began"`
		Outcome    string    `json:"outcome"`
		Fidelity   string    `json:"fidelity"`
		Completion string    `json:"completion"`
	}
	dueJSON struct {
		What string     `json:"what"` // review, agreement or exercise
		Of   string     `json:"of,omitempty"`
		On   *time.Time `json:"on,omitempty"`   // left out: it was never done
		Days *int       `json:"days,omitempty"` // negative: it is over
		Mend mendJSON   `json:"mend"`
	}
	unfinishedJSON struct {
		Exercise string    `json:"exercise"`
		Scenario string    `json:"scenario"`
		Began    time.Time `json:"began"`
		Mend     mendJSON  `json:"mend"`
	}
	improvementJSON struct {
		Scenario string    `json:"scenario"`
		Exercise string    `json:"exercise"`
		Since    time.Time `json:"since"`
		Code     string    `json:"code"`
		Severity string    `json:"severity"`
		Step     string    `json:"step,omitempty"`
		Text     string    `json:"text"`
		Owner    string    `json:"owner,omitempty"`
		Again    []string  `json:"again,omitempty"`
	}
	baselineJSON struct {
		Scenario  string   `json:"scenario"`
		Objective string   `json:"objective"`
		From      string   `json:"from"`
		To        string   `json:"to"`
		Observed  []string `json:"observed"`
		Why       string   `json:"why"`
	}
	aheadJSON struct {
		What string `json:"what"`
		Done int    `json:"done"`
		Of   int    `json:"of"`
	}
	damagedJSON struct {
		Exercise string `json:"exercise"`
		Folder   string `json:"folder"`
		Why      string `json:"why"`
	}
)

// JSON is the standing for programs.
func (l Library) JSON() ([]byte, error) {
	doc := libraryJSON{Library: l.Where, At: l.Now.UTC(), Playbooks: each(l.Books, func(s Standing) bookJSON { return s.json(l.Now) })}
	for _, r := range l.Damaged {
		doc.Damaged = append(doc.Damaged, damagedJSON{r.ID, r.Dir, r.Damage.Error()})
	}
	if l.Begin != nil {
		doc.Missing = []missingJSON{l.Begin.json()}
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	return append(clean.JSON(text), '\n'), err
}

func (s Standing) json(now time.Time) bookJSON {
	doc := bookJSON{
		Playbook: s.Playbook, Title: s.Title, File: s.Path, Digest: s.Digest, Complete: s.Complete(), Passed: s.Passed(),
		Gates: each(s.Gates, Gate.json), Missing: each(s.Missing(), Missing.json), Agreed: s.Agreed, Asked: s.Asked, Strays: s.Strays,
		Due:  each(s.Due, func(d Due) dueJSON { return d.json(now) }),
		Next: each(s.Next, func(a Ahead) aheadJSON { return aheadJSON(a) }),
	}
	if x := s.Last; x != nil {
		doc.Last = &exerciseJSON{x.ID, x.Scenario, x.On.UTC(), string(x.Verdicts.Outcome), string(x.Verdicts.Fidelity), string(x.Verdicts.Completion)}
	}
	for _, u := range s.Unfinished {
		doc.Unfinished = append(doc.Unfinished, unfinishedJSON{u.ID, u.Scenario, u.Since.UTC(), u.Mend.json()})
	}
	for _, im := range s.Improvements {
		doc.Improvements = append(doc.Improvements, improvementJSON{im.Scenario, im.Exercise, im.Since.UTC(), im.Code, string(im.Severity), im.Step, im.Text, im.Owner, im.Again})
	}
	for _, b := range s.Baselines {
		doc.Baselines = append(doc.Baselines, baselineJSON{b.Scenario, b.Objective, runbook.Spell(b.From), runbook.Spell(b.To), each(b.Observed, runbook.Spell), b.Why})
	}
	return doc
}

func (g Gate) json() gateJSON {
	return gateJSON{g.ID, g.Name, g.Passed(), g.Left, g.Evidence, each(g.Missing, Missing.json)}
}

func (m Missing) json() missingJSON { return missingJSON{m.What, m.Mend.json()} }

func (m Mend) json() mendJSON {
	doc := mendJSON{Command: m.Command, Note: m.Note, Binds: m.Binds}
	if m.Command == "" {
		doc.Edit = &editJSON{m.Edit.File, m.Edit.Line, m.Edit.Path, m.Edit.YAML, m.Edit.Do, nil}
		for _, at := range m.Edit.Also {
			doc.Edit.Also = append(doc.Edit.Also, atJSON(at))
		}
	}
	return doc
}

func (d Due) json(now time.Time) dueJSON {
	doc := dueJSON{What: d.Kind, Of: d.Of, Mend: d.Mend.json()}
	if !d.At.IsZero() {
		on, n := d.At.UTC(), days(now, d.At)
		doc.On, doc.Days = &on, &n
	}
	return doc
}

// each is a list of what is made of each; never null.
func each[T, U any](all []T, make func(T) U) []U {
	out := []U{}
	for _, one := range all {
		out = append(out, make(one))
	}
	return out
}
