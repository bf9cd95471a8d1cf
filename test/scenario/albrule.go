package scenario

import (
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/shop"
)

// ALBRule has the target be a rule of the load balancer "shop".
type ALBRule struct{ Shop *shop.Shop }

// ID implements Kind.
func (*ALBRule) ID() kind.ID { return kind.ALBRuleID }

// Make implements Kind.
func (r *ALBRule) Make(w *World) {
	w.T.Helper()
	var err error
	r.Shop, err = shop.New(w.ctx, sandbox.PartOf[elbv2.Service](w.Sandbox), w.service, "1")
	w.must(err)
}

// Serves implements Kind.
func (r *ALBRule) Serves(w *World) rollout.Split {
	w.T.Helper()
	p, err := r.Shop.Serves(w.ctx)
	w.must(err)
	return rollout.Split{
		Stable: p.Blue.Revision, Candidate: p.Green.Revision, Weight: rollout.FromFraction(float64(p.Green.Weight) / float64(p.Blue.Weight+p.Green.Weight)),
	}.Plain()
}

// Holds has a pool hold a revision.
func (r *ALBRule) Holds(w *World, pool, revision string) {
	w.T.Helper()
	w.must(r.Shop.Register(w.ctx, pool, revision))
}

// Divided has somebody else give the pools weights.
func (r *ALBRule) Divided(w *World, blue, green int) {
	w.T.Helper()
	w.must(r.Shop.Divide(w.ctx, blue, green))
}

// Refuses has the targets of a pool refuse connections.
func (r *ALBRule) Refuses(_ *World, pool string) { r.Shop.Stop(pool) }

// Answers has clients send requests at once, and counts which revision answered.
func (r *ALBRule) Answers(_ *World, requests int) map[string]int {
	answers := map[string]int{}
	for range requests {
		answers[r.Shop.Ask()]++
	}
	return answers
}

// Traffic has clients send requests a minute until the world ends.
func (r *ALBRule) Traffic(w *World, perMinute int) {
	go func() {
		ticks := time.NewTicker(time.Minute / time.Duration(perMinute))
		defer ticks.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case <-ticks.C:
				r.Shop.Ask()
			}
		}
	}()
}
