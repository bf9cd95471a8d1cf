package traffic_test

import (
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
	*conformance.Watch
	box *sandbox.Sandbox
}

func newFleet(t *testing.T) *fleetFixture {
	f := &fleetFixture{Watch: conformance.NewWatch("StartDeployment", "StopDeployment")}
	parts := []sandbox.Part{func(home wire.Home) interface{ Wire() wire.Service } { return service.New(home) }}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: parts, Middleware: []wire.Middleware{f.Around}})
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
