package definition_test

import (
	"encoding/json"
	"testing"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// What people copy from the documentation is a target that a definition may have.
func TestEveryKindHasASampleThatIsValid(t *testing.T) {
	for _, f := range kind.All() {
		var target rollout.Target
		if err := json.Unmarshal([]byte(definition.Sample(f.ID, "catalog")), &target); err != nil || target.Kind() != f.ID {
			t.Errorf("the sample of kind %s names a target of kind %q: %v", f.ID, target.Kind(), err)
			continue
		}
		if wrong := target.Spec().Problems(); len(wrong) > 0 {
			t.Errorf("the sample of kind %s: %v", f.ID, wrong)
		}
	}
}
