package cfn

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// Decode fills a struct whose exported fields are named like the properties of a resource type. A property without a
// field is refused, except those in unread, each of which carries the reason why the sandbox need not know it.
//
// It is as lenient as CloudFormation about scalars ("30" is a number, "true" a truth value, 30 a text) and leaves
// documents (policies, event patterns) alone: give them a field of type any, map[string]any or []any.
func Decode(properties map[string]any, into any, unread map[string]string) error {
	known := make(map[string]any, len(properties))
	for name, value := range properties {
		if unread[name] == "" {
			known[name] = value
		}
	}
	return decode(known, reflect.ValueOf(into).Elem())
}

func decode(v any, into reflect.Value) error {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		return decode(v, into.Elem())
	case reflect.Interface:
		into.Set(reflect.ValueOf(v))
		return nil
	case reflect.Struct:
		return decodeStruct(v, into)
	case reflect.Map:
		return decodeMap(v, into)
	case reflect.Slice:
		return decodeSlice(v, into)
	}
	return decodeScalar(v, into)
}

func decodeStruct(v any, into reflect.Value) error {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("wants an object, got %T", v)
	}
	var failed error
	var at string // the first property in order that failed, so that the error is the same each time
	for name, value := range object {
		if err := decodeField(name, value, into); err != nil && (failed == nil || name < at) {
			failed, at = err, name
		}
	}
	return failed
}

func decodeField(name string, value any, into reflect.Value) error {
	field := into.FieldByName(name)
	if !field.IsValid() || !field.CanSet() {
		return fmt.Errorf("property %s is not implemented by the sandbox", name)
	}
	if err := decode(value, field); err != nil {
		return within(name, err)
	}
	return nil
}

func decodeMap(v any, into reflect.Value) error {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("wants an object, got %T", v)
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(object)))
	for name, item := range object {
		value := reflect.New(into.Type().Elem()).Elem()
		if err := decode(item, value); err != nil {
			return within(name, err)
		}
		into.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), value)
	}
	return nil
}

func decodeSlice(v any, into reflect.Value) error {
	list, ok := v.([]any)
	if !ok {
		return fmt.Errorf("wants a list, got %T", v)
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, item := range list {
		if err := decode(item, into.Index(i)); err != nil {
			return within(strconv.Itoa(i), err)
		}
	}
	return nil
}

func decodeScalar(v any, into reflect.Value) error {
	text, err := asText(v)
	if err != nil {
		return err
	}
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("wants true or false, got %q", text)
		}
		into.SetBool(b)
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, into.Type().Bits())
		if err != nil {
			return fmt.Errorf("wants a whole number, got %q", text)
		}
		into.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("wants a number, got %q", text)
		}
		into.SetFloat(f)
	default:
		return fmt.Errorf("a field of kind %s cannot hold a property", into.Kind())
	}
	return nil
}

// A placed error knows the path of the property it is about.
type placed struct {
	path string
	err  error
}

func (p *placed) Error() string { return p.path + ": " + p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

func within(name string, err error) error {
	var inner *placed
	if errors.As(err, &inner) {
		return &placed{path: name + "." + inner.path, err: inner.err}
	}
	return &placed{path: name, err: err}
}

// Document writes a property that is a JSON document (a policy, an event pattern, a dashboard) as the APIs want it: as
// text. A property that is text already stays as it is.
func Document(v any) (string, error) {
	if text, ok := v.(string); ok {
		return text, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing document: %w", err)
	}
	return string(data), nil
}
