package cfn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A Template is a parsed CloudFormation template whose resources have been put in order.
type Template struct {
	Parameters map[string]Parameter
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]*Resource
	Outputs    map[string]Output

	order []string // logical ids, each after everything it refers to
}

// A Parameter of a template; its value is the stack's or else the default.
type Parameter struct {
	Type          string
	Default       any
	AllowedValues []any
	NoEcho        any // true, or "true"
}

// A Resource as the template declares it, its properties not resolved yet.
type Resource struct {
	Type       string
	Properties map[string]any
	DependsOn  []string
	Condition  string

	// What becomes of it when it leaves the stack, and of the old one when it is replaced: Delete, unless they say Retain.
	DeletionPolicy, UpdateReplacePolicy string
}

// An Output of a template, its value not resolved yet.
type Output struct {
	Value     any
	Condition string
}

// What a template may say that means nothing to a first deployment in the sandbox, and why.
var (
	unreadSections = map[string]string{
		"AWSTemplateFormatVersion": "there is only one",
		"Description":              "for people",
		"Metadata":                 "for people and consoles",
		"Rules":                    "the CDK asserts there that the account is bootstrapped; the sandbox has no bootstrap stack",
	}
	unreadAttributes = map[string]string{
		"Metadata": "for people and for the CDK",
	}
)

// What CloudFormation takes of a template: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html.
// Of "1 MB" its own error says what it means.
const (
	mostBytes     = 1_000_000
	mostResources = 500
)

// Parse reads a template in JSON and orders its resources. It refuses sections and resource attributes it does not
// understand, references to nothing, resources that wait for each other, and more than CloudFormation takes.
func Parse(data []byte) (*Template, error) {
	if len(data) > mostBytes {
		return nil, fmt.Errorf("reading template: Template may not exceed %d bytes in size", mostBytes)
	}
	sections, err := readObject(data)
	if err != nil {
		return nil, fmt.Errorf("reading template: %w", err)
	}
	t := &Template{Resources: map[string]*Resource{}}
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		if err := t.section(name, sections[name]); err != nil {
			return nil, fmt.Errorf("reading template section %s: %w", name, err)
		}
	}
	if len(t.Resources) == 0 {
		return nil, errors.New("reading template: it has no resources")
	}
	if n := len(t.Resources); n > mostResources {
		return nil, fmt.Errorf("reading template: Template format error: Number of resources, %d, is greater than maximum allowed, %d", n, mostResources)
	}
	if t.order, err = order(t); err != nil {
		return nil, fmt.Errorf("ordering resources: %w", err)
	}
	return t, nil
}

func (t *Template) section(name string, raw json.RawMessage) error {
	switch name {
	case "Parameters":
		return unmarshal(raw, &t.Parameters)
	case "Mappings":
		return unmarshal(raw, &t.Mappings)
	case "Conditions":
		return unmarshal(raw, &t.Conditions)
	case "Outputs":
		return unmarshal(raw, &t.Outputs)
	case "Resources":
		return t.resources(raw)
	}
	if unreadSections[name] == "" {
		return errors.New("not implemented by the sandbox")
	}
	return nil
}

func (t *Template) resources(raw json.RawMessage) error {
	var declared map[string]map[string]json.RawMessage
	if err := unmarshal(raw, &declared); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(declared)) {
		r := &Resource{}
		for attribute, value := range declared[id] {
			if err := r.attribute(attribute, value); err != nil {
				return fmt.Errorf("resource %s: attribute %s: %w", id, attribute, err)
			}
		}
		if r.Type == "" {
			return fmt.Errorf("resource %s has no Type", id)
		}
		t.Resources[id] = r
	}
	return nil
}

func (r *Resource) attribute(name string, raw json.RawMessage) error {
	switch name {
	case "Type":
		return unmarshal(raw, &r.Type)
	case "Properties":
		return unmarshal(raw, &r.Properties)
	case "Condition":
		return unmarshal(raw, &r.Condition)
	case "DeletionPolicy":
		return unmarshal(raw, &r.DeletionPolicy)
	case "UpdateReplacePolicy":
		return unmarshal(raw, &r.UpdateReplacePolicy)
	case "DependsOn":
		if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
			return unmarshal(raw, &r.DependsOn)
		}
		r.DependsOn = []string{""}
		return unmarshal(raw, &r.DependsOn[0])
	}
	if unreadAttributes[name] == "" {
		return errors.New("not implemented by the sandbox")
	}
	return nil
}

// Order lists the logical ids, each after everything it refers to.
func (t *Template) Order() []string { return slices.Clone(t.order) }

// Hidden says whether a parameter's value is never shown.
func (p Parameter) Hidden() bool { return p.NoEcho == true || p.NoEcho == "true" }

// Clone copies a template deeply, so that a test can change the copy.
func (t *Template) Clone() *Template {
	c := *t
	c.Parameters, c.Mappings, c.Outputs = maps.Clone(t.Parameters), maps.Clone(t.Mappings), maps.Clone(t.Outputs)
	c.Conditions, _ = cloneValue(t.Conditions).(map[string]any)
	c.Resources = make(map[string]*Resource, len(t.Resources))
	for id, r := range t.Resources {
		copied := *r
		copied.Properties, _ = cloneValue(r.Properties).(map[string]any)
		copied.DependsOn = slices.Clone(r.DependsOn)
		c.Resources[id] = &copied
	}
	c.order = slices.Clone(t.order)
	return &c
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = cloneValue(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = cloneValue(item)
		}
		return out
	}
	return v
}

func readObject(data []byte) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	return object, json.Unmarshal(data, &object)
}

// unmarshal keeps numbers as they are written (json.Number), because CloudFormation joins them into strings unchanged.
func unmarshal(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
