package match

import "strings"

// maxAlike is how much of two texts is looked at for their likeness, in bytes.
const maxAlike = 64 << 10

// alike says how much of two texts is the same, in percent: three bytes at a
// time, wherever they stand. It is something to look at and decides nothing, so
// that of two texts which differ is never 100.
func alike(a, b string) int {
	a, b = squeezed(a), squeezed(b)
	counts := map[string]int{}
	total := 0
	for i := 0; i+3 <= len(a); i++ {
		counts[a[i:i+3]]++
		total++
	}
	same := 0
	for i := 0; i+3 <= len(b); i++ {
		total++
		if counts[b[i:i+3]] > 0 {
			counts[b[i:i+3]]--
			same++
		}
	}
	if total == 0 {
		return 0
	}
	return min(99, 200*same/total)
}

// squeezed is the beginning of a text with one blank for each run of them.
func squeezed(text string) string {
	return strings.Join(strings.Fields(text[:min(len(text), maxAlike)]), " ")
}
