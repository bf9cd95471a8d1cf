package differential

import (
	"maps"
	"slices"
	"testing"

	"sluice/shared/kind"
	"sluice/test/sandbox"
)

// otherwise are properties of which a type's page says something else than its schema.
var otherwise = map[string]string{
	"AWS::DynamoDB::Table ImportSourceSpecification": "the sandbox makes no table from an import",
	"AWS::DynamoDB::Table LocalSecondaryIndexes":     "Update requires: Replacement (aws-resource-dynamodb-table.html)",
}

// Which property replaces a resource is believed of AWS in the sandbox, and foretold to people.
func TestWhatReplacesAResourceIsAsInCloudFormationsSchema(t *testing.T) {
	s := readSchema(t)
	box, err := sandbox.Boot(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	keepers := box.Keepers()
	for _, resource := range slices.Sorted(maps.Keys(keepers)) {
		for _, name := range slices.Sorted(maps.Keys(s.resources[resource])) {
			believed, says := slices.Contains(keepers[resource].Replaces, name), s.resources[resource][name].Replaces == "yes"
			if _, known := otherwise[resource+" "+name]; believed != says && !known {
				t.Errorf("%s of %s: the sandbox believes that it replaces the resource: %t; the schema says %t", name, resource, believed, says)
			}
		}
	}
	if len(keepers) == 0 {
		t.Error("stacks can change nothing")
	}
}

// People are asked before what holds data is replaced or deleted: what AWS calls stateful must not be missing among that.
func TestWhatAWSCallsStatefulHoldsData(t *testing.T) {
	s := readSchema(t)
	for _, resource := range s.stateful {
		if !kind.HoldsData(resource) {
			t.Errorf("%s is stateful, and nobody is asked about it", resource)
		}
	}
	if len(s.stateful) < 20 {
		t.Errorf("the package names %d stateful types: its form has changed", len(s.stateful))
	}
}
