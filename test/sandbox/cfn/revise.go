package cfn

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Keeper makes, changes and deletes the resources of one type, for stacks that are updated.
type Keeper struct {
	Create Creator
	// Update changes a resource in place, and answers its attributes anew.
	Update func(ctx context.Context, ref string, properties map[string]any) (attributes map[string]string, err error)
	Delete func(ctx context.Context, ref string) error
	// Read answers what the resource is like now, in the words of its properties; nil when somebody deleted it.
	Read func(ctx context.Context, ref string) (properties map[string]any, err error)

	Named    string   // the property that names it; a resource without it gets a name of the stack's
	Replaces []string // "Update requires: Replacement"
	Perhaps  []string // properties that replace it in some cases
	Takes    time.Duration
}

// Unsettled says what is not known of a resource before an update is carried out.
type Unsettled int

// What may not be known. A resource that is changed in place keeps what Ref answers.
const (
	Settled Unsettled = iota
	Attributes
	Whole
)

const unknownMark = "\x00unknown:"

func unknown(id, what string) string { return unknownMark + id + "." + what + "\x00" }

// Unknown finds the first resource, and its attribute or Ref, on which a resolved value depends that is not known yet.
func Unknown(v any) (id, what string, found bool) {
	switch v := v.(type) {
	case string:
		_, after, ok := strings.Cut(v, unknownMark)
		if !ok {
			return "", "", false
		}
		named, _, _ := strings.Cut(after, "\x00")
		id, what, _ = strings.Cut(named, ".")
		return id, what, true
	case []any:
		for _, item := range v {
			if id, what, found = Unknown(item); found {
				return id, what, true
			}
		}
	case map[string]any:
		for _, item := range v {
			if id, what, found = Unknown(item); found {
				return id, what, true
			}
		}
	}
	return "", "", false
}

// Standing is a stack whose resources were made before, or are being made by somebody else, who writes them into its Resources.
func Standing(t *Template, o Options, made map[string]Created) *Stack {
	return &Stack{Resources: made, Outputs: map[string]string{}, template: t, options: o, evaluating: map[string]bool{}}
}

// Wants resolves the properties of a resource, as far as those before it in order are known. wanted says whether its condition holds.
func (s *Stack) Wants(id string) (properties map[string]any, wanted bool, err error) {
	r := s.template.Resources[id]
	if r.Condition != "" {
		holds, err := s.condition(r.Condition)
		if err != nil || !holds {
			return nil, false, err
		}
	}
	resolved, err := s.resolve(r.Properties)
	if err != nil {
		return nil, true, fmt.Errorf("resolving the properties of %s: %w", id, err)
	}
	properties, _ = resolved.(map[string]any)
	if properties == nil {
		properties = map[string]any{}
	}
	return properties, true, nil
}

// Output resolves the outputs.
func (s *Stack) Output() error { return s.output() }

// Text is a scalar as CloudFormation writes it; empty for anything else.
func Text(v any) string {
	text, _ := asText(v)
	return text
}
