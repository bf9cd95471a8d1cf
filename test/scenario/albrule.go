package scenario

import (
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/elbv2/shop"
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
