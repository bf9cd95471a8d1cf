package cfn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/test/sandbox/wire"
)

// A Creator makes one resource from its resolved properties. ref is what Ref answers, attributes what Fn::GetAtt does.
type Creator func(ctx context.Context, logicalID string, properties map[string]any) (ref string, attributes map[string]string, err error)

// Options say where a stack lives and who creates its resources.
type Options struct {
	Home       wire.Home
	StackName  string            // default "sluice"
	Parameters map[string]string // values of the template's parameters
	Creators   map[string]Creator
	// WithoutEffect lists resource types that are left out, each with the reason why that is right.
	WithoutEffect map[string]string
}

// A Stack is a template whose resources have been created.
type Stack struct {
	Resources map[string]Created
	Outputs   map[string]string

	template   *Template
	options    Options
	evaluating map[string]bool // conditions under evaluation
}

// Created says what became of a resource.
type Created struct {
	Type       string
	Ref        string
	Attributes map[string]string
	Skipped    string // why there is no such resource: its condition does not hold, or its type is without effect
	Unsettled  Unsettled
}

// Create makes the resources of a template in order; the first failure ends it.
func Create(ctx context.Context, t *Template, o Options) (*Stack, error) {
	if o.StackName == "" {
		o.StackName = "sluice"
	}
	s := &Stack{
		Resources: make(map[string]Created, len(t.Resources)), Outputs: map[string]string{},
		template: t, options: o, evaluating: map[string]bool{},
	}
	for name := range o.Parameters {
		if _, ok := t.Parameters[name]; !ok {
			return nil, fmt.Errorf("setting parameter %s: the template does not have it", name)
		}
	}
	for _, id := range t.order {
		if err := s.create(ctx, id, t.Resources[id]); err != nil {
			return nil, fmt.Errorf("creating %s (%s): %w", id, t.Resources[id].Type, err)
		}
	}
	return s, s.output()
}

func (s *Stack) create(ctx context.Context, id string, r *Resource) error {
	made := Created{Type: r.Type}
	if r.Condition != "" {
		holds, err := s.condition(r.Condition)
		if err != nil {
			return err
		}
		if !holds {
			made.Skipped = "condition " + r.Condition + " does not hold"
			s.Resources[id] = made
			return nil
		}
	}
	if reason := s.options.WithoutEffect[r.Type]; reason != "" {
		made.Ref, made.Skipped = id, reason
		s.Resources[id] = made
		return nil
	}
	create := s.options.Creators[r.Type]
	if create == nil {
		return fmt.Errorf("resource type %s is not implemented by the sandbox", r.Type)
	}
	properties, err := s.resolve(r.Properties)
	if err != nil {
		return fmt.Errorf("resolving properties: %w", err)
	}
	object, ok := properties.(map[string]any)
	if !ok {
		return errors.New("resolving properties: not an object")
	}
	made.Ref, made.Attributes, err = create(ctx, id, object)
	s.Resources[id] = made
	return err
}

func (s *Stack) output() error {
	for _, name := range slices.Sorted(maps.Keys(s.template.Outputs)) {
		output := s.template.Outputs[name]
		if output.Condition != "" {
			holds, err := s.condition(output.Condition)
			if err != nil {
				return err
			}
			if !holds {
				continue
			}
		}
		text, err := s.text(output.Value)
		if err != nil {
			return fmt.Errorf("resolving output %s: %w", name, err)
		}
		s.Outputs[name] = text
	}
	return nil
}

func (s *Stack) ref(arg any) (any, error) {
	name, ok := arg.(string)
	if !ok {
		return nil, errors.New("Ref: wants a name")
	}
	if strings.HasPrefix(name, "AWS::") {
		return s.pseudo(name)
	}
	if p, ok := s.template.Parameters[name]; ok {
		return s.parameter(name, p)
	}
	made, err := s.made(name)
	if made.Unsettled == Whole {
		return unknown(name, "Ref"), err
	}
	return made.Ref, err
}

func (s *Stack) attribute(id, name string) (string, error) {
	made, err := s.made(id)
	if err != nil {
		return "", err
	}
	if made.Unsettled != Settled {
		return unknown(id, name), nil
	}
	value, ok := made.Attributes[name]
	if !ok {
		return "", fmt.Errorf("%s (%s) has no attribute %s in the sandbox", id, made.Type, name)
	}
	return value, nil
}

func (s *Stack) made(id string) (Created, error) {
	made, ok := s.Resources[id]
	switch {
	case !ok:
		return made, fmt.Errorf("%s is neither a parameter nor a resource of the template", id)
	case made.Skipped != "" && s.template.Resources[id].Condition != "":
		return made, fmt.Errorf("%s was not created: %s", id, made.Skipped)
	}
	return made, nil
}
