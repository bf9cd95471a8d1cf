package cfn

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// noValue is what {"Ref": "AWS::NoValue"} resolves to: the property or list item around it is left out.
type noValue struct{}

// intrinsicOf recognises {"Ref": ...} and {"Fn::Name": ...}.
func intrinsicOf(object map[string]any) (name string, arg any, ok bool) {
	for key, value := range object {
		if key == "Ref" && len(object) == 1 || strings.HasPrefix(key, "Fn::") {
			return key, value, true
		}
	}
	return "", nil, false
}

// resolve replaces the intrinsic functions in a value; what it returns shares nothing with the template.
func (s *Stack) resolve(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, arg, ok := intrinsicOf(v); ok {
			return s.call(name, arg, len(v))
		}
		return s.resolveObject(v)
	case []any:
		return s.resolveList(v)
	}
	return v, nil
}

func (s *Stack) resolveObject(object map[string]any) (any, error) {
	out := make(map[string]any, len(object))
	var failed error
	var at string // the first key in order that failed, so that the error is the same each time
	for key, value := range object {
		value, err := s.resolve(value)
		switch {
		case err != nil && (failed == nil || key < at):
			failed, at = fmt.Errorf("%s: %w", key, err), key
		case err == nil && value != (noValue{}):
			out[key] = value
		}
	}
	return out, failed
}

func (s *Stack) resolveList(list []any) (any, error) {
	out := make([]any, 0, len(list))
	for i, item := range list {
		value, err := s.resolve(item)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		if value != (noValue{}) {
			out = append(out, value)
		}
	}
	return out, nil
}

func (s *Stack) call(name string, arg any, keys int) (any, error) {
	if keys != 1 {
		return nil, fmt.Errorf("%s has %d neighbours; an intrinsic function stands alone", name, keys-1)
	}
	value, err := s.apply(name, arg)
	if err != nil && name != "Ref" {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, err
}

// apply carries out the functions of
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html that need neither
// another stack nor a macro.
func (s *Stack) apply(name string, arg any) (any, error) {
	switch name {
	case "Ref":
		return s.ref(arg)
	case "Fn::GetAtt":
		return s.getAtt(arg)
	case "Fn::Sub":
		return s.sub(arg)
	case "Fn::Join":
		return s.join(arg)
	case "Fn::Select":
		return s.selectItem(arg)
	case "Fn::Split":
		return s.split(arg)
	case "Fn::If":
		return s.choose(arg)
	case "Fn::FindInMap":
		return s.findInMap(arg)
	case "Fn::Base64":
		text, err := s.text(arg)
		return base64.StdEncoding.EncodeToString([]byte(text)), err
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not":
		return nil, errors.New("belongs in the section Conditions")
	}
	return nil, errors.New("not implemented by the sandbox")
}

func (s *Stack) getAtt(arg any) (any, error) {
	id, attribute, err := attributeOf(arg)
	if err != nil {
		return nil, err
	}
	return s.attribute(id, attribute)
}

// attributeOf reads both spellings of Fn::GetAtt: ["Id", "Attribute"] and "Id.Attribute".
func attributeOf(arg any) (id, attribute string, err error) {
	if text, ok := arg.(string); ok {
		if id, attribute, ok = strings.Cut(text, "."); ok {
			return id, attribute, nil
		}
	}
	if list, ok := arg.([]any); ok && len(list) == 2 {
		id, isID := list[0].(string)
		attribute, isAttribute := list[1].(string)
		if isID && isAttribute {
			return id, attribute, nil
		}
	}
	return "", "", errors.New(`wants ["LogicalId", "Attribute"]`)
}

// subOf reads both spellings of Fn::Sub: "text" and ["text", {"Name": value}].
func subOf(arg any) (text string, local map[string]any, err error) {
	switch arg := arg.(type) {
	case string:
		return arg, nil, nil
	case []any:
		if len(arg) == 2 {
			text, isText := arg[0].(string)
			local, isMap := arg[1].(map[string]any)
			if isText && isMap {
				return text, local, nil
			}
		}
	}
	return "", nil, errors.New(`wants "text" or ["text", {"Name": value}]`)
}

func (s *Stack) sub(arg any) (any, error) {
	text, local, err := subOf(arg)
	if err != nil {
		return nil, err
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := match[2 : len(match)-1]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return "${" + literal + "}"
		}
		value, err := s.named(name, local)
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s: %w", match, err)
		}
		return value
	})
	return out, failed
}

func (s *Stack) named(name string, local map[string]any) (string, error) {
	if value, ok := local[name]; ok {
		return s.text(value)
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return s.attribute(id, attribute)
	}
	return s.text(map[string]any{"Ref": name})
}

func (s *Stack) join(arg any) (any, error) {
	pair, err := s.list(arg, 2)
	if err != nil {
		return nil, err
	}
	items, ok := pair[1].([]any)
	if !ok {
		return nil, errors.New("wants a list to join")
	}
	texts := make([]string, len(items))
	for i, item := range items {
		if texts[i], err = asText(item); err != nil {
			return nil, err
		}
	}
	separator, err := asText(pair[0])
	return strings.Join(texts, separator), err
}

func (s *Stack) split(arg any) (any, error) {
	pair, err := s.list(arg, 2)
	if err != nil {
		return nil, err
	}
	separator, err := asText(pair[0])
	if err != nil {
		return nil, err
	}
	text, err := asText(pair[1])
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, part := range strings.Split(text, separator) {
		out = append(out, part)
	}
	return out, nil
}

func (s *Stack) selectItem(arg any) (any, error) {
	pair, err := s.list(arg, 2)
	if err != nil {
		return nil, err
	}
	text, err := asText(pair[0])
	if err != nil {
		return nil, err
	}
	items, ok := pair[1].([]any)
	at, err := strconv.Atoi(text)
	if err != nil || !ok || at < 0 || at >= len(items) {
		return nil, fmt.Errorf("no item %s in a list of %d", text, len(items))
	}
	return items[at], nil
}

func (s *Stack) findInMap(arg any) (any, error) {
	keys, err := s.list(arg, 3)
	if err != nil {
		return nil, err
	}
	var names [3]string
	for i, key := range keys {
		if names[i], err = asText(key); err != nil {
			return nil, err
		}
	}
	value, ok := s.template.Mappings[names[0]][names[1]][names[2]]
	if !ok {
		return nil, fmt.Errorf("mapping %s has no %s of %s", names[0], names[2], names[1])
	}
	return cloneValue(value), nil
}

// list resolves an intrinsic's arguments and insists on their number.
func (s *Stack) list(arg any, size int) ([]any, error) {
	value, err := s.resolve(arg)
	if err != nil {
		return nil, err
	}
	if list, ok := value.([]any); ok && len(list) == size {
		return list, nil
	}
	return nil, fmt.Errorf("wants a list of %d", size)
}

// text resolves a value that must be a scalar.
func (s *Stack) text(v any) (string, error) {
	value, err := s.resolve(v)
	if err != nil {
		return "", err
	}
	return asText(value)
}

func asText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("wants text, got %T", v)
}
