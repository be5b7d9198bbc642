package clean

import (
	"bytes"
	"fmt"
	"unicode/utf16"
)

// JSON makes a JSON text safe to show without changing what it says: what can't
// be shown, which stands in its strings only, is escaped there.
func JSON(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		switch high, low := utf16.EncodeRune(r); {
		case r == '\n' || Printable(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}
