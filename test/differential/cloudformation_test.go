package differential

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A property as aws-service-spec has it. Its type is a primitive, a reference to a type definition, a list, a map, or one of several.
type property struct {
	Type     propertyType
	Required bool
	Replaces string `json:"causesReplacement"` // "yes", "maybe"; empty: it never does
}

type propertyType struct {
	Type      string
	Element   *propertyType
	Types     []propertyType
	Reference struct {
		ID string `json:"$ref"`
	}
}

// schema is CloudFormation's, by the name of the resource type and by the id of the type definition, and that of the events in EventBridge's schema
// registry, by source and detail type.
type schema struct {
	resources, definitions, events map[string]map[string]property
	stateful                       []string // resource types
}

func readSchema(t *testing.T) schema {
	t.Helper()
	file, err := os.Open(oracle(t, "node_modules/@aws-cdk/aws-service-spec/db.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var db struct {
		Schema struct {
			Resource, TypeDefinition, EventTypeDefinition struct {
				Entities []struct {
					ID         string `json:"$id"`
					Name       string `json:"cloudFormationType"`
					Stateful   bool   `json:"isStateful"`
					Properties map[string]property
				}
			}
			Event struct {
				Entities []struct {
					Source, DetailType string
					Detail             struct {
						ID string `json:"$ref"`
					} `json:"rootProperty"`
				}
			}
		}
	}
	if err := json.NewDecoder(unpacked).Decode(&db); err != nil {
		t.Fatal(err)
	}
	s := schema{resources: map[string]map[string]property{}, definitions: map[string]map[string]property{}, events: map[string]map[string]property{}}
	for _, r := range db.Schema.Resource.Entities {
		s.resources[r.Name] = r.Properties
		if r.Stateful {
			s.stateful = append(s.stateful, r.Name)
		}
	}
	for _, d := range slices.Concat(db.Schema.TypeDefinition.Entities, db.Schema.EventTypeDefinition.Entities) {
		s.definitions[d.ID] = d.Properties
	}
	for _, e := range db.Schema.Event.Entities {
		s.events[e.Source+" | "+e.DetailType] = s.definitions[e.Detail.ID]
	}
	if len(s.resources) < 1000 {
		t.Fatalf("the package has %d resource types: its form has changed", len(s.resources))
	}
	return s
}

// CloudFormation refuses a property that it does not know when the stack is deployed, and not before.
func TestEveryPropertyOfTheTemplatesIsInCloudFormationsSchema(t *testing.T) {
	s := readSchema(t)
	paths, err := filepath.Glob("../../infra/testdata/golden*.template.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is no golden template (%v)", err)
	}
	held := 0
	for _, path := range paths {
		s.template(t, path, &held)
	}
	if held < 1000 {
		t.Errorf("only %d properties were held against the schema", held)
	}
}

func (s schema) template(t *testing.T, path string, held *int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(template.Resources)) {
		r := template.Resources[id]
		properties, known := s.resources[r.Type]
		if !known {
			t.Errorf("%s: CloudFormation has no resource type %s", id, r.Type)
			continue
		}
		for _, wrong := range s.object(id+" ("+r.Type+")", properties, r.Properties, held) {
			t.Error(wrong)
		}
	}
	t.Logf("%s: %d resources; %d properties until here", path, len(template.Resources), *held)
}

// object lists what is wrong with the properties of something at a place.
func (s schema) object(at string, known map[string]property, written map[string]any, held *int) (wrong []string) {
	for name, p := range known {
		if _, there := written[name]; p.Required && !there {
			wrong = append(wrong, at+" lacks "+name)
		}
	}
	for name, v := range written {
		p, ok := known[name]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s has no property %s", at, name))
			continue
		}
		*held++
		wrong = append(wrong, s.value(at+"."+name, p.Type, v, held)...)
	}
	return wrong
}

func (s schema) value(at string, p propertyType, v any, held *int) (wrong []string) {
	if intrinsic(v) { // what it becomes is known at deployment
		return nil
	}
	switch p.Type {
	case "ref":
		o, ok := v.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, and the schema wants an object", at, v)}
		}
		return s.object(at, s.definitions[p.Reference.ID], o, held)
	case "array":
		list, ok := v.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, and the schema wants a list", at, v)}
		}
		for i, e := range list {
			wrong = append(wrong, s.value(fmt.Sprintf("%s[%d]", at, i), *p.Element, e, held)...)
		}
		return wrong
	case "map":
		o, ok := v.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, and the schema wants a map", at, v)}
		}
		for name, e := range o {
			wrong = append(wrong, s.value(at+"."+name, *p.Element, e, held)...)
		}
		return wrong
	case "union":
		for _, one := range p.Types {
			if wrong = s.value(at, one, v, held); len(wrong) == 0 {
				return nil
			}
		}
		return wrong
	}
	if !primitive(p.Type, v) {
		return []string{fmt.Sprintf("%s is %v, and the schema wants the type %s", at, v, p.Type)}
	}
	return nil
}

// primitive says whether a value is of a type. CloudFormation takes texts for numbers and booleans, and the other way round:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func primitive(name string, v any) bool {
	switch name {
	case "json", "any", "tag":
		return true
	case "string", "date-time":
		_, text := v.(string)
		_, number := v.(float64)
		return text || number
	case "number", "integer":
		n, ok := v.(float64)
		return ok && (name == "number" || n == float64(int64(n)))
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "null":
		return v == nil
	}
	return false
}

// intrinsic says whether a value is a function of CloudFormation.
func intrinsic(v any) bool {
	o, ok := v.(map[string]any)
	if !ok || len(o) != 1 {
		return false
	}
	for name := range o {
		return name == "Ref" || strings.HasPrefix(name, "Fn::")
	}
	return false
}

// A check that finds nothing wrong proves nothing until it was seen to find something.
func TestSchemaFindsWhatIsWrong(t *testing.T) {
	s := readSchema(t)
	var written map[string]any
	text := `{"FunctionNam":"f","Code":{"S3Bucket":"b","S3Kee":"k"},"Role":"r","Timeout":"soon","Layers":"l","Environment":{"Variables":{"A":"b"}}}`
	if err := json.Unmarshal([]byte(text), &written); err != nil {
		t.Fatal(err)
	}
	held := 0
	wrong := s.object("F", s.resources["AWS::Lambda::Function"], written, &held)
	slices.Sort(wrong)
	want := []string{"F has no property FunctionNam", "F.Code has no property S3Kee", "F.Layers is l, and the schema wants a list", "F.Timeout is soon, and the schema wants the type integer"}
	if !slices.Equal(wrong, want) {
		t.Errorf("found %q, want %q", wrong, want)
	}
}
