package definition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"sluice/infra/typed"
)

// SchemaFile is the JSON Schema of definitions; editors read it through the first line of each definition.
const SchemaFile = "events/definition.schema.json"

// A schema checks definitions against the JSON Schema and says what is wrong in the schema's own words: its titles
// ("a percentage") and examples, not the validator's.
type schema struct {
	compiled *jsonschema.Schema
	words    any // the schema as plain JSON, to look titles and examples up
}

func readSchema(fsys fs.FS) (*schema, error) {
	text, err := fs.ReadFile(fsys, SchemaFile)
	if err != nil {
		return nil, fmt.Errorf("reading schema: %w", err)
	}
	words, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("reading schema %s: %w", SchemaFile, err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(SchemaFile, words); err != nil {
		return nil, fmt.Errorf("adding schema %s: %w", SchemaFile, err)
	}
	compiled, err := compiler.Compile(SchemaFile)
	if err != nil {
		return nil, fmt.Errorf("compiling schema %s: %w", SchemaFile, err)
	}
	return &schema{compiled, words}, nil
}

// check answers everything that the schema forbids in a definition.
func (s *schema) check(root *node) Problems {
	return s.judge(root, func(jsonschema.ErrorKind) bool { return true })
}

// judge answers what the schema forbids, as far as it matters.
func (s *schema) judge(root *node, matters func(jsonschema.ErrorKind) bool) Problems {
	text, err := json.Marshal(root.plain())
	if err != nil {
		return Problems{{root.file, root.line, "", "it cannot be written as JSON: " + err.Error(), "use strings, numbers, true and false only"}}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return Problems{{root.file, root.line, "", "it cannot be read back: " + err.Error(), "use strings, numbers, true and false only"}}
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(s.compiled.Validate(value), &invalid) {
		return nil
	}
	return s.problems(root, invalid, matters)
}

func (s *schema) problems(root *node, v *jsonschema.ValidationError, matters func(jsonschema.ErrorKind) bool) Problems {
	if len(v.Causes) > 0 {
		var all Problems
		for _, cause := range v.Causes {
			all = append(all, s.problems(root, cause, matters)...)
		}
		return all
	}
	if !matters(v.ErrorKind) {
		return nil
	}
	at, path := root.at(v.InstanceLocation)
	here := s.lookUp(v.SchemaURL)
	switch k := v.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		var all Problems
		for _, key := range k.Properties {
			field := at.fields[key]
			all = append(all, Problem{field.file, field.line, join(path, key), "it is not known here", typed.Suggest(key, here.keys())})
		}
		return all
	case *kind.Required:
		var all Problems
		for _, key := range k.Missing {
			all = append(all, Problem{at.file, at.line, join(path, key), "it is missing", "write " + key + ": " + s.member(s.holding(here), key).example()})
		}
		return all
	}
	wrong, remedy := describe(v.ErrorKind, here, at)
	return Problems{{at.file, at.line, path, wrong, remedy}}
}

// holding is the place that says what its members are: a condition of the whole does not.
func (s *schema) holding(here words) words {
	if here["properties"] == nil {
		return s.lookUp("#")
	}
	return here
}

// describe says what is wrong with one value.
func describe(k jsonschema.ErrorKind, here words, at *node) (wrong, remedy string) {
	wrong = fmt.Sprintf("%s is not %s", at.short(), here.title())
	if at.form == scalar && at.value == nil {
		wrong = "nothing is written here"
	}
	switch k := k.(type) {
	case *kind.MinProperties, *kind.MaxProperties:
		keys := at.keys()
		wrong = fmt.Sprintf("%d are given (%s)", len(keys), strings.Join(keys, ", "))
		if len(keys) == 0 {
			wrong = "none is given"
		}
		return wrong, "write exactly " + typed.OneOf(here.keys())
	case *kind.Enum:
		return wrong, "write " + typed.OneOf(here.choices())
	case *kind.Minimum, *kind.Maximum, *kind.ExclusiveMinimum, *kind.ExclusiveMaximum:
		return wrong, here.rangeRemedy()
	case *kind.MultipleOf:
		return fmt.Sprintf("%s is too fine", at.short()), "write at most two decimals"
	case *kind.MinItems:
		return "the list is empty", "write at least one, such as " + here.example()
	case *kind.MaxItems:
		return fmt.Sprintf("%d are too many", k.Got), fmt.Sprintf("write at most %d", k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("entries %d and %d are the same", k.Duplicates[0], k.Duplicates[1]), "write each once"
	case *kind.Type:
		if remedy := unquoted(k, here, at); remedy != "" {
			return wrong + ": YAML does not read it as text", remedy
		}
		if slices.Contains(k.Want, "boolean") {
			return at.short() + " is neither true nor false", "write true or false" + truth(at)
		}
		if slices.Contains(k.Want, "number") || slices.Contains(k.Want, "integer") {
			return wrong, here.rangeRemedy()
		}
	}
	return wrong, "write " + here.title() + ", such as " + here.example()
}

// unquoted is the remedy where a text is wanted and YAML reads something else because quotes are missing: true, 1.10, a: b.
func unquoted(k *kind.Type, here words, at *node) string {
	if !slices.Contains(k.Want, "string") || here["enum"] != nil {
		return ""
	}
	if pattern, ok := here["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(at.spelt) {
		return "" // it would not fit in quotes either
	}
	if at.form == mapping && len(at.fields) == 1 {
		key := at.keys()[0]
		if value := at.fields[key]; value.form == scalar && value.spelt != "" {
			return fmt.Sprintf("put quotes around it: %q", key+": "+value.spelt)
		}
	}
	if at.form == scalar && at.value != nil && at.spelt != "" {
		return fmt.Sprintf("put quotes around it: %q", at.spelt)
	}
	return ""
}

// truth explains words that other readers of YAML read as true and false.
func truth(at *node) string {
	if said, ok := at.value.(string); ok && slices.Contains([]string{"on", "off", "yes", "no", "y", "n"}, strings.ToLower(said)) {
		return ": YAML reads " + said + " as text"
	}
	return ""
}
