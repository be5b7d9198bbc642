package check

import (
	"io"
	"net/url"
	"path/filepath"

	"bythebook/exec/clean"
)

// The parts of SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format)
// that findings need. The names are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Short   sarifText   `json:"shortDescription"`
		Full    sarifText   `json:"fullDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Suppressions []sarifSuppression `json:"suppressions"` // empty says that there is none
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// levels are what SARIF calls the severities.
var levels = map[Severity]string{Error: "error", Warning: "warning", Advice: "note"}

// SARIF writes findings for programs that show those of many tools. version is
// this program's, "" if it has none.
func SARIF(w io.Writer, findings []Finding, version string) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "bythebook", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	index := map[string]int{}
	for _, f := range findings {
		at, known := index[f.Code]
		if !known {
			at = len(index)
			index[f.Code] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule(f.Code))
		}
		run.Results = append(run.Results, result(f, at))
	}
	return write(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func rule(code string) sarifRule {
	row, _ := Find(code)
	return sarifRule{
		ID: code, Short: sarifText{row.Finds}, Full: sarifText{row.Finds + " " + row.Why},
		Help: sarifText{row.Why + " What to do: " + row.Mend + "."}, Default: sarifConfig{levels[row.Severity]},
	}
}

func result(f Finding, rule int) sarifResult {
	message := f.Message + "."
	if f.Hint != "" {
		message += " What to do: " + f.Hint + "."
	}
	at := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{uri(f.File)}}}
	if f.Line > 0 {
		at.Physical.Region = &sarifRegion{f.Line, f.Column}
	}
	if f.Path != "" {
		at.Logical = []sarifLogical{{f.Path}}
	}
	silenced := []sarifSuppression{}
	if f.Allowed != "" {
		silenced = append(silenced, sarifSuppression{"inSource", clean.Line(f.Allowed)})
	}
	return sarifResult{
		RuleID: f.Code, RuleIndex: rule, Level: levels[f.Severity], Message: sarifText{clean.Line(message)},
		Locations: []sarifLocation{at}, Suppressions: silenced,
	}
}

// uri is a file's path as SARIF names it.
func uri(file string) string {
	return (&url.URL{Path: filepath.ToSlash(file)}).String()
}
