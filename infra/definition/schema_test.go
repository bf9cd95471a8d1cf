package definition_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

const schemaFile = "../../" + definition.SchemaFile

func readSchema(t *testing.T) (schema map[string]any) {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// An editor offers what the schema knows, and the handlers read what the Go type knows.
func TestTheSchemaAndTheGoTypeKnowTheSameKeys(t *testing.T) {
	schema := readSchema(t)
	inSchema, inType := map[string]bool{}, map[string]bool{}
	schemaKeys(schema, schema, "", inSchema)
	typeKeys(reflect.TypeFor[rollout.Definition](), "", inType)
	for _, ours := range []string{".target.memory", ".target.memory.name", ".target.fleet", ".target.fleet.name"} { // no service of AWS: nobody may name it
		delete(inType, ours)
	}
	delete(inSchema, ".extends") // is gone when a definition is whole
	if diff := cmp.Diff(slices.Sorted(maps.Keys(inType)), slices.Sorted(maps.Keys(inSchema))); diff != "" {
		t.Errorf("(- rollout.Definition, + schema)\n%s", diff)
	}
}

func schemaKeys(root, here map[string]any, path string, keys map[string]bool) {
	if ref, ok := here["$ref"].(string); ok {
		here = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	properties, _ := here["properties"].(map[string]any)
	for key, value := range properties {
		keys[path+"."+key] = true
		schemaKeys(root, value.(map[string]any), path+"."+key, keys)
	}
	if items, ok := here["items"].(map[string]any); ok {
		schemaKeys(root, items, path+"[]", keys)
	}
}

func typeKeys(of reflect.Type, path string, keys map[string]bool) {
	switch {
	case of.Kind() == reflect.Pointer:
		typeKeys(of.Elem(), path, keys)
	case of == reflect.TypeFor[json.RawMessage](), of == reflect.TypeFor[time.Time]():
	case of.Kind() == reflect.Slice:
		typeKeys(of.Elem(), path+"[]", keys)
	case of.Kind() == reflect.Struct:
		for field := range of.Fields() {
			if field.Anonymous { // its keys stand among those around it
				typeKeys(field.Type, path, keys)
				continue
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys[path+"."+name] = true
			typeKeys(field.Type, path+"."+name, keys)
		}
	}
}

func TestEveryExampleAndDefaultOfTheSchemaIsValid(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	checked := 0
	var walk func(pointer string, here any)
	walk = func(pointer string, here any) {
		object, ok := here.(map[string]any)
		if !ok {
			return
		}
		examples, _ := object["examples"].([]any)
		if d, ok := object["default"]; ok {
			examples = append(examples, d)
		}
		for _, example := range examples {
			checked++
			if err := compiler.MustCompile(schemaFile + "#" + pointer).Validate(example); err != nil {
				t.Errorf("%s: %v", pointer, err)
			}
		}
		for key, value := range object {
			if key != "examples" && key != "default" {
				walk(pointer+"/"+key, value)
			}
		}
	}
	walk("", readSchema(t))
	if checked < 30 {
		t.Errorf("only %d examples were checked", checked)
	}
}

// What the editor shows as the default is what the handlers take.
func TestTheDefaultsOfTheSchemaAreThoseOfTheGoType(t *testing.T) {
	filled := rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{}}, Approvals: []rollout.Approval{{}}, Checks: rollout.Checks{
		Ceilings: []rollout.Ceiling{{Metrics: &rollout.Metric{}}}, Errors: []rollout.Compared{{}}, Latency: []rollout.Slower{{Metric: &rollout.Timing{}}},
		Bounds: []rollout.Bound{{Metrics: map[string]rollout.Gauge{"m1": {}}}}, WhenInconclusive: rollout.WhenInconclusive{Ask: &rollout.Question{}},
	}}.WithDefaults()
	ceiling, compared, slower, bound := filled.Checks.Ceilings[0], filled.Checks.Errors[0], filled.Checks.Latency[0], filled.Checks.Bounds[0]
	question := filled.Checks.WhenInconclusive.Ask.Approval(0)
	schema := readSchema(t)
	for path, value := range map[string]any{
		"properties/guard/properties/whenMuted":                           filled.Guard.WhenMuted,
		"properties/guard/properties/whenNoData":                          filled.Guard.WhenNoData,
		"properties/guard/properties/whenRed":                             filled.Guard.WhenRed,
		"properties/whenRunning":                                          filled.WhenRunning,
		"properties/whenDeploying":                                        filled.WhenDeploying,
		"properties/queueLimit":                                           filled.QueueLimit,
		"properties/revertWindow":                                         filled.RevertWindow,
		"properties/checks/properties/whenInconclusive/properties/extend": filled.Checks.WhenInconclusive.Extend,
		"properties/checks/properties/whenInconclusive/properties/then":   filled.Checks.WhenInconclusive.Then,
		"$defs/approval/properties/quorum":                                filled.Approvals[0].Quorum,
		"$defs/approval/properties/within":                                filled.Approvals[0].Within,
		"$defs/approval/properties/whenSilent":                            filled.Approvals[0].WhenSilent,
		"$defs/ceiling/properties/errors":                                 ceiling.Errors,
		"$defs/ceiling/properties/requests":                               ceiling.Requests,
		"$defs/metric/properties/period":                                  ceiling.Metrics.Period,
		"properties/checks/properties/confidence":                         filled.Checks.Confidence,
		"$defs/compared/properties/tolerate":                              compared.Tolerate,
		"$defs/compared/properties/enough":                                compared.Enough,
		"$defs/compared/properties/weight":                                compared.Weight,
		"$defs/compared/properties/spreads":                               compared.Spreads,
		"$defs/slower/properties/spreads":                                 slower.Spreads,
		"$defs/slower/properties/quantiles":                               slower.Quantiles,
		"$defs/slower/properties/tolerate":                                slower.Tolerate,
		"$defs/slower/properties/enough":                                  slower.Enough,
		"$defs/slower/properties/weight":                                  slower.Weight,
		"$defs/timing/properties/period":                                  slower.Metric.Period,
		"$defs/bound/properties/for":                                      bound.For,
		"$defs/gauge/properties/stat":                                     bound.Metrics["m1"].Stat,
		"$defs/gauge/properties/period":                                   bound.Metrics["m1"].Period,
		"$defs/question/properties/quorum":                                question.Quorum,
		"$defs/question/properties/within":                                question.Within,
		"$defs/question/properties/whenSilent":                            question.WhenSilent,
	} {
		here := any(schema)
		for key := range strings.SplitSeq(path, "/") {
			here = here.(map[string]any)[key]
		}
		if d, taken := fmt.Sprint(here.(map[string]any)["default"]), fmt.Sprint(value); d != taken && d != inSeconds(value) {
			t.Errorf("%s: the schema says %s, the type takes %s", path, d, taken)
		}
	}
}

// inSeconds is another way to write a duration: 1m is also 60s.
func inSeconds(value any) string {
	if d, ok := value.(rollout.Duration); ok {
		return fmt.Sprintf("%ds", int(d.Std().Seconds()))
	}
	return ""
}
