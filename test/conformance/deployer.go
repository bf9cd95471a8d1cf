package conformance

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// A DeployerFixture is a deployer and one target of the test's own, which serves stable at first. What the fixture does itself bypasses the
// deployer and does not count as a call of it.
type DeployerFixture interface {
	Deployer() traffic.Deployer
	Target() rollout.Target
	Revisions() Revisions
	// Broken is a revision whose deployment the service gives up by itself.
	Broken() string
	// Takes is longer than any deployment takes, with the way back from it.
	Takes() time.Duration

	// Deploy plays somebody else who deploys a revision, whatever is under way.
	Deploy(t *testing.T, revision string)

	// Calls counts what the deployer asked of the service so far: reads and looks as reads, starts and stops as writes.
	Calls() Calls
	// OnWrite meddles with the deployer's next start or stop only. For another one, call it again.
	OnWrite(m Meddling)
}

// Holding is a DeployerFixture whose deployer is a traffic.Holder: a course of several weights that its service can rest at, each for longer than a
// move takes.
type Holding interface{ Course() rollout.Course }

// Sure is a DeployerFixture whose service gives no way back up that it has taken: it is there at once.
type Sure interface{ Sure() }

// Deployer tests that an implementation of traffic.Deployer keeps what the port promises, and that a Mover above it keeps its own promises.
func Deployer(t *testing.T, fixture func(t *testing.T) DeployerFixture) {
	for _, group := range [][]deploymentProperty{startProperties, stopProperties, evictedProperties, deployedProperties, restingProperties} {
		for _, p := range group {
			t.Run(p.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := fixture(t)
					port := f.Deployer()
					if _, holds := f.(Holding); p.resting && !holds {
						return
					}
					p.holds(&yard{DeployerFixture: f, Revisions: f.Revisions(), t: t, ctx: t.Context(), port: port, mover: traffic.Over(traffic.Ports{Deployer: port}), target: f.Target()})
				})
			})
		}
	}
}

// A deploymentProperty is one sentence about the port, and the test that it holds.
type deploymentProperty struct {
	name    string
	holds   func(*yard)
	resting bool // it is about a deployer whose service rests between weights
}

// A yard is a fixture in the words of the properties.
type yard struct {
	DeployerFixture
	Revisions
	t      *testing.T
	ctx    context.Context
	port   traffic.Deployer
	mover  *traffic.Mover
	target rollout.Target
}

// read reads the target through the port.
func (y *yard) read() rollout.Split {
	y.t.Helper()
	now, err := y.port.Read(y.ctx, y.target)
	if err != nil {
		y.t.Fatalf("reading: %v", err)
	}
	return now
}

// heads fails unless the target serves, or will serve, a revision.
func (y *yard) heads(revision string) {
	y.t.Helper()
	if now := y.read(); !now.Serves(revision) {
		y.t.Errorf("it serves %v, want %s", now, revision)
	}
}

// rests waits as long as any deployment takes, and fails unless nothing is under way then and the target serves the revision.
func (y *yard) rests(revision string) {
	y.t.Helper()
	time.Sleep(y.Takes())
	if now := y.read(); now.Moving != "" {
		y.t.Errorf("it still moves: %s", now.Moving)
	}
	y.heads(revision)
}

func (y *yard) start(revision, token string) string {
	y.t.Helper()
	handle, err := y.port.Start(y.ctx, y.target, traffic.Deployment{Revision: revision, Token: token})
	if err != nil || handle == "" {
		y.t.Fatalf("starting %s: handle %q, %v", revision, handle, err)
	}
	return handle
}

func (y *yard) stop(handle string) {
	y.t.Helper()
	if err := y.port.Stop(y.ctx, y.target, handle, y.Stable); err != nil {
		y.t.Fatalf("stopping %q: %v", handle, err)
	}
}

func (y *yard) look(handle string) traffic.Progress {
	y.t.Helper()
	p, err := y.port.Look(y.ctx, y.target, handle)
	if err != nil {
		y.t.Fatalf("looking at %s: %v", handle, err)
	}
	return p
}

// all is the split of a move forward; a deployer knows no other. began is the handle of the deployment that an earlier call began.
func (y *yard) all(began string) rollout.Split {
	return rollout.Split{Stable: y.Stable, Candidate: y.Candidate, Weight: rollout.All, Tag: began}
}

// spends fails unless what is done makes this number of starts and stops.
func (y *yard) spends(writes int, do func()) {
	y.t.Helper()
	before := y.Calls().Writes
	do()
	if got := y.Calls().Writes - before; got != writes {
		y.t.Errorf("it started and stopped %d times, want %d", got, writes)
	}
}
