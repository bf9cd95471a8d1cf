package cfn

import (
	"errors"
	"fmt"
)

// choose is Fn::If: [condition's name, value if it holds, value otherwise]. Only the chosen value is resolved.
func (s *Stack) choose(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok || len(list) != 3 {
		return nil, errors.New("wants [condition, then, else]")
	}
	name, _ := list[0].(string)
	holds, err := s.condition(name)
	if err != nil {
		return nil, err
	}
	if holds {
		return s.resolve(list[1])
	}
	return s.resolve(list[2])
}

// condition evaluates a named condition.
func (s *Stack) condition(name string) (bool, error) {
	expression, ok := s.template.Conditions[name]
	if !ok {
		return false, fmt.Errorf("condition %q is not in the template", name)
	}
	if s.evaluating[name] {
		return false, fmt.Errorf("condition %s refers to itself", name)
	}
	s.evaluating[name] = true
	defer delete(s.evaluating, name)
	holds, err := s.holds(expression)
	if err != nil {
		return false, fmt.Errorf("evaluating condition %s: %w", name, err)
	}
	return holds, nil
}

// holds evaluates the expressions of
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html.
func (s *Stack) holds(expression any) (bool, error) {
	object, ok := expression.(map[string]any)
	if !ok || len(object) != 1 {
		return false, errors.New("a condition is an object with one function")
	}
	for name, arg := range object {
		switch name {
		case "Condition":
			other, _ := arg.(string)
			return s.condition(other)
		case "Fn::Equals":
			return s.equals(arg)
		case "Fn::Not":
			return s.every(arg, 1, 1, false)
		case "Fn::And":
			return s.every(arg, 2, 10, true)
		case "Fn::Or":
			none, err := s.every(arg, 2, 10, false)
			return !none, err
		default:
			return false, fmt.Errorf("%s: not implemented by the sandbox in conditions", name)
		}
	}
	return false, nil
}

// every says whether all expressions of a list evaluate to want.
func (s *Stack) every(arg any, least, most int, want bool) (bool, error) {
	list, ok := arg.([]any)
	if !ok || len(list) < least || len(list) > most {
		return false, fmt.Errorf("wants a list of %d to %d conditions", least, most)
	}
	all := true
	for _, expression := range list {
		holds, err := s.holds(expression)
		if err != nil {
			return false, err
		}
		all = all && holds == want
	}
	return all, nil
}

func (s *Stack) equals(arg any) (bool, error) {
	pair, err := s.list(arg, 2)
	if err != nil {
		return false, fmt.Errorf("Fn::Equals: %w", err)
	}
	left, err := asText(pair[0])
	if err != nil {
		return false, fmt.Errorf("Fn::Equals: %w", err)
	}
	right, err := asText(pair[1])
	return left == right, err
}
