package sfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A choice is what a Choice state decides by: the first rule that holds names the next state.
type choice struct {
	rules    []rule
	fallback string // Default; "" is none
}

// A rule is one entry of Choices.
type rule struct {
	holds condition
	next  string
}

// A condition is a compiled Boolean or data-test expression.
type condition func(scope) (bool, error)

// pick gives the name of the next state.
func (c *choice) pick(s scope) (string, error) {
	for _, r := range c.rules {
		holds, err := r.holds(s)
		if err != nil {
			return "", err
		}
		if holds {
			return r.next, nil
		}
	}
	if c.fallback == "" {
		return "", &failure{name: statesNoChoiceMatched, cause: "No choice rule matched and the state has no Default."}
	}
	return c.fallback, nil
}

func compileRule(source map[string]any) (rule, error) {
	next, _ := source["Next"].(string)
	if next == "" {
		return rule{}, errors.New("a choice rule needs Next")
	}
	bare := map[string]any{}
	for k, v := range source {
		if k != "Next" && k != "Comment" {
			bare[k] = v
		}
	}
	holds, err := compileCondition(bare)
	return rule{holds, next}, err
}

// compileCondition compiles And, Or, Not or a single comparison.
func compileCondition(source map[string]any) (condition, error) {
	for _, name := range []string{"And", "Or", "Not"} {
		operand, ok := source[name]
		if !ok {
			continue
		}
		if len(source) != 1 {
			return nil, fmt.Errorf("%s must stand alone in a choice rule", name)
		}
		return compileBoolean(name, operand)
	}
	return compileComparison(source)
}

func compileBoolean(name string, operand any) (condition, error) {
	if name == "Not" {
		operand = []any{operand}
	}
	list, _ := operand.([]any)
	if len(list) == 0 {
		return nil, fmt.Errorf("%s needs a non-empty array of rules", name)
	}
	parts := make([]condition, len(list))
	for i, element := range list {
		source, ok := element.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: a rule must be an object", name)
		}
		var err error
		if parts[i], err = compileCondition(source); err != nil {
			return nil, err
		}
	}
	switch name {
	case "And":
		return until(parts, false), nil
	case "Or":
		return until(parts, true), nil
	}
	return func(s scope) (bool, error) { holds, err := parts[0](s); return !holds, err }, nil
}

// until evaluates parts in order and stops at the first that gives stop, which is then the answer.
func until(parts []condition, stop bool) condition {
	return func(s scope) (bool, error) {
		for _, part := range parts {
			if holds, err := part(s); err != nil || holds == stop {
				return holds, err
			}
		}
		return !stop, nil
	}
}

// compileComparison compiles {"Variable": path, operator: operand}.
func compileComparison(source map[string]any) (condition, error) {
	variable, _ := source["Variable"].(string)
	if variable == "" || len(source) != 2 {
		return nil, errors.New("a choice rule needs Variable and exactly one comparison operator")
	}
	at, err := parsePath(variable)
	if err != nil {
		return nil, err
	}
	for name, operand := range source {
		if name == "Variable" {
			continue
		}
		if test, ok := typeTests[name]; ok {
			return compileTypeTest(at, test, name, operand)
		}
		return compileOperator(at, name, operand)
	}
	panic("unreachable: two members, one of them is not Variable")
}

// typeTests are the Is… operators on a value that is there.
var typeTests = map[string]func(any) bool{
	"IsPresent":   func(any) bool { return true },
	"IsNull":      func(v any) bool { return v == nil },
	"IsString":    func(v any) bool { _, ok := v.(string); return ok },
	"IsBoolean":   func(v any) bool { _, ok := v.(bool); return ok },
	"IsNumeric":   func(v any) bool { _, ok := v.(json.Number); return ok },
	"IsTimestamp": func(v any) bool { _, ok := parseTimestamp(v); return ok },
}

// compileTypeTest compiles an Is… operator. A path that leads nowhere is an answer to IsPresent and an error to the others.
func compileTypeTest(at *path, test func(any) bool, name string, operand any) (condition, error) {
	want, ok := operand.(bool)
	if !ok {
		return nil, fmt.Errorf("%s needs true or false", name)
	}
	return func(s scope) (bool, error) {
		v, found := at.find(s)
		if !found && name != "IsPresent" {
			return false, invalidVariable(at)
		}
		return (found && test(v)) == want, nil
	}, nil
}

func invalidVariable(at *path) error {
	return runtimeFailure("Invalid path '%s': The choice state's condition path references an invalid value.", at.source)
}

// compileOperator compiles StringEquals, NumericLessThanPath and the like.
func compileOperator(at *path, name string, operand any) (condition, error) {
	base, isPath := strings.CutSuffix(name, "Path")
	compare, ok := comparisons[base]
	if !ok || isPath && base == "StringMatches" {
		return nil, fmt.Errorf("comparison operator %q is not known", name)
	}
	if !isPath {
		if !compare.accepts(operand) {
			return nil, fmt.Errorf("%s cannot compare with %s", name, encode(operand))
		}
		return func(s scope) (bool, error) {
			v, found := at.find(s)
			if !found {
				return false, invalidVariable(at)
			}
			return compare.holds(v, operand), nil
		}, nil
	}
	source, _ := operand.(string)
	other, err := parsePath(source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return comparePaths(at, other, compare), nil
}

func comparePaths(at, other *path, compare comparison) condition {
	return func(s scope) (bool, error) {
		v, found := at.find(s)
		if !found {
			return false, invalidVariable(at)
		}
		w, found := other.find(s)
		if !found {
			return false, invalidVariable(other)
		}
		return compare.holds(v, w), nil
	}
}
