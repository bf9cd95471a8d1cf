package sfn

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// maxPayload is the most that a state may take or give, in bytes of UTF-8.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const maxPayload = 262_144

// A document is a JSON value with its text. Values are never changed once made, so states, branches and history share
// them; whoever needs a different value builds a new one.
type document struct {
	value any // nil, bool, string, json.Number, []any or map[string]any
	text  string
}

func newDocument(value any) document {
	return document{value: value, text: encode(value)}
}

// decode reads exactly one JSON value; numbers keep their digits.
func decode(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

func encode(v any) string { return string(appendJSON(make([]byte, 0, 256), v)) }

// appendJSON writes v compactly with sorted keys.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendString(b, v)
	case json.Number:
		return append(b, v...)
	case []any:
		return appendArray(b, v)
	case map[string]any:
		return appendObject(b, v)
	}
	return append(b, "null"...)
}

func appendArray(b []byte, v []any) []byte {
	b = append(b, '[')
	for i, e := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, e)
	}
	return append(b, ']')
}

func appendObject(b []byte, v map[string]any) []byte {
	keys := make([]string, 0, len(v))
	for k := range v {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, k)
		b = append(b, ':')
		b = appendJSON(b, v[k])
	}
	return append(b, '}')
}

// appendString trusts that s is valid UTF-8: encoding/json decodes to nothing else, and Base64Decode mends its result.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
