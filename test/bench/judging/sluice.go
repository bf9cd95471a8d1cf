package main

import (
	"math/rand/v2"
	"sync"

	"sluice/shared/judge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// past is how bad requests split in earlier releases of the service, for each thing that is compared.
type past []judge.Scatter

// A service had so many releases of an hour before, and each kind of release so many services that it may be of.
const (
	earlier  = 3
	services = 64
)

// pasts are those of all services: drawn once, as they take as long as the releases themselves.
func pasts(name string, hour func(*rand.Rand) []minute) func(run int) past {
	all := sync.OnceValue(func() []past {
		found := make([]past, services)
		for i := range found {
			r := source("past/"+name, i)
			for range earlier {
				for _, m := range hour(r) {
					found[i] = found[i].with(m.served.Arms)
				}
			}
		}
		return found
	})
	return func(run int) past { return all()[run%services] }
}

func (p past) with(minute []judge.Arms) past {
	if p == nil {
		p = make(past, len(minute))
	}
	for i, a := range minute {
		p[i] = judge.Joined(p[i], judge.SplitOf(a))
	}
	return p
}

// product is Sluice as it is deployed, with everything that can take a release back but alarms: looks with CloudWatch's delay, the test, the ceiling
// beside it, and the policy when a bake ends. Nothing is calibrated: the definition says `errors: [{}]` or `latency: [{}]`.
type product struct {
	definition rollout.Definition
	streams    []judge.Stream
}

func newProduct(c rollout.Checks) *product {
	d := rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{}}, Checks: c}.WithDefaults()
	return &product{d, judge.Streams(d)}
}

var (
	errors  = newProduct(rollout.Checks{Errors: []rollout.Compared{{}}})
	clients = newProduct(rollout.Checks{Errors: []rollout.Compared{{Spreads: kind.SpreadClients}}})
	latency = newProduct(rollout.Checks{Latency: []rollout.Slower{{}}})
)

// What a release's end is worth to a rule that says 1 or 0: one that the policy took back when a bake ended is told apart.
const (
	byLook   = 1
	byPolicy = 0.75
)

// play leads one release to its end.
func (p *product) play(h release) (end float64, o judge.Outcome) {
	cluster := map[string]float64{}
	for i, s := range p.streams {
		cluster[s.Key] = s.Together(h.past[i])
	}
	lag := 0 // minutes that the release is behind its plan, because a step baked again
	o = judge.Rehearsal{Definition: p.definition, Steps: h.steps, Cluster: cluster}.Play(func(minute, step int, weight rollout.Weight) judge.Served {
		if minute < len(h.minutes) && lag == 0 && h.minutes[minute].step == step {
			return h.minutes[minute].served
		}
		lag = 1
		return h.more(step)
	})
	switch {
	case !o.Back:
		return 0, o
	case o.AtEnd:
		return byPolicy, o
	}
	return byLook, o
}
