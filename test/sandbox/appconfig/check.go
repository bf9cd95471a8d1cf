package appconfig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/test/sandbox/wire"
)

// readable refuses validators that cannot be used here.
func readable(all []types.Validator) error {
	for _, v := range all {
		if v.Type != types.ValidatorTypeJsonSchema {
			return wire.NotImplemented("appconfig: a validator of type " + string(v.Type))
		}
		if _, err := compiled(aws.ToString(v.Content)); err != nil {
			return bad("The schema of a validator can't be read: %v", err)
		}
	}
	return nil
}

// compiled reads a schema. "AWS AppConfig supports JSON Schema version 4.X for inline schema"
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-configuration-and-profile-validators.html).
func compiled(text string) (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	if err := c.AddResource("schema.json", document); err != nil {
		return nil, err
	}
	return c.Compile("schema.json")
}

// validate has the validators of a profile look at a content before it is deployed.
func (p *profile) validate(content []byte) error {
	for _, v := range p.validators {
		schema, err := compiled(aws.ToString(v.Content))
		if err != nil {
			return err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err == nil {
			err = schema.Validate(document)
		}
		if err != nil {
			return &types.BadRequestException{Message: aws.String(fmt.Sprintf("Error validating configuration: %v", err)), Reason: types.BadRequestReasonInvalidConfiguration}
		}
	}
	return nil
}

// flagSet is the content of a profile of feature flags
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html).
type flagSet struct {
	Version string                    `json:"version"`
	Flags   map[string]flagDefinition `json:"flags"`
	Values  map[string]flagValue      `json:"values"`
}

type flagDefinition struct {
	Name        string                     `json:"name"`
	Description string                     `json:"description"`
	CreatedAt   string                     `json:"_createdAt"`
	UpdatedAt   string                     `json:"_updatedAt"`
	Deprecation json.RawMessage            `json:"_deprecation"`
	Attributes  map[string]json.RawMessage `json:"attributes"`
}

// flagValue is a status with attributes, or variants.
type flagValue map[string]json.RawMessage

// variant is one of several values of a flag. The last is the default, and has no rule: "if it's not defined last, AWS AppConfig returns a
// BadRequestException"
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-multi-variant-feature-flags-concepts.html).
type variant struct {
	Name       string         `json:"name"`
	Enabled    bool           `json:"enabled"`
	Rule       string         `json:"rule"`
	Attributes map[string]any `json:"attributeValues"`
}

// Limits of the schema: https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
const (
	mostVariants = 32
	longestRule  = 16384
)

var key = regexp.MustCompile(`^[a-z][a-zA-Z\d_-]{0,63}$`)

// check looks at a content when it is stored: that of feature flags must follow their schema.
func (p *profile) check(content []byte) error {
	if p.kind != flags {
		return nil
	}
	var set flagSet
	in := json.NewDecoder(bytes.NewReader(content))
	in.DisallowUnknownFields()
	if err := in.Decode(&set); err != nil {
		return bad("The feature flags can't be read: %v", err)
	}
	if set.Version != "1" {
		return bad("The version of the feature flags is %q, and must be \"1\".", set.Version)
	}
	for name := range set.Flags {
		if !key.MatchString(name) {
			return bad("%q is not a flag key.", name)
		}
	}
	for name, value := range set.Values {
		definition, defined := set.Flags[name]
		if !defined {
			return bad("The flag %s has a value and is not defined.", name)
		}
		if err := value.check(name, definition); err != nil {
			return err
		}
	}
	return nil
}

func (v flagValue) check(name string, of flagDefinition) error {
	variants, err := v.variants()
	if err != nil {
		return bad("The variants of flag %s can't be read: %v", name, err)
	}
	if len(variants) > mostVariants {
		return bad("Flag %s has %d variants, and %d is the most.", name, len(variants), mostVariants)
	}
	for i, one := range variants {
		if len(one.Rule) > longestRule {
			return bad("The rule of variant %s of flag %s is too long.", one.Name, name)
		}
		if one.Rule != "" {
			if _, err := ruled(one.Rule); err != nil { // belief: AWS's own words are not documented
				return bad("The rule of variant %s of flag %s is not valid: %v", one.Name, name, err)
			}
		}
		if last := i == len(variants)-1; last != (one.Rule == "") {
			return bad("The default variant of flag %s must be its last, and have no rule.", name)
		}
		for attribute := range one.Attributes {
			if _, defined := of.Attributes[attribute]; !defined {
				return bad("The attribute %s of flag %s is not defined.", attribute, name)
			}
		}
	}
	if variants != nil {
		return nil
	}
	for field, value := range v {
		var enabled bool
		switch _, attribute := of.Attributes[field]; {
		case field == "_createdAt" || field == "_updatedAt" || attribute:
		case field != "enabled":
			return bad("The attribute %s of flag %s is not defined.", field, name)
		case json.Unmarshal(value, &enabled) != nil:
			return bad("enabled of flag %s is neither true nor false.", name)
		}
	}
	return nil
}

func (v flagValue) variants() (all []variant, err error) {
	if text, has := v["_variants"]; has {
		in := json.NewDecoder(bytes.NewReader(text))
		in.DisallowUnknownFields()
		err = in.Decode(&all)
	}
	return all, err
}

// shown is what the data plane gives of a version: of feature flags their values, without the attributes of those that are off
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-retrieving-feature-flags.html). "SDK calls to AWS AppConfig don't retrieve
// variant data"; belief: of a flag with variants they get the default.
func (p *profile) shown(v *version) []byte {
	if p.kind != flags {
		return v.content
	}
	return shownTo(v, func(_ string, all []variant) int { return len(all) - 1 })
}

// shownTo is what a caller gets for whom choose picks a variant of each flag.
func shownTo(v *version, choose func(flag string, of []variant) int) []byte {
	var set flagSet
	_ = json.Unmarshal(v.content, &set) // it was checked when it was stored
	shown := map[string]map[string]any{}
	for name, value := range set.Values {
		shown[name] = map[string]any{"enabled": false}
		variants, _ := value.variants()
		if variants == nil {
			var all map[string]any
			text, _ := json.Marshal(value)
			_ = json.Unmarshal(text, &all)
			delete(all, "_createdAt")
			delete(all, "_updatedAt")
			if all["enabled"] == true {
				shown[name] = all
			}
			continue
		}
		one := variants[choose(name, variants)]
		if one.Enabled {
			shown[name]["enabled"] = true
			for attribute, is := range one.Attributes {
				shown[name][attribute] = is
			}
		}
	}
	text, _ := json.Marshal(shown)
	return text
}
