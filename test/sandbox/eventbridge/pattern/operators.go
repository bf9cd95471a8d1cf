package pattern

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
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
		t, err = affix(name, operand, strings.HasPrefix, hasPrefixFold)
	case "suffix":
		t, err = affix(name, operand, strings.HasSuffix, hasSuffixFold)
	case "equals-ignore-case":
		t, err = text(name, operand, strings.EqualFold)
	case "wildcard":
		t, err = wildcard(operand)
	case "numeric":
		t, err = numeric(operand)
	case "cidr":
		t, err = cidr(operand)
	case "anything-but":
		t, err = anythingBut(operand)
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

// onString makes a test of strings, which refuses every other value.
func onString(accepts func(string) bool) test {
	return func(v any) bool {
		s, ok := v.(string)
		return ok && accepts(s)
	}
}

func text(name string, operand any, accepts func(value, operand string) bool) (test, error) {
	want, ok := operand.(string)
	if !ok {
		return nil, refuse("%s match pattern must be a string", name)
	}
	return onString(func(s string) bool { return accepts(s, want) }), nil
}

// affix is prefix or suffix, each with the form {"equals-ignore-case": ...}.
func affix(name string, operand any, exact, fold func(value, operand string) bool) (test, error) {
	object, ok := operand.(map[string]any)
	if !ok {
		return text(name, operand, exact)
	}
	folded, ok := object["equals-ignore-case"]
	if !ok || len(object) != 1 {
		return nil, refuse("Unsupported %s pattern: only equals-ignore-case may follow", name)
	}
	return text("equals-ignore-case", folded, fold)
}

// The fold functions compare as many characters, not bytes: the two cases of a letter may differ in length.
func hasPrefixFold(s, prefix string) bool {
	value, want := []rune(s), []rune(prefix)
	return len(value) >= len(want) && strings.EqualFold(string(value[:len(want)]), prefix)
}

func hasSuffixFold(s, suffix string) bool {
	value, want := []rune(s), []rune(suffix)
	return len(value) >= len(want) && strings.EqualFold(string(value[len(value)-len(want):]), suffix)
}

func cidr(operand any) (test, error) {
	source, ok := operand.(string)
	if !ok {
		return nil, refuse("cidr match pattern must be a string")
	}
	prefix, err := netip.ParsePrefix(source)
	if err != nil {
		return nil, refuse("Malformed CIDR %q", source)
	}
	return onString(func(s string) bool {
		addr, err := netip.ParseAddr(s)
		return err == nil && prefix.Contains(addr)
	}), nil
}

// anythingBut takes a string, a number, a list of one of them, or an operator over a string or a list of strings.
func anythingBut(operand any) (test, error) {
	if object, ok := operand.(map[string]any); ok {
		return anythingButOperator(object)
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

func anythingButOperator(object map[string]any) (test, error) {
	if len(object) != 1 {
		return nil, refuse("Only one key allowed in match expression")
	}
	var unwanted []test
	for name, operand := range object {
		for _, value := range list(operand) {
			t, err := unwantedText(name, value)
			if err != nil {
				return nil, err
			}
			unwanted = append(unwanted, t)
		}
	}
	if len(unwanted) == 0 {
		return nil, refuse("Empty arrays are not allowed")
	}
	return none(unwanted), nil
}

func unwantedText(name string, operand any) (test, error) {
	if operand == "" && (name == "prefix" || name == "suffix") {
		return nil, refuse("Null prefix/suffix not allowed")
	}
	switch name {
	case "prefix":
		return text(name, operand, strings.HasPrefix)
	case "suffix":
		return text(name, operand, strings.HasSuffix)
	case "equals-ignore-case":
		return text(name, operand, strings.EqualFold)
	case "wildcard":
		return wildcard(operand)
	}
	return nil, refuse("Unsupported anything-but pattern: %s", name)
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
