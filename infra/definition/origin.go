package definition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A Value is one value of a definition, and where it comes from.
type Value struct {
	Path   string // "strategy.canary.steps[0].bake"
	Text   string // as YAML writes it
	File   string // "infra/services/templates/standard-http.yaml"; empty: nobody says it, it is Sluice's default
	Line   int
	Locked string // the template that locks it; empty: none does
}

// At is the place of a value as an editor jumps to it.
func (v Value) At() string {
	if v.File == "" {
		return "default"
	}
	return fmt.Sprintf("%s:%d", v.File, v.Line)
}

// Values are all values of a service in the order of a definition, those that nobody says among them.
func (s Service) Values() ([]Value, error) {
	text, err := json.Marshal(s.Definition.WithDefaults())
	if err != nil {
		return nil, fmt.Errorf("writing the definition of %s: %w", s.Definition.Service, err)
	}
	var values []Value
	err = leaves(json.NewDecoder(bytes.NewReader(text)), "", func(at, text string) {
		v := Value{Path: at, Text: text, Locked: s.lockOf(at)}
		if n := s.root.find(at); n != nil {
			v.File, v.Line = n.file, n.line
		}
		values = append(values, v)
	})
	return values, err
}

// lockOf is the template that locks a path.
func (s Service) lockOf(at string) string {
	for _, l := range s.locks {
		if within(at, l.path) {
			return l.template
		}
	}
	return ""
}

// leaves tells of each value that has no parts, in the order in which they are written. A list of plain values is one.
func leaves(d *json.Decoder, at string, tell func(at, text string)) error {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return fmt.Errorf("reading a definition at %q: %w", at, err)
	}
	inner := json.NewDecoder(bytes.NewReader(raw))
	switch {
	case raw[0] == '{':
		if err := opened(inner, at); err != nil {
			return err
		}
		for inner.More() {
			key, err := inner.Token()
			if err != nil {
				return fmt.Errorf("reading a definition at %q: %w", at, err)
			}
			if err := leaves(inner, join(at, fmt.Sprint(key)), tell); err != nil {
				return err
			}
		}
	case bytes.HasPrefix(raw, []byte("[{")):
		if err := opened(inner, at); err != nil {
			return err
		}
		for i := 0; inner.More(); i++ {
			if err := leaves(inner, fmt.Sprintf("%s[%d]", at, i), tell); err != nil {
				return err
			}
		}
	default:
		tell(at, plainText(raw))
	}
	return nil
}

// opened reads the bracket with which a map or a list begins.
func opened(d *json.Decoder, at string) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("reading a definition at %q: %w", at, err)
	}
	return nil
}

// plainText writes a value as YAML does: without quotes where none are needed, a list in one line.
func plainText(raw json.RawMessage) string {
	var value any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return strings.TrimSpace(string(raw))
	}
	return flow(value)
}
