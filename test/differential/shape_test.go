package differential

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// A checker holds values against the shapes of a model. Scalars arrive as the protocol writes them: a number in JSON, text
// in a form or XML, its own type in CBOR.
type checker struct {
	model    *model
	request  bool // only requests have to keep to lengths and sizes: AWS itself breaks its bounds in answers
	old      bool // the model may not know what is new
	problems []string
}

func (c *checker) complain(at, format string, args ...any) {
	c.problems = append(c.problems, at+": "+fmt.Sprintf(format, args...))
}

func (c *checker) check(name string, v any, at string) {
	s := c.model.Shapes[name]
	switch {
	case s.Document:
	case s.Type == "structure":
		c.structure(s, v, at)
	case s.Type == "list":
		c.list(s, v, at)
	case s.Type == "map":
		c.mapping(s, v, at)
	default:
		c.scalar(s, v, at)
	}
}

// structure wants the required members, and no others than the model knows.
func (c *checker) structure(s shape, v any, at string) {
	fields, ok := v.(map[string]any)
	if !ok {
		c.complain(at, "%T in place of a structure", v)
		return
	}
	known := map[string]string{}
	for member, r := range s.Members {
		known[r.name(member)] = member
		if field, given := fields[r.name(member)]; given && field != nil {
			c.check(r.Shape, field, at+"."+member)
		}
	}
	for _, member := range s.Required {
		if fields[s.Members[member].name(member)] == nil {
			c.complain(at+"."+member, "it is required and missing")
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if known[field] == "" && !c.old {
			c.complain(at+"."+field, "the model knows no such member")
		}
	}
}

func (c *checker) list(s shape, v any, at string) {
	items, ok := v.([]any)
	if !ok {
		c.complain(at, "%T in place of a list", v)
		return
	}
	c.bounds(s, len(items), at)
	for i, item := range items {
		c.check(s.Member.Shape, item, fmt.Sprintf("%s[%d]", at, i))
	}
}

func (c *checker) mapping(s shape, v any, at string) {
	entries, ok := v.(map[string]any)
	if !ok {
		c.complain(at, "%T in place of a map", v)
		return
	}
	c.bounds(s, len(entries), at)
	for key, value := range entries {
		c.check(s.Key.Shape, key, at+".key "+key)
		c.check(s.Value.Shape, value, at+"."+key)
	}
}

func (c *checker) bounds(s shape, n int, at string) {
	if c.request && (s.Min != nil && float64(n) < *s.Min || s.Max != nil && float64(n) > *s.Max) {
		c.complain(at, "its size is %d, outside of the bounds", n)
	}
}

func (c *checker) scalar(s shape, v any, at string) {
	ok := true
	switch s.Type {
	case "string", "character":
		var text string
		if text, ok = v.(string); ok {
			c.text(s, text, at)
		}
	case "integer", "long", "short":
		ok = whole(v)
	case "float", "double":
		ok = number(v)
	case "boolean":
		_, ok = v.(bool)
		ok = ok || v == "true" || v == "false"
	case "timestamp":
		ok = moment(v)
	case "blob":
		ok = blob(v)
	default:
		c.complain(at, "the model says %q, which no protocol knows", s.Type)
	}
	if !ok {
		c.complain(at, "%T %.60v in place of a %s", v, v, s.Type)
	}
}

func (c *checker) text(s shape, text, at string) {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) && !c.old {
		c.complain(at, "%q is none of %v", text, s.Enum)
	}
	c.bounds(s, utf8.RuneCountInString(text), at)
}

func whole(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Int64()
		return err == nil
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		return err == nil
	}
	_, ok := v.(int64)
	return ok
}

func number(v any) bool {
	switch v := v.(type) {
	case json.Number, float64, int64:
		return true
	case string:
		_, err := strconv.ParseFloat(v, 64)
		return err == nil
	}
	return false
}

func moment(v any) bool {
	switch v := v.(type) {
	case json.Number, time.Time:
		return true
	case string:
		_, err := time.Parse(time.RFC3339, v)
		return err == nil
	}
	return false
}

func blob(v any) bool {
	text, ok := v.(string)
	if !ok {
		_, ok = v.([]byte)
		return ok
	}
	_, err := base64.StdEncoding.DecodeString(text)
	return err == nil
}
