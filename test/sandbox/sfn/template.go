package sfn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An expression is a compiled piece of a payload template: a constant, a path or a tree of them.
type expression func(scope) (any, error)

func constant(v any) expression {
	return func(scope) (any, error) { return v, nil }
}

// compileTemplate compiles Parameters, ItemSelector or ResultSelector: fields whose name ends in ".$" hold a path,
// everything else stands for itself.
func compileTemplate(v any) (expression, error) {
	e, dynamic, err := compileNode(v)
	if err != nil {
		return nil, err
	}
	if !dynamic {
		return constant(v), nil
	}
	return e, nil
}

// compileNode also tells whether anything below v is dynamic; what is not is shared instead of rebuilt.
func compileNode(v any) (e expression, dynamic bool, err error) {
	switch v := v.(type) {
	case map[string]any:
		return compileObject(v)
	case []any:
		return compileArray(v)
	}
	return constant(v), false, nil
}

func compileArray(v []any) (expression, bool, error) {
	parts, dynamic := make([]expression, len(v)), false
	for i, element := range v {
		e, d, err := compileNode(element)
		if err != nil {
			return nil, false, err
		}
		parts[i], dynamic = e, dynamic || d
	}
	if !dynamic {
		return constant(v), false, nil
	}
	return func(s scope) (any, error) { return evaluateAll(parts, s) }, true, nil
}

func evaluateAll(parts []expression, s scope) ([]any, error) {
	out := make([]any, len(parts))
	for i, e := range parts {
		v, err := e(s)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// A field is one member of an object that is built from a template.
type field struct {
	name  string
	value expression
}

func compileObject(v map[string]any) (expression, bool, error) {
	fields, dynamic := make([]field, 0, len(v)), false
	for _, name := range slices.Sorted(maps.Keys(v)) {
		plain, isExpression := strings.CutSuffix(name, ".$")
		f, d, err := compileField(plain, v[name], isExpression)
		if err != nil {
			return nil, false, err
		}
		fields, dynamic = append(fields, f), dynamic || d
	}
	if !dynamic {
		return constant(v), false, nil
	}
	return func(s scope) (any, error) { return buildObject(fields, s) }, true, nil
}

func compileField(name string, v any, isExpression bool) (field, bool, error) {
	if !isExpression {
		e, dynamic, err := compileNode(v)
		return field{name, e}, dynamic, err
	}
	source, ok := v.(string)
	if !ok {
		return field{}, false, fmt.Errorf("the value of %q must be a path or an intrinsic function", name+".$")
	}
	e, err := compileExpression(source, name+".$")
	return field{name, e}, true, err
}

func buildObject(fields []field, s scope) (any, error) {
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		v, err := f.value(s)
		if err != nil {
			return nil, err
		}
		out[f.name] = v
	}
	return out, nil
}

// compileExpression compiles a path; at is the field it stands in, for messages.
func compileExpression(source, at string) (expression, error) {
	if strings.HasPrefix(source, formatCall) {
		return compileFormat(source, at)
	}
	if strings.HasPrefix(source, "States.") {
		return nil, fmt.Errorf("the value of %q: of the intrinsic functions the sandbox carries out States.Format alone", at)
	}
	if !strings.HasPrefix(source, "$") {
		return nil, fmt.Errorf("the value of %q must be a path or an intrinsic function", at)
	}
	p, err := parsePath(source)
	if err != nil {
		return nil, err
	}
	return p.lookup(at), nil
}

// lookup evaluates the path and fails the execution where it leads nowhere.
func (p *path) lookup(at string) expression {
	return func(s scope) (any, error) {
		v, ok := p.find(s)
		if !ok {
			return nil, runtimeFailure("The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", p.source, at, encode(s.input))
		}
		return v, nil
	}
}
