// Package pattern matches events against EventBridge event patterns.
//
// A pattern has the shape of the events it selects. Every field it names must be in the event (AND); the array that a
// field holds lists what its value may be (OR):
//
//	{"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM", {"prefix": "INSUFFICIENT"}]}}}
//
// A pattern is compiled once, into a tree with one node per object, and then walked along the decoded event. An event
// that has another source is turned away after one comparison. Where the event holds an array, one of its elements has
// to match, and fields that lie in the same element are compared with the same element.
//
// The operators prefix, suffix, exists, anything-but and $or are those of
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; documented_test.go holds the
// examples of that page and its neighbours; its other operators are refused. Where the page is silent, the behaviour is that of the matcher AWS publishes
// (https://github.com/aws/event-ruler): numbers are equal by value, anything-but needs the field to be there, and an
// empty array counts as an absent field. A dot in a field's name is an ordinary character here.
package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sluice/test/sandbox/wire"
)

// A Pattern is a compiled event pattern. It is immutable and may be used by many goroutines at once.
type Pattern struct{ root *node }

// A SyntaxError says why a text is not an event pattern, and where.
type SyntaxError struct {
	Reason       string
	Line, Column int // both count from 1
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at line %d, column %d", e.Reason, e.Line, e.Column)
}

// Compile reads a pattern. What is none is a *SyntaxError; an operator that nobody here uses is a *wire.Error.
func Compile(source string) (*Pattern, error) {
	p := newParser(source)
	root, err := p.pattern()
	if missing := (*wire.Error)(nil); errors.As(err, &missing) {
		return nil, missing
	}
	if err != nil {
		return nil, p.locate(err)
	}
	return &Pattern{root}, nil
}

// Match reports whether an event, as Decode gives it, has what the pattern asks for.
func (p *Pattern) Match(event any) bool { return p.root.match(event) }

// Decode reads an event for Match. Numbers keep their text, so that identifiers longer than a float are compared whole.
func Decode(event []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(event))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decoding event: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("decoding event: text after the JSON value")
	}
	return v, nil
}

// A Lazy is a part of an event that is decoded when the first pattern looks into it. Most events are turned away by their source.
type Lazy func() any

// A node is an object of the pattern: all its fields must match, and one alternative of each $or.
type node struct {
	fields []field
	ors    [][]*node
}

// A field either leads on to an inner object or ends in a leaf.
type field struct {
	name  string
	inner *node
	leaf  leaf
}

// A leaf is the array of accepted values at the end of a path. Plain strings, the common case, are kept apart.
type leaf struct {
	exact  []string
	tests  []test
	absent bool // {"exists": false} is among the alternatives
}

// A test accepts or refuses one scalar of the event: string, json.Number, bool or nil.
type test func(value any) bool

func (n *node) match(v any) bool {
	switch v := v.(type) {
	case Lazy:
		return n.match(v())
	case map[string]any:
		return n.matchObject(v)
	case []any:
		return n.matchElement(v)
	}
	return n.matchObject(nil) // nothing there: only absence can still match
}

// matchElement wants one element that has it all: matches never combine fields of different elements.
func (n *node) matchElement(elements []any) bool {
	objects := false
	for _, e := range elements {
		switch e.(type) {
		case map[string]any, []any:
			objects = true
			if n.match(e) {
				return true
			}
		}
	}
	return !objects && n.matchObject(nil)
}

func (n *node) matchObject(object map[string]any) bool {
	for i := range n.fields {
		f := &n.fields[i]
		v, there := object[f.name]
		if f.inner != nil {
			if !f.inner.match(v) {
				return false
			}
		} else if !f.leaf.match(v, there) {
			return false
		}
	}
	for _, alternatives := range n.ors {
		if !matchAny(alternatives, object) {
			return false
		}
	}
	return true
}

func matchAny(alternatives []*node, object map[string]any) bool {
	for _, n := range alternatives {
		if n.matchObject(object) {
			return true
		}
	}
	return false
}

// match tries the value, or each scalar of an array; objects are no leaves, so a field that holds one counts as absent.
func (l *leaf) match(v any, there bool) bool {
	if !there {
		return l.absent
	}
	matched, scalars := l.try(v)
	return matched || (!scalars && l.absent)
}

func (l *leaf) try(v any) (matched, scalars bool) {
	switch v := v.(type) {
	case Lazy:
		return l.try(v())
	case map[string]any:
		return false, false
	case []any:
		for _, e := range v {
			m, s := l.try(e)
			if m {
				return true, true
			}
			scalars = scalars || s
		}
		return false, scalars
	}
	return l.accepts(v), true
}

func (l *leaf) accepts(v any) bool {
	if s, ok := v.(string); ok {
		for _, want := range l.exact {
			if s == want {
				return true
			}
		}
	}
	for _, t := range l.tests {
		if t(v) {
			return true
		}
	}
	return false
}
