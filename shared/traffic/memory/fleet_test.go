package memory_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/memory"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/memory"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

func TestDeployerKeepsThePort(t *testing.T) {
	conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return newFleet(t) })
}

// fleetFixture is a fleet in memory with its own revisions.
type fleetFixture struct {
	box *sandbox.Sandbox

	mu    sync.Mutex
	calls conformance.Calls
	next  conformance.Meddling
}

func newFleet(t *testing.T) *fleetFixture {
	f := &fleetFixture{}
	parts := []sandbox.Part{func(home wire.Home) interface{ Wire() wire.Service } { return service.New(home) }}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: parts, Middleware: []wire.Middleware{f.watch}})
	f.memory().CreateFleet(name, "1", service.Pace{Takes: 10 * time.Minute, Breaks: f.Broken()})
	return f
}

func (f *fleetFixture) memory() *service.Service { return sandbox.PartOf[service.Service](f.box) }

func (f *fleetFixture) Deployer() traffic.Deployer { return memory.NewDeployer(f.box.Config("")) }

func (f *fleetFixture) Target() rollout.Target {
	return rollout.Target{Fleet: &kind.Fleet{Fleet: name}}
}

func (f *fleetFixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "1", Candidate: "2", Other: "3"}
}

func (f *fleetFixture) Broken() string { return "4" }

func (f *fleetFixture) Takes() time.Duration { return 20 * time.Minute }

func (f *fleetFixture) Deploy(_ *testing.T, revision string) { f.memory().Deploy(name, revision) }

func (f *fleetFixture) Calls() conformance.Calls {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

func (f *fleetFixture) OnWrite(m conformance.Meddling) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = m
}

// watch counts the deployer's calls and meddles with its starts and stops.
func (f *fleetFixture) watch(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		m := f.counted(call.Operation)
		if m.Before != nil {
			m.Before()
		}
		out, err := next(ctx, call)
		if m.After != nil {
			m.After()
		}
		if m.LoseAnswer {
			return nil, wire.ErrHangUp
		}
		return out, err
	}
}

func (f *fleetFixture) counted(operation string) (m conformance.Meddling) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if operation == "DescribeFleet" || operation == "DescribeDeployment" {
		f.calls.Reads++
		return m
	}
	f.calls.Writes++
	m, f.next = f.next, m
	return m
}
