package scenario

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/memory"
)

// InMemory has the target be one in memory, of these traits.
type InMemory struct{ memory.Traits }

// ID implements Kind.
func (InMemory) ID() kind.ID { return kind.MemoryID }

// Make implements Kind.
func (m InMemory) Make(w *World) { w.inMemory().Create(w.service, "1", m.Traits) }

// Serves implements Kind.
func (InMemory) Serves(w *World) rollout.Split {
	w.T.Helper()
	out, err := w.inMemory().Read(w.ctx, &memory.ReadInput{Name: &w.service})
	w.must(err)
	return rollout.Split{
		Stable: aws.ToString(out.Serves.Stable), Candidate: aws.ToString(out.Serves.Candidate), Weight: rollout.Weight(aws.ToInt32(out.Serves.Weight)),
		Tag: aws.ToString(out.Lock), Moving: aws.ToString(out.Moving),
	}
}

// Fleet has the target be a fleet in memory, whose deployments go at this pace.
type Fleet struct{ memory.Pace }

// ID implements Kind.
func (Fleet) ID() kind.ID { return kind.FleetID }

// Make implements Kind.
func (f Fleet) Make(w *World) { w.inMemory().CreateFleet(w.service, "1", f.Pace) }

// Serves implements Kind.
func (Fleet) Serves(w *World) rollout.Split {
	w.T.Helper()
	out, err := w.inMemory().DescribeFleet(w.ctx, &memory.DescribeFleetInput{Name: &w.service})
	w.must(err)
	return rollout.Split{
		Stable: aws.ToString(out.Serves), Candidate: aws.ToString(out.Candidate), Weight: rollout.Weight(aws.ToInt32(out.Weight)), Rests: aws.ToBool(out.Rests),
		Tag: aws.ToString(out.Handle), Moving: aws.ToString(out.Moving),
	}
}

func (w *World) inMemory() *memory.Service { return sandbox.PartOf[memory.Service](w.Sandbox) }

// Deployed has somebody else bring a revision out to the fleet.
func (w *World) Deployed(revision string) { w.inMemory().Deploy(w.service, revision) }

// DeployedResting has somebody else bring a revision out to the fleet by weights, and then say nothing for so long that it goes back.
func (w *World) DeployedResting(revision string, patience time.Duration) {
	w.T.Helper()
	_, err := w.inMemory().StartDeployment(w.ctx, &memory.StartDeploymentInput{
		Name: &w.service, Revision: &revision, Token: aws.String("somebody"), Weights: []int32{5000, 10000}, Patience: aws.Int32(int32(patience.Seconds())),
	})
	w.must(err)
}

// MemoryServes has the target in memory serve something, as somebody else might.
func (w *World) MemoryServes(stable, candidate string, weight rollout.Weight) {
	w.T.Helper()
	now := w.kind.Serves(w)
	_, err := w.inMemory().Write(w.ctx, &memory.WriteInput{Name: &w.service, Lock: &now.Tag, Serves: memory.Divide(stable, candidate, int(weight))})
	w.must(err)
}
