package eventbridge

import (
	"fmt"
	"strconv"
	"strings"
)

// A path is one place in an event: names and array indices. EventBridge's own dialect of JSONPath allows a dash in a
// plain name ($.detail.instance-id), which RFC 9535 does not.
type path []any

// parsePath reads $.detail.resources[0]['odd name'].
func parsePath(text string) (path, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("path %q must begin with $", text)
	}
	p := path{}
	for rest != "" {
		step, after, err := parseStep(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", text, err)
		}
		p, rest = append(p, step), after
	}
	return p, nil
}

func parseStep(text string) (step any, rest string, err error) {
	if name, ok := strings.CutPrefix(text, "."); ok {
		end := strings.IndexAny(name, ".[")
		if end < 0 {
			end = len(name)
		}
		if end == 0 || name[:end] == "*" {
			return nil, "", fmt.Errorf("want a name after the dot; wildcards are not implemented")
		}
		return name[:end], name[end:], nil
	}
	inner, rest, closed := strings.Cut(strings.TrimPrefix(text, "["), "]")
	if text[0] != '[' || !closed {
		return nil, "", fmt.Errorf("want .name, ['name'] or [index] at %q", text)
	}
	if n := len(inner); n >= 2 && (inner[0] == '\'' || inner[0] == '"') && inner[n-1] == inner[0] {
		return inner[1 : n-1], rest, nil
	}
	index, err := strconv.Atoi(inner)
	if err != nil || index < 0 {
		return nil, "", fmt.Errorf("index %q is not implemented: want a number from 0", inner)
	}
	return index, rest, nil
}

func (p path) find(v any) (found any, ok bool) {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			if v, ok = object[step]; !ok {
				return nil, false
			}
		case int:
			array, _ := v.([]any)
			if step >= len(array) {
				return nil, false
			}
			v = array[step]
		}
	}
	return v, true
}
