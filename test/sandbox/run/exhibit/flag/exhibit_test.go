package flag

import (
	"testing"

	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/sandboxtest"
)

func TestTheDefinitionNamesTheFlag(t *testing.T) {
	s, err := Exhibit.Defined("../../../../..", t.TempDir(), kind.FeatureFlagID)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Definition.Target.FeatureFlag; got == nil || got.Poll != poll {
		t.Errorf("the target is %+v", s.Definition.Target)
	}
}

// A variant that is added is nobody's: Sluice gives it to users.
func TestUsersHaveTheFirstVariantUntilARelease(t *testing.T) {
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: Exhibit.Parts})
	p, err := Exhibit.Open(t.Context(), exhibit.Stage{Sandbox: box, Person: box.Config("")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r, err := p.Bring(t.Context(), exhibit.Change{Message: "worse", Failing: 100})
	if err != nil || r.Version != "v2" {
		t.Errorf("it is brought as %+v, %v", r, err)
	}
	for range 50 {
		if got, err := p.Ask(t.Context()); err != nil || got != (exhibit.Answer{Revision: "v1"}) {
			t.Fatalf("the answer is %+v, %v", got, err)
		}
	}
}
