package dynamodb

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A scope holds the placeholders of one request and sees to it that its expressions use all of them and no others.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
type scope struct {
	names       map[string]string
	values      item
	used        []string // placeholders that the expressions so far have used
	expressions int
}

func newScope(names map[string]string, values item) (*scope, error) {
	s := &scope{names: names}
	if err := checkPlaceholders("ExpressionAttributeNames", '#', names); err != nil {
		return nil, err
	}
	if err := checkPlaceholders("ExpressionAttributeValues", ':', values); err != nil {
		return nil, err
	}
	if values == nil {
		return s, nil
	}
	s.values = make(item, len(values))
	for key, value := range values {
		admitted, err := admit(value, 0)
		if err != nil {
			message, _ := validationMessage(err)
			return nil, invalid("ExpressionAttributeValues contains invalid value: %s for key %s", message, key)
		}
		s.values[key] = admitted
	}
	return s, nil
}

func checkPlaceholders[V any](kind string, mark byte, given map[string]V) error {
	if given != nil && len(given) == 0 {
		return invalid("%s must not be empty", kind)
	}
	for key := range given {
		if len(key) < 2 || key[0] != mark || spanOf(key[1:], isNamePart) != len(key)-1 {
			return invalid(`%s contains invalid key: Syntax error; key: "%s"`, kind, key)
		}
	}
	return nil
}

// condition compiles and checks a ConditionExpression, FilterExpression or KeyConditionExpression; nil text gives nil.
func (s *scope) condition(kind string, text *string) (condition, error) {
	if text == nil {
		return nil, nil
	}
	program := compile(&conditions, *text, (*parser).condition)
	if err := admitProgram(s, kind, program); err != nil {
		return nil, err
	}
	if err := program.root.check(s); err != nil {
		return nil, invalid("Invalid %s: %v", kind, err)
	}
	return program.root, nil
}

// attributes are those that a condition looks at.
func (s *scope) attributes(text *string) []string {
	if text == nil {
		return nil
	}
	var names []string
	for _, head := range compile(&conditions, *text, (*parser).condition).heads {
		names = append(names, s.name(head))
	}
	return names
}

// update compiles and checks an UpdateExpression.
func (s *scope) update(text *string) (*update, error) {
	if text == nil {
		return &update{}, nil
	}
	program := compile(&updates, *text, (*parser).update)
	if err := admitProgram(s, "UpdateExpression", program); err != nil {
		return nil, err
	}
	bound, err := bindUpdate(s, program.root)
	if err != nil {
		return nil, invalid("Invalid UpdateExpression: %v", err)
	}
	return bound, nil
}

// projection compiles and checks a ProjectionExpression; nil text gives nil.
func (s *scope) projection(text *string) (tree, error) {
	if text == nil {
		return nil, nil
	}
	program := compile(&projections, *text, (*parser).projection)
	if err := admitProgram(s, "ProjectionExpression", program); err != nil {
		return nil, err
	}
	grown, err := growTree(s, program.root)
	if err != nil {
		return nil, invalid("Invalid ProjectionExpression: %v", err)
	}
	return grown, nil
}

func admitProgram[T any](s *scope, kind string, p *program[T]) error {
	if p.err != nil {
		return invalid("Invalid %s: %v", kind, p.err)
	}
	for _, key := range p.names {
		if _, defined := s.names[key]; !defined {
			return invalid("Invalid %s: An expression attribute name used in the document path is not defined; attribute name: %s", kind, key)
		}
	}
	for _, key := range p.values {
		if _, defined := s.values[key]; !defined {
			return invalid("Invalid %s: An expression attribute value used in expression is not defined; attribute value: %s", kind, key)
		}
	}
	s.used = append(append(s.used, p.names...), p.values...)
	s.expressions++
	return nil
}

// close refuses placeholders that no expression used. Kinds are the expressions of the operation that may hold values.
func (s *scope) close(kinds ...string) error {
	switch {
	case s.names != nil && s.expressions == 0:
		return invalid("ExpressionAttributeNames can only be specified when using expressions")
	case len(s.values) > 0 && s.expressions == 0:
		are := "are"
		if len(kinds) == 1 {
			are = "is"
		}
		return invalid("ExpressionAttributeValues can only be specified when using expressions: %s %s null", strings.Join(kinds, " and "), are)
	}
	if err := checkAllUsed("ExpressionAttributeNames", s.names, s.used); err != nil {
		return err
	}
	return checkAllUsed("ExpressionAttributeValues", s.values, s.used)
}

func checkAllUsed[V any](kind string, given map[string]V, used []string) error {
	var idle []string
	for key := range given {
		if !slices.Contains(used, key) {
			idle = append(idle, key)
		}
	}
	if idle == nil {
		return nil
	}
	slices.Sort(idle)
	return invalid("Value provided in %s unused in expressions: keys: {%s}", kind, strings.Join(idle, ", "))
}

// name is the attribute that a segment means.
func (s *scope) name(seg segment) string {
	if seg.name != "" && seg.name[0] == '#' {
		return s.names[seg.name]
	}
	return seg.name
}

// A placeholder is :value in an expression.
type placeholder string

func (p placeholder) value(s *scope, _ item) types.AttributeValue { return s.values[string(p)] }
