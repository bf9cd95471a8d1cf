package edge

import (
	"testing"

	"sluice/shared/rollout"
	"sluice/shared/traffic/distribution"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/sandboxtest"
)

// What a caller says that answered is what Sluice calls it; a draft serves nobody, and what is given a share is met by callers.
func TestCallersMeetWhatServes(t *testing.T) {
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: Exhibit.Parts})
	performer, err := Exhibit.Open(t.Context(), exhibit.Stage{Sandbox: box, Person: box.Config("")})
	if err != nil {
		t.Fatal(err)
	}
	defer performer.Close()
	drafted, err := performer.Bring(t.Context(), exhibit.Change{Failing: 100})
	if err != nil {
		t.Fatal(err)
	}
	router, target := distribution.New(box.Config("")), rollout.Target{Distribution: &performer.(*shop).target}
	now, err := router.Read(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if met := asked(t, performer); len(met) != 1 || met[exhibit.Answer{Revision: now.Stable}] == 0 || drafted.Version == now.Stable {
		t.Errorf("callers met %v, want %s alone; drafted is %s", met, now.Stable, drafted.Version)
	}
	sandbox.PartOf[service.Service](box).Pace(0)
	if now, err = router.Write(t.Context(), target, rollout.Split{Stable: now.Stable, Candidate: drafted.Version, Weight: 1500}, now.Tag); err != nil {
		t.Fatal(err)
	}
	if met := asked(t, performer); met[exhibit.Answer{Revision: drafted.Version, Failed: true}] == 0 || met[exhibit.Answer{Revision: now.Stable}] == 0 {
		t.Errorf("with a share for %s callers met %v", drafted.Version, met)
	}
}

// asked counts answers of two hundred requests.
func asked(t *testing.T, p exhibit.Performer) map[exhibit.Answer]int {
	t.Helper()
	met := map[exhibit.Answer]int{}
	for range 200 {
		a, err := p.Ask(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		met[a]++
	}
	return met
}
