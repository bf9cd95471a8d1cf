package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"sluice/test/sandbox/memo"
)

// A Document is a policy as it is written:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
type Document struct {
	Version   string
	ID        string      `json:"Id"`
	Statement []Statement `json:"-"`

	ready *[kinds]func() ([]*statement, error) // compiled once for all that parse the same text; nil of one that was not parsed
}

// A Statement is one rule of a Document.
type Statement struct {
	Sid                   string
	Effect                string // "Allow" or "Deny"
	Principal             *Principal
	Action, NotAction     Strings
	Resource, NotResource Strings
	Condition             map[string]map[string]Strings // operator, key, values
}

// A Principal says whom a statement of a resource-based policy is about.
type Principal struct {
	Anyone       bool    // "*"
	AWS, Service Strings // ARNs or account numbers; service principals
}

// Strings is one value or a list of them; flags and numbers are taken as they are spelled.
type Strings []string

// ParseDocument reads a policy. An element that this package does not evaluate is an error. Nobody changes what it answers.
func ParseDocument(text []byte) (Document, error) { return parsed(string(text)) }

// parsed knows the policies of a template of hundreds of services.
var parsed = memo.Of(10_000, func(text string) (Document, error) {
	var d Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Document{}, fmt.Errorf("reading policy: %w", err)
	}
	written := d
	d.ready = new([kinds]func() ([]*statement, error))
	for kind := range d.ready {
		d.ready[kind] = sync.OnceValues(func() ([]*statement, error) { return written.compileAnew(policyKind(kind)) })
	}
	return d, nil
})

// UnmarshalJSON is part of json.Unmarshaler. A policy may write its only statement without a list.
func (d *Document) UnmarshalJSON(text []byte) error {
	type plain Document
	var in struct {
		plain
		Statement json.RawMessage
	}
	if err := strictly(text, &in); err != nil {
		return err
	}
	*d = Document(in.plain)
	if len(in.Statement) == 0 {
		return errors.New("a policy needs a Statement")
	}
	if in.Statement[0] == '[' {
		return strictly(in.Statement, &d.Statement)
	}
	d.Statement = make([]Statement, 1)
	return strictly(in.Statement, &d.Statement[0])
}

// UnmarshalJSON is part of json.Unmarshaler.
func (p *Principal) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		p.Anyone = true
		return nil
	}
	var in struct{ AWS, Service Strings }
	if err := strictly(text, &in); err != nil {
		return fmt.Errorf("reading Principal: %w", err)
	}
	for _, s := range in.AWS {
		p.Anyone = p.Anyone || s == "*"
	}
	p.AWS, p.Service = in.AWS, in.Service
	return nil
}

// UnmarshalJSON is part of json.Unmarshaler.
func (s *Strings) UnmarshalJSON(text []byte) error {
	var in any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return err
	}
	list, ok := in.([]any)
	if !ok {
		list = []any{in}
	}
	for _, v := range list {
		switch v.(type) {
		case string, bool, json.Number:
			*s = append(*s, fmt.Sprint(v))
		default:
			return fmt.Errorf("%v is not a string", v)
		}
	}
	return nil
}

// strictly refuses members that it does not know, such as NotPrincipal.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
