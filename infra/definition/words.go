package definition

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// words is one place of the schema: what it calls a value and how it describes it.
type words map[string]any

// lookUp follows a schema's URL, "...#/$defs/step/properties/weight".
func (s *schema) lookUp(url string) words {
	_, pointer, _ := strings.Cut(url, "#")
	here := s.words
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if m, ok := here.(map[string]any); ok && token != "" {
			here = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
		}
	}
	w, _ := here.(map[string]any)
	return w
}

// member is a property of an object, its own words before those that it refers to.
func (s *schema) member(w words, key string) words {
	properties, _ := w["properties"].(map[string]any)
	own, _ := properties[key].(map[string]any)
	ref, _ := own["$ref"].(string)
	if ref == "" {
		return own
	}
	all := words{}
	maps.Copy(all, s.lookUp(ref))
	maps.Copy(all, own)
	return all
}

func (w words) title() string {
	if t, ok := w["title"].(string); ok {
		return t
	}
	return "a value that fits here"
}

func (w words) keys() []string {
	properties, _ := w["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

func (w words) choices() []string {
	all, _ := w["enum"].([]any)
	var names []string
	for _, one := range all {
		names = append(names, fmt.Sprint(one))
	}
	return names
}

// example is the schema's first example, as it would be written in one line of YAML.
func (w words) example() string {
	examples, _ := w["examples"].([]any)
	if len(examples) == 0 {
		return "..."
	}
	return flow(examples[0])
}

func (w words) rangeRemedy() string {
	what := "a number"
	if w["type"] == "integer" {
		what = "a whole number"
	}
	low, high, below := w["minimum"], w["maximum"], w["exclusiveMaximum"]
	switch {
	case low != nil && high != nil:
		return fmt.Sprintf("write %s from %v to %v", what, low, high)
	case low != nil && below != nil:
		return fmt.Sprintf("write %s from %v up to, not including, %v", what, low, below)
	case low != nil:
		return fmt.Sprintf("write %s from %v up", what, low)
	}
	return "write " + what
}

// flow writes a value as YAML in one line: "{weight: 5, bake: 10m}". Keys are sorted.
func flow(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case json.Number:
		return v.String()
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}

// short is a value as a message shows it.
func (n *node) short() string {
	switch n.form {
	case mapping:
		return "a map"
	case list:
		return "a list"
	}
	switch v := n.value.(type) {
	case string:
		return fmt.Sprintf("%.60q", v)
	case nil:
		return "nothing"
	}
	if n.spelt != "" { // 1.10, not 1.1
		return n.spelt
	}
	return flow(n.value)
}

func (n *node) keys() []string { return slices.Sorted(maps.Keys(n.fields)) }
