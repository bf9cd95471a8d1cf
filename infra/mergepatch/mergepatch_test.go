package mergepatch_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/infra/mergepatch"
)

func TestPatchMakesOneObjectOfTheOther(t *testing.T) {
	const before = `{"Resources": {"Same": {"Type": "A"}, "Gone": {"Type": "B"}, "Changed": {"Type": "C", "Properties": {"List": [1, 2], "Gone": 1, "Same": true}}}}`
	const after = `{"Resources": {"Same": {"Type": "A"}, "New": {"Type": "D"}, "Changed": {"Type": "C", "Properties": {"List": [2], "New": {"a": 1}, "Same": true}}}, "Outputs": {"Address": {"Value": "x"}}}`
	patch, err := mergepatch.Between([]byte(before), []byte(after))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
"Outputs": {
"Address": {"Value":"x"}
},
"Resources": {
"Changed": {"Properties":{"Gone":null,"List":[2],"New":{"a":1}}},
"Gone": null,
"New": {"Type":"D"}
}
}
`
	if diff := cmp.Diff(want, string(patch)); diff != "" {
		t.Errorf("patch (-want +got):\n%s", diff)
	}
	made, err := mergepatch.Apply([]byte(before), patch)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(object(t, after), object(t, string(made))); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
}

func TestNothingChangesByTheEmptyPatch(t *testing.T) {
	const text = `{"Resources": {"Same": {"Type": "A"}}}`
	patch, err := mergepatch.Between([]byte(text), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	made, err := mergepatch.Apply([]byte(text), patch)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(object(t, text), object(t, string(made))); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
}

func object(t *testing.T, text string) (object map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}
