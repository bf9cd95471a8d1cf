package pattern

import (
	"encoding/json"
	"slices"
	"strings"

	"sluice/test/sandbox/wire"
)

// operator reads what follows the "{" of {"prefix": ...} and its kin.
func (p *parser) operator(l *leaf) error {
	name, operand, err := p.single()
	if err != nil {
		return err
	}
	if name == "exists" {
		return exists(l, operand)
	}
	var t test
	switch name {
	case "prefix":
		t, err = affix(name, operand, strings.HasPrefix)
	case "suffix":
		t, err = affix(name, operand, strings.HasSuffix)
	case "anything-but":
		t, err = anythingBut(operand)
	case "wildcard":
		t, err = wildcard(operand)
	case "equals-ignore-case", "numeric", "cidr":
		err = wire.NotImplemented("the operator " + name + " of event patterns")
	default:
		err = refuse("Unrecognized match type %s", name)
	}
	l.tests = append(l.tests, t)
	return err
}

// single reads the one member of an operator's object, and the closing brace.
func (p *parser) single() (string, any, error) {
	if !p.dec.More() {
		return "", nil, refuse("Match expression name not found")
	}
	name, err := p.token()
	if err != nil {
		return "", nil, err
	}
	var operand any
	if err := p.dec.Decode(&operand); err != nil {
		return "", nil, err
	}
	if p.dec.More() {
		return "", nil, refuse("Only one key allowed in match expression")
	}
	_, err = p.token()
	return name.(string), operand, err
}

func exists(l *leaf, operand any) error {
	want, ok := operand.(bool)
	if !ok {
		return refuse("exists match pattern must be either true or false")
	}
	if !want {
		l.absent = true
		return nil
	}
	l.tests = append(l.tests, func(any) bool { return true })
	return nil
}

// affix is a prefix or a suffix.
func affix(name string, operand any, has func(text, affix string) bool) (test, error) {
	if _, folded := operand.(map[string]any); folded {
		return nil, wire.NotImplemented("equals-ignore-case in a " + name + " of event patterns")
	}
	want, ok := operand.(string)
	if !ok {
		return nil, refuse("%s match pattern must be a string", name)
	}
	return func(v any) bool {
		s, ok := v.(string)
		return ok && has(s, want)
	}, nil
}

// wildcard is a text in which each * stands for any characters, also none, and \* for itself. Two in a row are refused
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching).
func wildcard(operand any) (test, error) {
	want, ok := operand.(string)
	switch {
	case !ok:
		return nil, refuse("wildcard match pattern must be a string")
	case strings.Contains(want, `\`):
		return nil, wire.NotImplemented("an escape in a wildcard of event patterns")
	case strings.Contains(want, "**"):
		return nil, refuse("Consecutive wildcard characters")
	}
	parts := strings.Split(want, "*")
	return func(v any) bool {
		s, ok := v.(string)
		rest, begins := strings.CutPrefix(s, parts[0])
		if !ok || !begins || len(parts) == 1 {
			return ok && s == want
		}
		last := len(parts) - 1
		for _, part := range parts[1:last] {
			at := strings.Index(rest, part)
			if at < 0 {
				return false
			}
			rest = rest[at+len(part):]
		}
		return strings.HasSuffix(rest, parts[last])
	}, nil
}

// anythingBut takes a string, a number, or a list of one of them.
func anythingBut(operand any) (test, error) {
	if _, operator := operand.(map[string]any); operator {
		return nil, wire.NotImplemented("an operator in anything-but of event patterns")
	}
	var unwanted []test
	strs, numbers := 0, 0
	for _, value := range list(operand) {
		switch value := value.(type) {
		case string:
			strs++
			unwanted = append(unwanted, func(v any) bool { return v == value })
		case json.Number:
			numbers++
			unwanted = append(unwanted, equalsNumber(value))
		default:
			return nil, refuse("Value of anything-but must be an array or single string/number value")
		}
	}
	if (strs == 0) == (numbers == 0) {
		return nil, refuse("Inside anything but list, either all values are number or string, mixed type is not supported")
	}
	return none(unwanted), nil
}

func list(operand any) []any {
	if values, ok := operand.([]any); ok {
		return values
	}
	return []any{operand}
}

func none(unwanted []test) test {
	return func(v any) bool {
		return !slices.ContainsFunc(unwanted, func(t test) bool { return t(v) })
	}
}
