package part

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"bythebook/exec/clean"
	"bythebook/ui/look"
)

// slow are texts of so many bytes over which parsers of Markdown may take a time
// that grows with the square of their length.
func slow(size int) map[string]string {
	full := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	columns := size / 4
	return map[string]string{
		"links":      full("[a]("),
		"open links": full("["),
		"images":     full("![a]("),
		"references": full("[a]: b\n"),
		"emphasis":   full("*a_"),
		"stars":      full("**a "),
		"tildes":     full("~~a "),
		"quotes":     full(">"),
		"quotes in":  strings.Repeat(strings.Repeat("> ", 100)+"a\n", size/202),
		"lists":      full("- "),
		"stairs":     stairs(size),
		"wide table": strings.Repeat("|a", columns) + "\n" + strings.Repeat("|-", columns) + "\n",
		"long table": "|a|b|\n|-|-|\n" + full("|a|b|\n"),
		"backticks":  ticks(size),
		"angles":     full("<a "),
		"comments":   full("<!--"),
		"addresses":  full("http://a."),
		"www":        full("www.a_"),
		"mails":      full("a@b."),
		"entities":   full("&#x41;"),
		"escapes":    full(`\[\]\*`),
		"one word":   full("a"),
		"plain":      full("a word "),
		"lines":      full("a word\n"),
	}
}

func stairs(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	return b.String()
}

func ticks(size int) string {
	var b strings.Builder
	for i := 1; b.Len() < size; i++ {
		b.WriteString(strings.Repeat("`", i) + " a ")
	}
	return b.String()
}

// BenchmarkHostile draws pages with what was made to take time, as it gets into
// a page: in a line that is just short enough to be drawn as Markdown, and one
// that is as long as a whole playbook may be.
func BenchmarkHostile(b *testing.B) {
	for name, size := range map[string]int{"16KiB": maxLine, "1MiB": 1 << 20} {
		for what, text := range slow(size) {
			b.Run(name+"/"+what, func(b *testing.B) {
				page := string(clean.Prose(text))
				if size == maxLine {
					page = page[:min(len(page), maxLine)]
				}
				from := processor(b)
				for b.Loop() {
					(&Page{}).Lines(look.Look{Color: true, Dark: true}, page, 100)
				}
				b.ReportMetric(float64((processor(b)-from).Milliseconds())/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// TestLongLine: what is too long to be drawn as Markdown stands as it is, and the
// rest of the page is drawn.
func TestLongLine(t *testing.T) {
	long := strings.Repeat("**a** ", maxLine/6)
	for _, tt := range []struct {
		line  string
		drawn bool
	}{{long, true}, {long + "**a**", false}} {
		page := strings.Join((&Page{}).Lines(look.Look{Color: true}, "# Head\n\n"+tt.line+"\n\n**b**", 80), "\n")
		if got := !strings.Contains(page, "**a**"); got != tt.drawn {
			t.Errorf("%d bytes: drawn as Markdown: %v", len(tt.line), got)
		}
		if strings.Count(page, "a") < maxLine/6 || !strings.Contains(page, "Head") || strings.Contains(page, "**b**") {
			t.Errorf("%d bytes: something of the page is missing", len(tt.line))
		}
	}
}

// processor is the processor time that this process has used.
func processor(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
