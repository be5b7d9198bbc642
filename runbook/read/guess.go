package read

import "strings"

// maxGuesses bounds the comparisons that one document gets for its hints, so
// that a file full of mistakes costs no more than one with a few.
const maxGuesses = 20_000

// meant is the hint for a mistaken word: the nearest of the right ones, or "".
func (r *reader) meant(word string, among []string) string {
	best, least := "", 1+tolerance(word)
	if r.full() {
		return ""
	}
	for _, candidate := range among {
		if d := len(candidate) - len(word); d >= least || -d >= least || candidate == "" {
			continue
		}
		if r.guesses++; r.guesses > maxGuesses {
			break
		}
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean `" + best + "`?"
}

// tolerance is how many slips a word may hold and still be recognized.
func tolerance(word string) int {
	switch n := len(word); {
	case n <= 2:
		return 0
	case n <= 4:
		return 1
	case n <= 64:
		return 2
	}
	return -1
}

// distance counts the slips between two words: a letter too many, too few, a
// wrong one, or two in the wrong order.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
