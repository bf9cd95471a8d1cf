package keyvaluestore_test

import (
	"strings"
	"testing"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/test/conformance"
)

func TestRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t) })
}

// A rollback that changes nothing outdates a forward move that was allowed before it.
func TestARollbackThatChangesNothingMakesANewVersion(t *testing.T) {
	f := newFixture(t)
	lock := f.Serves(t).Tag
	if _, err := f.Router().Write(t.Context(), f.Target(), rollout.Split{Stable: "blue"}, lock); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Router().Write(t.Context(), f.Target(), rollout.Split{Stable: "blue", Candidate: "green", Weight: 500}, lock); !traffic.IsMoved(err) {
		t.Errorf("a forward move on top of the lock before it: %v", err)
	}
}

// Nobody can go back to a pool that the definition does not have: where its origin is, nobody knows.
func TestAPoolThatThereIsNotIsAnObstacle(t *testing.T) {
	f := newFixture(t)
	_, err := f.Router().Write(t.Context(), f.Target(), rollout.Split{Stable: "black"}, f.Serves(t).Tag)
	if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.Remedy, "put-key") {
		t.Errorf("got %v", err)
	}
}

func TestAStoreThatSaysNothingIsAnObstacle(t *testing.T) {
	for name, text := range map[string]string{"no JSON": "blue", "no pool": "{}"} {
		f := newFixture(t)
		f.write(text)
		_, err := f.Router().Read(t.Context(), f.Target())
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.Remedy, f.target.Restore("blue")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	f := newFixture(t)
	f.target.Store = strings.Replace(f.target.Store, "1a2b", "2a2b", 1)
	if _, err := f.Router().Read(t.Context(), f.Target()); traffic.ObstacleOf(err) == nil {
		t.Errorf("no such store: got %v", err)
	}
}

// The longest names that a definition may have fit into a value, which has a kilobyte.
func TestTheLongestNamesFit(t *testing.T) {
	f := newFixture(t)
	blue, green := strings.Repeat("b", 63), strings.Repeat("g", 63)
	f.target.Sticky, f.target.Pools = true, map[string]string{blue: strings.Repeat("b", 128), green: strings.Repeat("g", 128)}
	if _, err := f.Router().Write(t.Context(), f.Target(), rollout.Split{Stable: blue, Candidate: green, Weight: 9999}, f.Serves(t).Tag); err != nil {
		t.Error(err)
	}
	if says, _ := f.says(); *says.Candidate != (kind.EdgePool{Pool: green, Origin: f.target.Pools[green]}) || !says.Sticky {
		t.Errorf("the store says %+v", says)
	}
}
