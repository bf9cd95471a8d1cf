package albrule_test

import (
	"math"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/albrule"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/parts"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/shop"
)

func TestRouterKeepsThePort(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t) })
}

// What holds for a rule that is named holds for one that is found at its priority.
func TestRouterKeepsThePortByPriority(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture {
		f := newFixture(t)
		f.Shop.ByPriority()
		return f
	})
}

// The rule that stood at the priority may be another by the time that traffic has to come back.
func TestARuleThatWasMadeAnewAtItsPriorityIsWritten(t *testing.T) {
	f := newFixture(t)
	f.Shop.ByPriority()
	seen, err := f.Router().Read(t.Context(), f.Target())
	if err == nil {
		err = f.Shop.Remake(t.Context(), 95, 5)
	}
	if err == nil {
		_, err = f.Router().Write(t.Context(), f.Target(), rollout.Split{Stable: "1"}, seen.Tag)
	}
	if serves := f.Serves(t); err != nil || serves.Stable != "1" || serves.Weight != rollout.None {
		t.Errorf("the new rule serves %v; %v", serves, err)
	}
}

// What holds for a rule holds for one that may stand under a rule for marked requests.
func TestRouterKeepsThePortWithMarkedRequests(t *testing.T) {
	conformance.Router(t, func(t *testing.T) conformance.Fixture {
		f := newFixture(t)
		f.Shop.Mark()
		return marked{f}
	})
}

// marked is a fixture whose definition says by what requests are marked.
type marked struct{ *fixture }

// Unmark implements conformance.Marking.
func (m marked) Unmark(t *testing.T) {
	t.Helper()
	if err := m.Shop.Unmark(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// fixture is the rule of a load balancer. Blue has revision 1, and green what is to serve beside it.
type fixture struct {
	*conformance.Watch
	*shop.Shop
	box *sandbox.Sandbox
	cfg aws.Config
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{Watch: conformance.NewWatch("ModifyRule", "ModifyListener", "CreateRule", "DeleteRule")}
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: parts.All(), Middleware: []wire.Middleware{f.Around}})
	made, err := shop.New(t.Context(), sandbox.PartOf[elbv2.Service](box), "checkout", "1")
	if err == nil {
		err = made.Register(t.Context(), "green", "2")
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Shop, f.box, f.cfg = made, box, box.Config("")
	return f
}

func (f *fixture) Router() traffic.Router { return albrule.Ports(f.cfg).Router }

func (f *fixture) Target() rollout.Target { return rollout.Target{ALBRule: &f.Shop.Target} }

func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "1", Candidate: "2", Other: "3"}
}

func (f *fixture) Locks() bool { return false }

// Pooled: green holds one revision at a time.
func (f *fixture) Pooled() bool { return true }

// Serves reads the rule past the router.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	p, err := f.Shop.Serves(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Mark.Pool == "green" { // whatever the weights are
		return rollout.Split{Stable: p.Blue.Revision, Candidate: p.Green.Revision, Weight: rollout.FromFraction(float64(p.Green.Weight) / float64(p.Blue.Weight+p.Green.Weight)), Marked: true}
	}
	share := float64(p.Green.Weight) / float64(p.Blue.Weight+p.Green.Weight)
	w := rollout.FromFraction(share)
	if math.Abs(w.Fraction()-share) > 1e-9 {
		t.Errorf("green has %v of the traffic, which is not %v", share, w)
	}
	return rollout.Split{Stable: p.Blue.Revision, Candidate: p.Green.Revision, Weight: w}.Plain()
}

// Move plays somebody else, who has first put into green what is to serve there.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	if to.Candidate != "" {
		if err := f.Register(t.Context(), "green", to.Candidate); err != nil {
			t.Fatal(err)
		}
	}
	w := int(to.Weight)
	if to.Stable == "2" {
		w = 10000 - w
	}
	if err := f.Divide(t.Context(), (10000-w)/20, w/20); err != nil {
		t.Fatal(err)
	}
}
