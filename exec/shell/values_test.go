package shell

import (
	"context"
	"strings"
	"testing"
)

// evil are values that would do something where they were taken for text of the
// shell: each of them tries to make the file `pwned`, to change words, or to be
// an option.
var evil = []string{
	"plain", "", "it's", `say "hi"`, `"$(touch pwned)"`, "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", `"; touch pwned; "`,
	"; touch pwned", "& touch pwned", "| touch pwned", "&& touch pwned", "> pwned", "$((touch=1))", "${IFS}touch${IFS}pwned",
	"a\nb", " two  blanks ", `back\slash`, "-n", "*", "~", "é \u202e",
}

// ways are how a command takes a value out of its environment. Each prints it
// between brackets, unchanged.
var ways = []struct{ name, run string }{
	{"in double quotes", `printf '[%s]' "$V"`},
	{"inside of a longer word", `w="[$V]"; printf %s "$w"`},
	{"unquoted on the right of =", `w=$V; printf '[%s]' "$w"`},
	{"as an argument of a function", `f() { printf '[%s]' "$1"; }; f "$V"`},
	{"as an argument of another shell", `sh -c 'printf "[%s]" "$1"' sh "$V"`},
	{"from the environment of another shell", `sh -c 'printf "[%s]" "$V"'`},
	{"from the environment of a program", `awk 'BEGIN { printf "[%s]", ENVIRON["V"] }'`},
	{"in a here-document", "printf '['; cat <<END | head -c -1\n$V\nEND\nprintf ']'"},
	{"in a here-string", `printf '['; cat <<< "$V" | head -c -1; printf ']'`},
	{"through a pipe", `printf '[%s]' "$V" | cat`},
}

// TestValuesAreNoCode: values reach commands as their environment. Whatever is in
// them, however a command uses them, nothing of it is run and nothing changed.
func TestValuesAreNoCode(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, way := range ways {
		for _, v := range evil {
			o := s.Run(context.Background(), way.run+"\n(exit 7)", []string{"V=" + v}, 0)
			if got, want := raw(t, s, o), strings.ReplaceAll("["+v+"]", "\n", "\r\n"); got != want || !o.OK(7) {
				t.Errorf("%s, V=%q printed %q: %+v", way.name, v, got, o)
			}
		}
		if o := run(t, s, "test ! -e pwned; (exit $?)"); !o.OK(0) {
			t.Fatalf("%s: a value was run", way.name)
		}
	}
	t.Logf("%d values in %d ways", len(evil), len(ways))
}

// TestUnquotedValuesRunNothing: what a command does not quote is cut into words
// and may name files, as the shell has it; it is still not run.
func TestUnquotedValuesRunNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, v := range evil {
		if o := s.Run(context.Background(), "printf '[%s]' $V", []string{"V=" + v}, 0); !o.OK(0) {
			t.Errorf("V=%q: %+v", v, o)
		}
	}
	if o := run(t, s, "test ! -e pwned; (exit $?)"); !o.OK(0) {
		t.Error("a value was run")
	}
}
