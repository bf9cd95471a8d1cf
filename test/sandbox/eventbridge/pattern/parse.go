package pattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxCombinations is how many ways through its $or arrays a pattern may have; see "$or" on the operators' page.
const maxCombinations = 1000

// reserved names may not be fields inside a $or, because a misplaced operator would otherwise be taken for a field.
var reserved = []string{"exact", "equals-ignore-case", "prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "wildcard"}

// A parser reads a pattern token by token, so that an error can say where it is.
type parser struct {
	source string
	dec    *json.Decoder
}

func newParser(source string) *parser {
	dec := json.NewDecoder(strings.NewReader(source))
	dec.UseNumber()
	return &parser{source, dec}
}

func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }

// locate adds the place where the parser stopped.
func (p *parser) locate(err error) *SyntaxError {
	offset := p.dec.InputOffset()
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		offset = max(offset, syntax.Offset)
	}
	read := p.source[:min(int(offset), len(p.source))]
	line := strings.Count(read, "\n") + 1
	return &SyntaxError{Reason: err.Error(), Line: line, Column: len(read) - strings.LastIndexByte(read, '\n')}
}

func (p *parser) pattern() (*node, error) {
	if t, err := p.token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, refuse("Filter is not an object")
	}
	root, err := p.object(false)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return nil, refuse("text after the end of the pattern")
	}
	if root.combinations() > maxCombinations {
		return nil, refuse("Rule is too complex - try using fewer combinations of $or alternatives")
	}
	return root, nil
}

func (p *parser) token() (json.Token, error) {
	t, err := p.dec.Token()
	if err == io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return t, err
}

// object reads what follows a "{".
func (p *parser) object(insideOr bool) (*node, error) {
	n := &node{}
	for p.dec.More() {
		t, err := p.token()
		if err != nil {
			return nil, err
		}
		if err := p.member(n, t.(string), insideOr); err != nil {
			return nil, err
		}
	}
	if _, err := p.token(); err != nil {
		return nil, err
	}
	if len(n.fields)+len(n.ors) == 0 {
		return nil, refuse("Empty objects are not allowed")
	}
	// Leaves first: they decide sooner than whole objects.
	slices.SortStableFunc(n.fields, func(a, b field) int { return depth(a) - depth(b) })
	return n, nil
}

func depth(f field) int {
	if f.inner != nil {
		return 1
	}
	return 0
}

func (p *parser) member(n *node, name string, insideOr bool) error {
	t, err := p.token()
	if err != nil {
		return err
	}
	if name == "$or" {
		return p.or(n, t)
	}
	if insideOr && slices.Contains(reserved, name) {
		return refuse("%s is a reserved field name which cannot be used inside $or", name)
	}
	f := field{name: name}
	switch t {
	case json.Delim('{'):
		f.inner, err = p.object(insideOr)
	case json.Delim('['):
		f.leaf, err = p.leaf()
	default:
		err = refuse("%q must be an object or an array", name)
	}
	n.set(f)
	return err
}

// set lets the last of two members with one name win, as JSON readers do.
func (n *node) set(f field) {
	n.fields = slices.DeleteFunc(n.fields, func(old field) bool { return old.name == f.name })
	n.fields = append(n.fields, f)
}

func (p *parser) or(n *node, t json.Token) error {
	if t != json.Delim('[') {
		return refuse("$or must be an array")
	}
	var alternatives []*node
	for p.dec.More() {
		if t, err := p.token(); err != nil {
			return err
		} else if t != json.Delim('{') {
			return refuse("Only JSON objects are allowed in the array of $or")
		}
		alternative, err := p.object(true)
		if err != nil {
			return err
		}
		alternatives = append(alternatives, alternative)
	}
	if _, err := p.token(); err != nil {
		return err
	}
	if len(alternatives) < 2 {
		return refuse("There must be at least 2 objects in $or")
	}
	n.ors = append(n.ors, alternatives)
	return nil
}

// combinations counts the plain patterns that the $or arrays multiply into.
func (n *node) combinations() int {
	product := 1
	for _, f := range n.fields {
		if f.inner != nil {
			product = min(product*f.inner.combinations(), maxCombinations+1)
		}
	}
	for _, alternatives := range n.ors {
		sum := 0
		for _, a := range alternatives {
			sum += a.combinations()
		}
		product = min(product*sum, maxCombinations+1)
	}
	return product
}

// leaf reads what follows the "[" of a field.
func (p *parser) leaf() (leaf, error) {
	var l leaf
	empty := true
	for p.dec.More() {
		empty = false
		t, err := p.token()
		if err != nil {
			return l, err
		}
		if err := p.alternative(&l, t); err != nil {
			return l, err
		}
	}
	if _, err := p.token(); err != nil {
		return l, err
	}
	if empty {
		return l, refuse("Empty arrays are not allowed")
	}
	return l, nil
}

func (p *parser) alternative(l *leaf, t json.Token) error {
	switch t := t.(type) {
	case string:
		l.exact = append(l.exact, t)
	case json.Number:
		l.tests = append(l.tests, equalsNumber(t))
	case bool, nil:
		l.tests = append(l.tests, func(v any) bool { return v == t })
	case json.Delim:
		if t != '{' {
			return refuse("Match value must be String, number, true, false, or null")
		}
		return p.operator(l)
	}
	return nil
}
