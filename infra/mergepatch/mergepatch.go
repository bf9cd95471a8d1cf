// Package mergepatch makes and applies JSON Merge Patches (RFC 7396): a patch turns one JSON object into another. A template that is nearly the same
// as another is kept as a patch of it.
package mergepatch

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Between makes the patch that turns one object into another. Neither may hold null, because null in a patch removes a member.
func Between(from, to []byte) ([]byte, error) {
	var before, after map[string]any
	if err := unmarshal(from, &before); err != nil {
		return nil, err
	}
	if err := unmarshal(to, &after); err != nil {
		return nil, err
	}
	return written(between(before, after))
}

func between(before, after map[string]any) map[string]any {
	patch := map[string]any{}
	for key := range before {
		if _, stays := after[key]; !stays {
			patch[key] = nil
		}
	}
	for key, value := range after {
		old, isObject := before[key].(map[string]any)
		fresh, isOne := value.(map[string]any)
		switch {
		case reflect.DeepEqual(before[key], value):
		case isObject && isOne:
			patch[key] = between(old, fresh)
		default:
			patch[key] = value
		}
	}
	return patch
}

// Apply applies a patch to the object from which the patch was made.
func Apply(text, patch []byte) ([]byte, error) {
	var object, changes map[string]any
	if err := unmarshal(text, &object); err != nil {
		return nil, err
	}
	if err := unmarshal(patch, &changes); err != nil {
		return nil, err
	}
	return json.Marshal(apply(object, changes))
}

func apply(object, patch map[string]any) map[string]any {
	if object == nil {
		object = map[string]any{}
	}
	for key, change := range patch {
		switch change := change.(type) {
		case nil:
			delete(object, key)
		case map[string]any:
			inner, _ := object[key].(map[string]any)
			object[key] = apply(inner, change)
		default:
			object[key] = change
		}
	}
	return object
}

// written writes a patch with a line for each member of a member, so that people can read what the patch changes.
func written(patch map[string]any) ([]byte, error) {
	sections := make([]string, 0, len(patch))
	for _, section := range slices.Sorted(maps.Keys(patch)) {
		members, isObject := patch[section].(map[string]any)
		if !isObject {
			return nil, fmt.Errorf("writing a patch: %s is no object", section)
		}
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(members)) {
			text, err := json.Marshal(members[name])
			if err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%q: %s", name, text))
		}
		sections = append(sections, fmt.Sprintf("%q: {\n%s\n}", section, strings.Join(lines, ",\n")))
	}
	return []byte("{\n" + strings.Join(sections, ",\n") + "\n}\n"), nil
}

func unmarshal(text []byte, object *map[string]any) error {
	if err := json.Unmarshal(text, object); err != nil {
		return fmt.Errorf("reading an object: %w", err)
	}
	return nil
}
