package dns

import (
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/test/sandbox"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/sandboxtest"
)

// The definition that lies over that of all shows names the records, and nothing of the alias is left.
func TestTheDefinitionNamesTheRecords(t *testing.T) {
	s, err := Exhibit.Defined("../../../../..", t.TempDir(), kind.RecordSetID)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Definition.Target.RecordSet; got == nil || got.TTL != ttl || got.Zone != sample().Zone {
		t.Errorf("the target is %+v", s.Definition.Target)
	}
}

func TestCallersFindTheirWayByName(t *testing.T) {
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: Exhibit.Parts})
	p, err := Exhibit.Open(t.Context(), exhibit.Stage{Sandbox: box, Person: box.Config("")})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	asks := func(want exhibit.Answer) {
		t.Helper()
		if got, err := p.Ask(t.Context()); err != nil || got != want {
			t.Errorf("the answer is %+v, %v; want %+v", got, err, want)
		}
	}
	asks(exhibit.Answer{Revision: "blue"})
	r, err := p.Bring(t.Context(), exhibit.Change{Message: "worse", Failing: 100})
	if err != nil || r.Version != "green" {
		t.Fatalf("it is brought as %+v, %v", r, err)
	}
	asks(exhibit.Answer{Revision: "blue"})
	if failed, err := p.(*shop).pools["192.0.2.20"].ask(t.Context()); err != nil || !failed {
		t.Errorf("green answers that it failed: %v, %v", failed, err)
	}
	started := time.Now()
	p.Close()
	if took := time.Since(started); took > time.Second {
		t.Errorf("it took %v to close", took)
	}
}
