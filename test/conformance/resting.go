package conformance

import (
	"context"
	"time"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var restingProperties = []deploymentProperty{
	{"Forward goes from weight to weight, and rests at each", climbs, true},
	{"Forward to all traffic passes the weights between", passes, true},
	{"Forward at rest moves nothing", restsOn, true},
	{"Forward loses to a stop that came before its word", losesToAStop, true},
	{"Forward says that the service went back for want of a word", saysWhyItWentBack, true},
	{"Back from rest leads to stable, also before any traffic", stopsAtRest, true},
	{"a deployment that hears nothing goes back by itself", goesBackUnheard, true},
	{"Advance loses where nothing rests", advanceLoses, true},
	{"Advance loses at another weight", advanceLosesElsewhere, true},
}

// along is a mover on the fixture's course.
func (y *yard) along() (*traffic.Mover, []rollout.Weight) {
	c := y.DeployerFixture.(Holding).Course()
	return traffic.Along(traffic.Ports{Deployer: y.port}, c), c.Weights
}

// climb moves forward to a weight, again and again, until that is there.
func (y *yard) climb(w rollout.Weight, begun bool, p traffic.Permit) (rollout.Split, error) {
	y.t.Helper()
	m, _ := y.along()
	to := rollout.Split{Stable: y.Stable, Candidate: y.Candidate, Weight: w, Begun: begun}
	for began := time.Now(); time.Since(began) < y.Takes(); time.Sleep(time.Second) {
		now, err := m.Forward(y.ctx, y.target, to, p)
		if err != nil || now.Moving == "" {
			return now, err
		}
		to.Tag = now.Tag
	}
	y.t.Fatalf("the candidate has not got %v within %v", w, y.Takes())
	return rollout.Split{}, nil
}

// has fails unless the candidate has a weight, and nothing moves.
func (y *yard) has(w rollout.Weight) {
	y.t.Helper()
	want := rollout.Split{Stable: y.Stable, Candidate: y.Candidate, Weight: w}
	if now := y.read(); !now.Same(want) || now.Moving != "" {
		y.t.Errorf("it serves %v, moving %q, want %v", now, now.Moving, want)
	}
}

// climbed is at the first weight.
func (y *yard) climbed() rollout.Split {
	y.t.Helper()
	_, weights := y.along()
	now, err := y.climb(weights[0], false, allowed)
	if err != nil {
		y.t.Fatalf("moving to %v: %v", weights[0], err)
	}
	y.has(weights[0])
	return now
}

func climbs(y *yard) {
	_, weights := y.along()
	handle := ""
	for i, w := range weights {
		now, err := y.climb(w, i > 0, allowed)
		if err != nil {
			y.t.Fatalf("moving to %v: %v", w, err)
		}
		y.has(w)
		if handle == "" {
			handle = now.Tag
		}
		if now.Tag != handle {
			y.t.Errorf("at %v it is deployment %s, not %s", w, now.Tag, handle)
		}
	}
	y.rests(y.Candidate)
}

func passes(y *yard) {
	y.climbed()
	if _, err := y.climb(rollout.All, true, allowed); err != nil {
		y.t.Fatalf("moving to all: %v", err)
	}
	y.rests(y.Candidate)
}

func restsOn(y *yard) {
	now := y.climbed()
	y.spends(0, func() {
		if again, err := y.climb(now.Weight, true, allowed); err != nil || again.Tag != now.Tag {
			y.t.Errorf("called again it answers %+v, %v", again, err)
		}
	})
	y.has(now.Weight)
}

// Invariant I3: the permit was given, then a rollback stopped the deployment, then comes the word to go on.
func losesToAStop(y *yard) {
	now := y.climbed()
	_, weights := y.along()
	fenced := false
	y.OnWrite(Meddling{Before: func() {
		fenced = true
		y.stop(now.Tag)
	}})
	_, err := y.climb(weights[1], true, permit(func(context.Context, rollout.Split) error {
		if fenced {
			return traffic.ErrFenced
		}
		return nil
	}))
	if err == nil {
		y.t.Errorf("it went on over a rollback")
	}
	y.rests(y.Stable)
}

func saysWhyItWentBack(y *yard) {
	y.climbed()
	_, weights := y.along()
	y.unheard()
	y.spends(0, func() {
		if _, err := y.climb(weights[1], true, allowed); traffic.ObstacleOf(err) == nil {
			y.t.Errorf("the answer is %v, want why the service gave it up", err)
		}
	})
	y.heads(y.Stable)
}

func stopsAtRest(y *yard) {
	m, weights := y.along()
	to := rollout.Split{Stable: y.Stable, Candidate: y.Candidate, Weight: weights[0]}
	now, err := m.Forward(y.ctx, y.target, to, allowed)
	if err != nil {
		y.t.Fatal(err)
	}
	for began := time.Now(); !y.read().Rests && time.Since(began) < y.Takes(); time.Sleep(time.Second) {
	}
	if found := y.read(); !found.Rests || found.Serves(y.Stable) {
		y.t.Errorf("before its first word it reads %+v, want a deployment that rests", found)
	}
	y.back(now.Tag)
}

// unheard waits until the service has given up waiting for a word, and has gone back.
func (y *yard) unheard() {
	time.Sleep(y.DeployerFixture.(Holding).Course().Rests)
	y.rests(y.Stable)
}

func goesBackUnheard(y *yard) {
	now := y.climbed()
	y.unheard()
	if p := y.look(now.Tag); p.Failed == "" {
		y.t.Errorf("Look says %+v, want that nobody told it to go on", p)
	}
}

func advanceLoses(y *yard) {
	now := y.climbed()
	y.stop(now.Tag)
	if err := y.port.(traffic.Holder).Advance(y.ctx, y.target, now.Tag, now.Weight); !traffic.IsMoved(err) {
		y.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	y.rests(y.Stable)
}

// A word that was meant for the weight before comes late.
func advanceLosesElsewhere(y *yard) {
	now := y.climbed()
	if err := y.port.(traffic.Holder).Advance(y.ctx, y.target, now.Tag, rollout.None); !traffic.IsMoved(err) {
		y.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	y.has(now.Weight)
}
