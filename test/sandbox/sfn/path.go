package sfn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/theory/jsonpath"
)

// A scope is what a path sees: "$" and "$$".
type scope struct {
	input   any
	context *contextObject
}

// A path is a compiled JSONPath. One that can only name a single place (fields and indexes) is walked directly; any
// other is an RFC 9535 query whose matches come as an array, as AWS does for paths that are not definite.
type path struct {
	source  string
	context bool // starts with "$$": the context object
	steps   []pathStep
	query   *jsonpath.Path
}

// A pathStep is one field, or one index when field is unset.
type pathStep struct {
	field   string
	index   int
	isIndex bool
}

// parsePath compiles "$.a['b'][0]" and the like.
func parsePath(source string) (*path, error) {
	p := &path{source: source}
	rest, ok := strings.CutPrefix(source, "$")
	if !ok {
		return nil, fmt.Errorf("path %q does not start with $", source)
	}
	if r, ok := strings.CutPrefix(rest, "$"); ok {
		p.context, rest = true, r
	}
	if rest != "" && rest[0] != '.' && rest[0] != '[' {
		return nil, fmt.Errorf("path %q: workflow variables are not implemented", source)
	}
	if steps, ok := parseSteps(rest); ok {
		p.steps = steps
		return p, nil
	}
	query, err := jsonpath.Parse("$" + rest)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", source, err)
	}
	p.query = query
	return p, nil
}

// parseReferencePath compiles a path that must name a single place.
func parseReferencePath(source string) (*path, error) {
	p, err := parsePath(source)
	if err == nil && p.query != nil {
		return nil, fmt.Errorf("path %q must be a reference path: fields and indexes only", source)
	}
	return p, err
}

// parseSteps reads fields and indexes; not ok means that the path is not definite (or not well formed).
func parseSteps(rest string) (steps []pathStep, ok bool) {
	for rest != "" {
		var step pathStep
		if step, rest, ok = parseStep(rest); !ok {
			return nil, false
		}
		steps = append(steps, step)
	}
	return steps, true
}

func parseStep(rest string) (step pathStep, tail string, ok bool) {
	if rest[0] == '.' {
		end := strings.IndexAny(rest[1:], ".[") + 1
		if end == 0 {
			end = len(rest)
		}
		name := rest[1:end]
		return pathStep{field: name}, rest[end:], name != "" && !strings.ContainsAny(name, "*()?@, \t\n\"']$")
	}
	if len(rest) > 2 && (rest[1] == '\'' || rest[1] == '"') {
		name, tail, ok := strings.Cut(rest[2:], rest[1:2]+"]")
		return pathStep{field: name}, tail, ok && !strings.ContainsAny(name, `'"\`)
	}
	digits, tail, ok := strings.Cut(rest[1:], "]")
	index, err := strconv.Atoi(digits)
	return pathStep{index: index, isIndex: true}, tail, ok && err == nil
}

// find gives the value at the path; found is false where the path leads nowhere.
func (p *path) find(s scope) (value any, found bool) {
	value = s.input
	if p.context {
		value = s.context.value()
	}
	if p.query != nil {
		return append([]any{}, p.query.Select(value)...), true
	}
	for _, step := range p.steps {
		if value, found = step.into(value); !found {
			return nil, false
		}
	}
	return value, true
}

func (s pathStep) into(value any) (any, bool) {
	if !s.isIndex {
		object, _ := value.(map[string]any)
		v, ok := object[s.field]
		return v, ok
	}
	array, _ := value.([]any)
	i := s.index
	if i < 0 {
		i += len(array)
	}
	if i < 0 || i >= len(array) {
		return nil, false
	}
	return array[i], true
}

// place returns root with value at the path: missing objects are made, an index must exist (ResultPath's rules).
// What is on the way is copied, so that other holders of root see nothing.
func (p *path) place(root, value any) (any, error) {
	v, ok := placeAt(root, p.steps, value)
	if !ok {
		return nil, &failure{name: statesResultPathFailure, cause: fmt.Sprintf("Unable to apply ReferencePath %s to input %s", p.source, encode(root))}
	}
	return v, nil
}

func placeAt(at any, steps []pathStep, value any) (any, bool) {
	if len(steps) == 0 {
		return value, true
	}
	step := steps[0]
	if step.isIndex {
		old, ok := step.into(at)
		if !ok {
			return nil, false
		}
		array := append([]any{}, at.([]any)...)
		array[(step.index+len(array))%len(array)], ok = placeAt(old, steps[1:], value)
		return array, ok
	}
	object, ok := at.(map[string]any)
	if !ok && at != nil {
		return nil, false
	}
	fresh := make(map[string]any, len(object)+1)
	for k, v := range object {
		fresh[k] = v
	}
	fresh[step.field], ok = placeAt(object[step.field], steps[1:], value)
	return fresh, ok
}
