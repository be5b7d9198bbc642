package check

import (
	"regexp"
	"sync"
)

// compiled puts off the compiling of a pattern until somebody needs it. There
// are many, and whoever only runs an exercise should not wait for them.
func compiled(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
