package definition

import (
	"fmt"
	"strconv"
	"strings"
)

// at follows the tokens of a JSON pointer to the deepest value that exists, and writes the whole way as a path.
func (n *node) at(tokens []string) (*node, string) {
	path, deepest, here := "", n, n
	for _, token := range tokens {
		isItem := here != nil && here.form == list
		if isItem {
			path += fmt.Sprintf("[%s]", token)
		} else {
			path = join(path, token)
		}
		if here = here.child(token); here != nil {
			deepest = here
		}
	}
	return deepest, path
}

func (n *node) child(token string) *node {
	switch {
	case n == nil:
		return nil
	case n.form == mapping:
		return n.fields[token]
	case n.form == list:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.items) {
			return n.items[i]
		}
	}
	return nil
}

// tokens splits a path, "steps[2].weight", into what at follows: "steps", "2", "weight".
func tokens(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}
