package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A pkg is what `go list` tells of one of our packages.
type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func ours(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, "bythebook/")
		all = append(all, p)
	}
}

// mayImport says who may know whom: imports run only downward.
var mayImport = map[string][]string{
	"bythebook":                {"ui/cli"},
	"ui/cli":                   {"*"},
	"ui":                       {"ui/part", "ui/look", "exec", "exec/clean", "runbook"},
	"ui/part":                  {"ui/look", "exec", "exec/clean", "runbook"},
	"ui/look":                  {},
	"ui/plain":                 {"exec", "exec/clean", "runbook", "runbook/read"},
	"ui/uitest":                {"*"},
	"exec":                     {"runbook", "exec/match", "exec/shell", "exec/clean", "exec/mask"},
	"exec/match":               {"runbook"},
	"exec/shell":               {"exec/clean", "exec/mask"},
	"exec/clean":               {},
	"exec/mask":                {},
	"exec/clean/cleantest":     {"exec/clean"},
	"exec/journal":             {"exec"},
	"exec/keeper":              {"exec", "exec/journal", "exec/shell"},
	"exec/report":              {"exec", "exec/clean", "runbook"},
	"exec/history":             {"exec", "exec/clean", "exec/journal", "runbook", "runbook/read"},
	"exec/history/historytest": {"exec", "exec/history", "exec/journal", "runbook", "runbook/read"},
	"exec/stage":               {"exec", "exec/clean", "exec/history", "runbook", "runbook/agree", "runbook/check", "runbook/compare"},
	"runbook":                  {},
	"runbook/read":             {"runbook"},
	"runbook/check":            {"runbook", "exec/clean", "exec/mask"},
	"runbook/agree":            {"runbook", "exec/clean"},
	"runbook/compare":          {"runbook", "runbook/read"},
	"runbook/view":             {"runbook", "exec/clean"},
	"runbook/golden":           {},
	"runbooks":                 {},
	"runbooks/lab":             {},
}

// onlyIn says which packages of others are known where.
var onlyIn = []struct {
	path string // or the beginning of one, with a slash at its end
	in   []string
}{
	{"charm.land/", []string{"ui", "ui/part", "ui/look", "ui/cli", "ui/uitest"}},
	{"os/exec", []string{"exec/keeper", "exec/shell", "runbook/agree", "runbooks/lab"}},
	{"golang.org/x/crypto/", []string{"runbook/agree"}},
	{"github.com/hiddeco/sshsig", []string{"runbook/agree"}},
	{"gopkg.in/yaml.v3", []string{"runbook/read"}},
	{"github.com/yuin/goldmark/", []string{"runbook/read", "exec/clean/cleantest"}},
	{"github.com/spf13/cobra", []string{"ui/cli"}},
	{"mvdan.cc/sh/v3/", []string{"runbook/check"}},
	{"go.etcd.io/bbolt", []string{"runbooks/lab"}},
	{"os/signal", []string{"ui/cli", "exec/shell", "runbooks/lab"}},
}

func TestImportsRunDownward(t *testing.T) {
	for _, p := range ours(t) {
		allowed, known := mayImport[p.ImportPath]
		if !known {
			t.Errorf("%s is not in the house: give it a place in mayImport, or do without it", p.ImportPath)
		}
		for _, i := range p.Imports {
			to, own := strings.CutPrefix(i, "bythebook/")
			if own && !slices.Contains(allowed, to) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s", p.ImportPath, to)
			}
		}
	}
}

func TestOthersAreKnownOnlyWhereTheyBelong(t *testing.T) {
	for _, p := range ours(t) {
		for _, i := range p.Imports {
			for _, row := range onlyIn {
				match := i == row.path || strings.HasSuffix(row.path, "/") && strings.HasPrefix(i, row.path)
				if match && !slices.Contains(row.in, p.ImportPath) {
					t.Errorf("%s imports %s", p.ImportPath, i)
				}
			}
		}
	}
}

// TestGlamourIsInOneFile: it re-wraps code and is not safe for several at once.
func TestGlamourIsInOneFile(t *testing.T) {
	for _, p := range ours(t) {
		for _, f := range p.GoFiles {
			if imports(t, filepath.Join(p.Dir, f), "charm.land/glamour/v2") && p.ImportPath+"/"+f != "ui/part/prose.go" {
				t.Errorf("%s/%s imports glamour", p.ImportPath, f)
			}
		}
	}
}

// TestTheCoreIsPure: time comes in events and arguments, and nothing is opened
// or started. What conducts an exercise, and what performs its steps, is the rest
// of package exec.
func TestTheCoreIsPure(t *testing.T) {
	effects := []string{
		"conductor.go", "told.go", "run.go", "relay.go",
		"performer.go", "simulation.go", "terminal.go", "perform.go", "until.go", "printed.go", "remains.go",
	}
	for _, p := range ours(t) {
		if p.ImportPath != "exec" {
			continue
		}
		for _, f := range p.GoFiles {
			if slices.Contains(effects, f) {
				continue
			}
			path := filepath.Join(p.Dir, f)
			for _, bad := range []string{"os", "context", "sync", "bythebook/exec/shell", "io", "net"} {
				if imports(t, path, bad) {
					t.Errorf("exec/%s imports %s", f, bad)
				}
			}
			if calls(t, path, "time.Now", "time.Since", "go ") {
				t.Errorf("exec/%s reads the clock or starts a goroutine", f)
			}
		}
	}
}

// TestOnlyTheCommandLineReadsTheEnvironment looks for the calls by name.
func TestOnlyTheCommandLineReadsTheEnvironment(t *testing.T) {
	for _, p := range ours(t) {
		if p.ImportPath == "ui/cli" || p.ImportPath == "bythebook" || p.ImportPath == "ui/uitest" {
			continue
		}
		for _, f := range p.GoFiles {
			if calls(t, filepath.Join(p.Dir, f), "os.Getenv", "os.LookupEnv", "os.Args", "flag.Parse") {
				t.Errorf("%s/%s reads the environment or the flags", p.ImportPath, f)
			}
		}
	}
}

func TestEveryPackageTeaches(t *testing.T) {
	for _, p := range ours(t) {
		if len(p.Doc) < 40 {
			t.Errorf("%s has no doc comment that teaches", p.ImportPath)
		}
	}
}

func imports(t *testing.T, path, what string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"`+what+`"` })
}

// calls reports whether a file names one of the functions, or, for "go ",
// starts a goroutine.
func calls(t *testing.T, path string, names ...string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = found || slices.Contains(names, "go ")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(names, x.Name+"."+n.Sel.Name) {
				found = true
			}
		}
		return true
	})
	return found
}
