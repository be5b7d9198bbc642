package stage

import (
	"bytes"
	"encoding/json"
	"time"

	"bythebook/exec"
	"bythebook/exec/clean"
	"bythebook/exec/history"
)

// The standing for programs. Names are never changed, only added to; docs/status.md
// says what they mean.
type (
	libraryJSON struct {
		Library   string                 `json:"library,omitempty"`
		At        time.Time              `json:"at"`
		Playbooks []bookJSON             `json:"playbooks"`
		Damaged   []history.ExerciseJSON `json:"damaged,omitempty"`
		Missing   []missingJSON          `json:"missing,omitempty"`
	}
	bookJSON struct {
		Playbook     string                    `json:"playbook"`
		Title        string                    `json:"title,omitempty"`
		File         string                    `json:"file"`
		Digest       string                    `json:"digest"`
		Complete     bool                      `json:"complete"`
		Passed       int                       `json:"passed"`
		Gates        []gateJSON                `json:"gates"`
		Missing      []missingJSON             `json:"missing"` // all of it, in the order in which it is best mended
		Agreed       int                       `json:"agreed"`
		Asked        int                       `json:"asked"`
		Strays       []string                  `json:"strays,omitempty"`
		Last         *history.ExerciseJSON     `json:"last_exercise,omitempty"`
		Due          []dueJSON                 `json:"due"`
		Unfinished   []unfinishedJSON          `json:"unfinished,omitempty"`
		Improvements []history.ImprovementJSON `json:"improvements,omitempty"`
		Baselines    []history.BaselineJSON    `json:"baselines,omitempty"`
		Next         []aheadJSON               `json:"next_stage"`
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
	dueJSON struct {
		What string     `json:"what"` // review, agreement or exercise
		Of   string     `json:"of,omitempty"`
		On   *time.Time `json:"on,omitempty"`   // left out: it was never done
		Days *int       `json:"days,omitempty"` // negative: it is over
		Mend mendJSON   `json:"mend"`
	}
	unfinishedJSON struct {
		Exercise string    `json:"exercise"`
		Type     exec.Type `json:"type"`
		Scenario string    `json:"scenario"`
		Started  time.Time `json:"started"`
		Mend     mendJSON  `json:"mend"`
	}
	aheadJSON struct {
		What string `json:"what"`
		Done int    `json:"done"`
		Of   int    `json:"of"`
	}
)

// JSON is the standing for programs.
func (l Library) JSON() ([]byte, error) {
	doc := libraryJSON{Library: l.Where, At: l.Now.UTC(), Playbooks: each(l.Books, func(s Standing) bookJSON { return s.json(l.Now) }), Damaged: each(l.Damaged, history.Record.JSON)}
	if l.Begin != nil {
		doc.Missing = []missingJSON{l.Begin.json()}
	}
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false) // commands are copied
	to.SetIndent("", "  ")
	err := to.Encode(doc)
	return clean.JSON(b.Bytes()), err
}

func (s Standing) json(now time.Time) bookJSON {
	doc := bookJSON{
		Playbook: s.Playbook, Title: s.Title, File: s.Path, Digest: s.Digest, Complete: s.Complete(), Passed: s.Passed(),
		Gates: each(s.Gates, Gate.json), Missing: each(s.Missing(), Missing.json), Agreed: s.Agreed, Asked: s.Asked, Strays: s.Strays,
		Due:  each(s.Due, func(d Due) dueJSON { return d.json(now) }),
		Next: each(s.Next, func(a Ahead) aheadJSON { return aheadJSON(a) }),
		Unfinished: each(s.Unfinished, func(u Unfinished) unfinishedJSON {
			return unfinishedJSON{u.ID, u.Kind, u.Scenario, u.Since.UTC(), u.Mend.json()}
		}),
		Improvements: each(s.Improvements, func(im history.Improvement) history.ImprovementJSON { return im.JSON(now) }),
		Baselines:    each(s.Baselines, history.Baseline.JSON),
	}
	if s.Last != nil {
		last := s.Last.JSON()
		doc.Last = &last
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
		on, n := d.At.UTC(), exec.Days(now, d.At)
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
