package check

import (
	"bytes"
	"encoding/json"
	"io"

	"bythebook/exec/clean"
)

// finding is a Finding as programs read it.
type finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Path     string   `json:"path"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint"`
	Allowed  string   `json:"allowed,omitempty"` // the reason for which the document silences it
}

// JSON writes findings as a list, in their order.
func JSON(w io.Writer, findings []Finding) error {
	list := make([]finding, len(findings))
	for i, f := range findings {
		list[i] = finding{f.Code, f.Severity, f.File, f.Line, f.Column, f.Path, clean.Line(f.Message), clean.Line(f.Hint), clean.Line(f.Allowed)}
	}
	return write(w, list)
}

// write is indented JSON in which <, > and & are themselves, and which is safe to
// show.
func write(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(clean.JSON(b.Bytes()))
	return err
}
