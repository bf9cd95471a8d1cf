package conformance

import (
	"slices"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var readProperties = []property{
	{"Read says what really serves, and under which lock", readSaysWhatServes, either},
}

var forwardProperties = []property{
	{"Forward gives every weight exactly", forwardIsExact, either},
	{"Forward to where the traffic is already writes nothing", forwardTwiceWritesOnce, either},
	{"Forward to all traffic leaves no second revision", forwardToAllLeavesOne, either},
	{"Forward to no traffic takes the candidate away", forwardToNoneLeavesOne, either},
	{"Forward replaces a candidate that was there", forwardReplacesTheCandidate, unpooled},
	{"Forward loses to whoever moved after it had read", forwardLosesToAMove, locked},
	{"Forward loses even to a move there and back", forwardLosesToAMoveThereAndBack, versioned},
	{"Forward reads back, and tells of a move right after its own", forwardReadsBack, either},
	{"Forward is not taken for somebody else when its answer is lost", forwardSurvivesALostAnswer, either},
	{"Forward answers the lock of what it left", forwardAnswersTheLock, locked},
}

func readSaysWhatServes(r *rig) {
	first, err := r.mover.Read(r.ctx, r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	r.same("what Read says", first, rollout.Split{Stable: r.Stable})
	r.intrude()
	second, err := r.mover.Read(r.ctx, r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	r.same("what Read says after a move", second, r.intruded())
	if r.Locks() && (first.Tag == "" || first.Tag == second.Tag) {
		r.t.Errorf("the lock was %q and is %q after a move", first.Tag, second.Tag)
	}
}

// weights are the weights that come out wrong when fractions are cut instead of rounded (0.29, 0.57, 1.13, ... percent), the
// ends of the scale, and a walk over the whole scale.
func (r *rig) weights() []rollout.Weight {
	chosen := []rollout.Weight{1, 2, 29, 57, 58, 113, 114, 115, 1001, 3333, 6667, 9998, 9999}
	for w := rollout.Weight(37); w < rollout.All; w += 397 {
		chosen = append(chosen, w)
	}
	chosen = slices.DeleteFunc(chosen, func(w rollout.Weight) bool { return !r.target.Facts().Express(int(w)) })
	for w := rollout.Weight(10); w < rollout.All; w *= 3 { // a kind of few weights has some of these
		chosen = append(chosen, r.nearest(w))
	}
	slices.Sort(chosen)
	return append(slices.Compact(chosen), rollout.All)
}

// nearest is the largest weight that the kind can give and that is not above w; all when there is none.
func (r *rig) nearest(w rollout.Weight) rollout.Weight {
	f := r.target.Facts()
	if f.Most > 0 {
		w = min(w, rollout.Weight(f.Most))
	}
	if w -= w % rollout.Weight(f.Smallest); w == rollout.None {
		return rollout.All
	}
	return w
}

func forwardIsExact(r *rig) {
	for _, w := range r.weights() {
		r.forwarded(r.at(w))
	}
}

func forwardTwiceWritesOnce(r *rig) {
	for _, w := range []rollout.Weight{500, rollout.All} {
		r.forwarded(r.at(w))
		if cost := r.cost(func() { r.forwarded(r.at(w)) }); cost.Writes != 0 {
			r.t.Errorf("the second shift to %v wrote %d times", w, cost.Writes)
		}
	}
}

func forwardToAllLeavesOne(r *rig) {
	r.forwarded(r.at(500))
	r.forwarded(r.at(rollout.All))
	if now := r.Serves(r.t); now.Stable != r.Candidate || now.Candidate != "" {
		r.t.Errorf("after the promotion %+v serves, want %s alone", now, r.Candidate)
	}
}

func forwardToNoneLeavesOne(r *rig) {
	r.forwarded(r.at(500))
	r.forwarded(r.at(rollout.None))
	if now := r.Serves(r.t); now.Stable != r.Stable || now.Candidate != "" {
		r.t.Errorf("at no traffic %+v serves, want %s alone", now, r.Stable)
	}
}

// A target that has to be repaired serves another release's candidate, which must not keep its share.
func forwardReplacesTheCandidate(r *rig) {
	r.intrude()
	r.forwarded(r.at(100))
}

func forwardLosesToAMove(r *rig) {
	r.OnWrite(Meddling{Before: r.intrude})
	_, err := r.forward(r.at(500), allowed)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.serving(r.intruded())
}

// The lock counts, not the division: whoever moved there and back may have acted on what served in between.
func forwardLosesToAMoveThereAndBack(r *rig) {
	r.OnWrite(Meddling{Before: func() {
		r.intrude()
		r.Move(r.t, rollout.Split{Stable: r.Stable})
	}})
	_, err := r.forward(r.at(500), allowed)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

func forwardReadsBack(r *rig) {
	r.OnWrite(Meddling{After: r.intrude})
	back, err := r.forward(r.at(500), allowed)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.same("what Forward says that it read back", back, r.intruded())
}

// The SDK sends a write again when it got no answer. The second write finds the lock of the first.
func forwardSurvivesALostAnswer(r *rig) {
	r.OnWrite(Meddling{LoseAnswer: true})
	r.forwarded(r.at(500))
}

func forwardAnswersTheLock(r *rig) {
	back := r.forwarded(r.at(500))
	if now := r.Serves(r.t); back.Tag == "" || back.Tag != now.Tag {
		r.t.Errorf("Forward answered lock %q, the target has %q", back.Tag, now.Tag)
	}
}
