package cfn_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
)

// maker creates resources of the type Test::Thing and remembers in which order and with which properties.
type maker struct {
	made       []string
	properties map[string]map[string]any
}

func (m *maker) create(_ context.Context, id string, properties map[string]any) (string, map[string]string, error) {
	m.made = append(m.made, id)
	m.properties[id] = properties
	return "ref-" + id, map[string]string{"Arn": "arn:" + id}, nil
}

func boot(template string, parameters map[string]string) (*cfn.Stack, *maker, error) {
	m := &maker{properties: map[string]map[string]any{}}
	t, err := cfn.Parse([]byte(template))
	if err != nil {
		return nil, m, err
	}
	stack, err := cfn.Create(context.Background(), t, cfn.Options{
		Home:          wire.Home{Region: "us-east-1", Account: "123456789012"},
		Parameters:    parameters,
		Creators:      map[string]cfn.Creator{"Test::Thing": m.create},
		WithoutEffect: map[string]string{"Test::Metadata": "it is for people"},
	})
	return stack, m, err
}

// thing is a template with one resource whose property V has the given JSON value.
func thing(value string) string {
	return fmt.Sprintf(`{
		"Parameters": {"Env": {"Type": "String", "Default": "sandbox"}, "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
			"Boot": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk/version"},
			"Size": {"Type": "String", "Default": "s", "AllowedValues": ["s", "m"]}},
		"Mappings": {"Memory": {"us-east-1": {"s": 128}}},
		"Conditions": {
			"IsSandbox": {"Fn::Equals": [{"Ref": "Env"}, "sandbox"]},
			"NotSandbox": {"Fn::Not": [{"Condition": "IsSandbox"}]},
			"Either": {"Fn::Or": [{"Condition": "IsSandbox"}, {"Condition": "NotSandbox"}]},
			"Both": {"Fn::And": [{"Condition": "IsSandbox"}, {"Condition": "NotSandbox"}]},
			"Loop": {"Condition": "Loop"}},
		"Resources": {
			"A": {"Type": "Test::Thing", "Properties": {"V": %s}},
			"Other": {"Type": "Test::Thing"},
			"Gone": {"Type": "Test::Thing", "Condition": "NotSandbox"}}}`, value)
}

func TestIntrinsicFunctionsResolve(t *testing.T) {
	for value, want := range map[string]any{
		`{"Ref": "Env"}`:                   "sandbox",
		`{"Ref": "Zones"}`:                 []any{"a", "b"},
		`{"Ref": "Other"}`:                 "ref-Other",
		`{"Ref": "AWS::Region"}`:           "us-east-1",
		`{"Fn::GetAtt": ["Other", "Arn"]}`: "arn:Other",
		`{"Fn::GetAtt": "Other.Arn"}`:      "arn:Other",
		`{"Fn::Join": [":", ["a", 30, {"Ref": "AWS::AccountId"}]]}`:                        "a:30:123456789012",
		`{"Fn::Sub": "${Env}-${Other}-${Other.Arn}-${!Kept}-${AWS::Partition}"}`:           "sandbox-ref-Other-arn:Other-${Kept}-aws",
		`{"Fn::Sub": ["${X}/${Env}", {"X": {"Ref": "Other"}}]}`:                            "ref-Other/sandbox",
		`{"Fn::Select": ["1", {"Fn::Split": ["/", "a/b/c"]}]}`:                             "b",
		`{"Fn::Select": [0, {"Ref": "Zones"}]}`:                                            "a",
		`{"Fn::If": ["IsSandbox", "yes", {"Ref": "Gone"}]}`:                                "yes",
		`{"Fn::If": ["Both", "yes", "no"]}`:                                                "no",
		`{"Fn::If": ["Either", "yes", "no"]}`:                                              "yes",
		`{"Fn::Join": ["", [{"Fn::FindInMap": ["Memory", {"Ref": "AWS::Region"}, "s"]}]]}`: "128",
		`{"Fn::Base64": "hello"}`:                                                          "aGVsbG8=",
		`["a", {"Ref": "AWS::NoValue"}, "b"]`:                                              []any{"a", "b"},
		`{"Condition": {"Bool": "x"}}`:                                                     map[string]any{"Condition": map[string]any{"Bool": "x"}},
	} {
		_, m, err := boot(thing(value), nil)
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		if diff := cmp.Diff(want, m.properties["A"]["V"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", value, diff)
		}
	}
}

func TestNoValueRemovesTheProperty(t *testing.T) {
	_, m, err := boot(thing(`{"Fn::If": ["NotSandbox", 1, {"Ref": "AWS::NoValue"}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, there := m.properties["A"]["V"]; there {
		t.Error("a property whose value is AWS::NoValue was kept")
	}
}

// An output whose condition does not hold takes no other output with it.
func TestOutputsWithoutTheirConditionAreLeftOut(t *testing.T) {
	stack, _, err := boot(strings.TrimSuffix(thing(`"x"`), "}")+`, "Outputs": {
		"A": {"Value": "a"}, "B": {"Condition": "NotSandbox", "Value": {"Ref": "Gone"}}, "C": {"Condition": "IsSandbox", "Value": "c"}}}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"A": "a", "C": "c"}, stack.Outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotUnderstoodIsRefusedByName(t *testing.T) {
	for template, want := range map[string]string{
		thing(`{"Fn::ImportValue": "x"}`):                                   "Fn::ImportValue: not implemented",
		thing(`{"Fn::GetAtt": ["Other", "Colour"]}`):                        "Other (Test::Thing) has no attribute Colour",
		thing(`{"Ref": "Nobody"}`):                                          "refers to Nobody",
		thing(`{"Fn::Sub": "${Nobody.Arn}"}`):                               "refers to Nobody",
		thing(`{"Ref": "Gone"}`):                                            "Gone was not created: condition NotSandbox does not hold",
		thing(`{"Ref": "AWS::Moon"}`):                                       "pseudo parameter AWS::Moon",
		thing(`{"Ref": "Boot"}`):                                            "parameter Boot of type AWS::SSM::Parameter::Value<String> needs a value",
		thing(`{"Fn::If": ["Loop", 1, 2]}`):                                 "condition Loop refers to itself",
		thing(`{"Fn::Select": [7, ["a"]]}`):                                 "no item 7",
		thing(`{"Ref": "Env", "Fn::Sub": "x"}`):                             "stands alone",
		`{"Resources": {"X": {"Type": "AWS::Moon::Base"}}}`:                 "creating X (AWS::Moon::Base): resource type AWS::Moon::Base is not implemented",
		`{"Resources": {"X": {"Type": "Test::Thing", "UpdatePolicy": {}}}}`: "resource X: attribute UpdatePolicy: not implemented",
		`{"Transform": "AWS::Serverless-2016-10-31", "Resources": {}}`:      "template section Transform: not implemented",
		`{"Resources": {"X": {"Type": "Test::Thing", "DependsOn": "Y"}}}`:   "resource X refers to Y",
		`{"Resources": {}}`:                                                 "no resources",
	} {
		if _, _, err := boot(template, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want it to say %q\n%s", err, want, template)
		}
	}
}

func TestResourcesAreCreatedAfterWhatTheyReferTo(t *testing.T) {
	stack, m, err := boot(`{"Resources": {
		"A": {"Type": "Test::Thing", "Properties": {"V": {"Fn::Sub": ["${L}-${C.Arn}", {"L": {"Ref": "D"}}]}}},
		"B": {"Type": "Test::Thing", "DependsOn": ["A"]},
		"C": {"Type": "Test::Thing", "Properties": {"V": [{"Fn::GetAtt": ["E", "Arn"]}]}},
		"D": {"Type": "Test::Thing", "DependsOn": "C"},
		"E": {"Type": "Test::Thing"},
		"Z": {"Type": "Test::Metadata", "Properties": {"Any": {"Ref": "B"}}}},
		"Outputs": {"Name": {"Value": {"Fn::Join": ["/", [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}]]}}}}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.made, ""); got != "ECDAB" {
		t.Errorf("created in the order %s; want ECDAB", got)
	}
	if stack.Outputs["Name"] != "ref-A/arn:B" {
		t.Errorf("output is %q", stack.Outputs["Name"])
	}
	if stack.Resources["Z"].Skipped != "it is for people" {
		t.Errorf("a type without effect: %+v", stack.Resources["Z"])
	}
}

func TestACycleIsReportedWithItsPath(t *testing.T) {
	_, _, err := boot(`{"Resources": {
		"A": {"Type": "Test::Thing", "Properties": {"V": {"Ref": "B"}}},
		"B": {"Type": "Test::Thing", "Properties": {"V": {"Fn::GetAtt": ["C", "Arn"]}}},
		"C": {"Type": "Test::Thing", "DependsOn": "B"}}}`, nil)
	if err == nil || !strings.Contains(err.Error(), "B -> C -> B") {
		t.Errorf("error %v", err)
	}
}

func TestParametersAreTakenFromTheCallerAndChecked(t *testing.T) {
	_, m, err := boot(thing(`{"Fn::Sub": "${Env}-${Boot}-${Size}"}`), map[string]string{"Env": "production", "Boot": "21", "Size": "m"})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.properties["A"]["V"]; got != "production-21-m" {
		t.Errorf("resolved to %v", got)
	}
	if _, made := m.properties["Gone"]; !made {
		t.Error("the condition NotSandbox holds in production, yet its resource was not created")
	}
	if _, _, err = boot(thing(`{"Ref": "Size"}`), map[string]string{"Size": "xl"}); err == nil {
		t.Error("a value outside AllowedValues was accepted")
	}
	if _, _, err = boot(thing(`1`), map[string]string{"Nobody": "x"}); err == nil {
		t.Error("a value for an unknown parameter was accepted")
	}
}

func TestAFailingCreatorNamesItsResource(t *testing.T) {
	template, err := cfn.Parse([]byte(`{"Resources": {"X": {"Type": "Test::Thing"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no room")
	_, err = cfn.Create(t.Context(), template, cfn.Options{Creators: map[string]cfn.Creator{
		"Test::Thing": func(context.Context, string, map[string]any) (string, map[string]string, error) {
			return "", nil, broken
		},
	}})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "creating X (Test::Thing)") {
		t.Errorf("error %v", err)
	}
}

func TestChangingACloneLeavesTheTemplateAlone(t *testing.T) {
	template, err := cfn.Parse([]byte(thing(`{"Deep": ["x"]}`)))
	if err != nil {
		t.Fatal(err)
	}
	changed := template.Clone()
	changed.Resources["A"].Properties["V"].(map[string]any)["Deep"].([]any)[0] = "y"
	if got := template.Resources["A"].Properties["V"].(map[string]any)["Deep"].([]any)[0]; got != "x" {
		t.Errorf("the original now says %v", got)
	}
}
