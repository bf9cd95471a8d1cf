package typed

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest says what an unknown word could have meant: the nearest known word when one is near, and all of them otherwise.
func Suggest(word string, known []string) string {
	best, distance := "", len(word)
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case len(known) == 0:
		return "delete it"
	case best != "" && distance <= max(2, len(best)/3):
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "write " + OneOf(known)
}

// OneOf is "one of a, b, c", or just "a".
func OneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "one of " + strings.Join(words, ", ")
}

// edits counts the letters to put in, take out, replace or swap with their neighbour to get from one word to another.
func edits(a, b string) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
