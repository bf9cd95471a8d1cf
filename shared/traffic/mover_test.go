package traffic_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/memory"
	"sluice/test/conformance"
	service "sluice/test/sandbox/memory"
)

// What is the same for all kinds keeps its promises on services of every sort.
func TestRouterKeepsThePort(t *testing.T) {
	for name, traits := range map[string]service.Traits{
		"with a lock": {Locked: true}, "without a lock": {}, "with a lock, in minutes": {Locked: true, Takes: 5 * time.Minute}, "without a lock, in minutes": {Takes: 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			conformance.Router(t, func(t *testing.T) conformance.Fixture { return newFixture(t, traits) })
		})
	}
}

// fixture is a target in memory with its own revisions.
type fixture struct {
	sandboxed
	traits service.Traits
}

func newFixture(t *testing.T, traits service.Traits) *fixture {
	f := &fixture{newSandboxed(t, "Write"), traits}
	f.memory().Create(name, "1", traits)
	return f
}

func (f *fixture) Router() traffic.Router { return memory.New(f.box.Config("")) }

func (f *fixture) Target() rollout.Target {
	return rollout.Target{Memory: &kind.Memory{Target: name}}
}

func (f *fixture) Locks() bool { return f.traits.Locked }

func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	out, err := f.memory().Read(t.Context(), &service.ReadInput{Name: aws.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	return rollout.Split{Stable: *out.Serves.Stable, Candidate: aws.ToString(out.Serves.Candidate), Weight: rollout.Weight(aws.ToInt32(out.Serves.Weight)), Tag: aws.ToString(out.Lock)}
}

func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	_, err := f.memory().Write(t.Context(), &service.WriteInput{
		Name: aws.String(name), Lock: aws.String(f.Serves(t).Tag), Serves: service.Divide(to.Stable, to.Candidate, int(to.Weight)),
	})
	if err != nil {
		t.Fatal(err)
	}
}
