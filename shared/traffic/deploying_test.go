package traffic_test

import (
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/memory"
	"sluice/test/conformance"
	service "sluice/test/sandbox/memory"
)

func TestDeployerKeepsThePort(t *testing.T) {
	conformance.Deployer(t, func(t *testing.T) conformance.DeployerFixture { return newFleet(t) })
}

// fleetFixture is a fleet in memory with its own revisions.
type fleetFixture struct{ sandboxed }

func newFleet(t *testing.T) *fleetFixture {
	f := &fleetFixture{newSandboxed(t, "StartDeployment", "AdvanceDeployment", "StopDeployment")}
	f.memory().CreateFleet(name, "1", service.Pace{Takes: 10 * time.Minute, Breaks: f.Broken()})
	return f
}

func (f *fleetFixture) Deployer() traffic.Deployer { return memory.NewDeployer(f.box.Config("")) }

func (f *fleetFixture) Target() rollout.Target {
	return rollout.Target{Fleet: &kind.Fleet{Fleet: name}}
}

// Course implements conformance.Holding.
func (f *fleetFixture) Course() rollout.Course {
	return rollout.Course{Release: "checkout-1", Weights: []rollout.Weight{500, 2500, rollout.All}, Rests: time.Hour, Window: time.Hour}
}

func (f *fleetFixture) Broken() string { return "4" }

func (f *fleetFixture) Takes() time.Duration { return 20 * time.Minute }

func (f *fleetFixture) Deploy(_ *testing.T, revision string) { f.memory().Deploy(name, revision) }
