package conformance

import (
	"slices"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var readProperties = []property{
	{"Read says what really serves, and under which lock", readSaysWhatServes},
}

var shiftProperties = []property{
	{"Shift gives every weight exactly", shiftIsExact},
	{"Shift to where the traffic is already writes nothing", shiftTwiceWritesOnce},
	{"Shift to all traffic leaves no second revision", shiftToAllLeavesOne},
	{"Shift to no traffic takes the candidate away", shiftToNoneLeavesOne},
	{"Shift replaces a candidate that was there", shiftReplacesTheCandidate},
	{"Shift loses to whoever moved after it had read", shiftLosesToAMove},
	{"Shift loses even to a move there and back", shiftLosesToAMoveThereAndBack},
	{"Shift reads back, and tells of a move right after its own", shiftReadsBack},
	{"Shift is not taken for somebody else when its answer is lost", shiftSurvivesALostAnswer},
	{"Shift answers the lock of what it left", shiftAnswersTheLock},
}

func readSaysWhatServes(r *rig) {
	first, err := r.router.Read(r.ctx, r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	r.same("what Read says", first, rollout.Split{Stable: r.Stable})
	r.intrude()
	second, err := r.router.Read(r.ctx, r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	r.same("what Read says after a move", second, r.intruded())
	if first.Tag == "" || first.Tag == second.Tag {
		r.t.Errorf("the lock was %q and is %q after a move", first.Tag, second.Tag)
	}
}

// weights are those that fractions get wrong when they are cut instead of rounded (0.29, 0.57, 1.13, ... percent), the
// ends of the scale, and a walk over all of it.
func weights() []rollout.Weight {
	chosen := []rollout.Weight{1, 2, 29, 57, 58, 113, 114, 115, 1001, 3333, 6667, 9998, 9999}
	for w := rollout.Weight(37); w < rollout.All; w += 397 {
		chosen = append(chosen, w)
	}
	slices.Sort(chosen)
	return append(slices.Compact(chosen), rollout.All)
}

func shiftIsExact(r *rig) {
	for _, w := range weights() {
		r.shifted(r.at(w))
	}
}

func shiftTwiceWritesOnce(r *rig) {
	for _, w := range []rollout.Weight{500, rollout.All} {
		r.shifted(r.at(w))
		if cost := r.cost(func() { r.shifted(r.at(w)) }); cost.Writes != 0 {
			r.t.Errorf("the second shift to %v wrote %d times", w, cost.Writes)
		}
	}
}

func shiftToAllLeavesOne(r *rig) {
	r.shifted(r.at(500))
	r.shifted(r.at(rollout.All))
	if now := r.Serves(r.t); now.Stable != r.Candidate || now.Candidate != "" {
		r.t.Errorf("after the promotion %+v serves, want %s alone", now, r.Candidate)
	}
}

func shiftToNoneLeavesOne(r *rig) {
	r.shifted(r.at(500))
	r.shifted(r.at(rollout.None))
	if now := r.Serves(r.t); now.Stable != r.Stable || now.Candidate != "" {
		r.t.Errorf("at no traffic %+v serves, want %s alone", now, r.Stable)
	}
}

// A repaired target has another release's candidate on it, which must not keep its share.
func shiftReplacesTheCandidate(r *rig) {
	r.intrude()
	r.shifted(r.at(100))
}

func shiftLosesToAMove(r *rig) {
	r.OnWrite(Meddling{Before: r.intrude})
	_, err := r.shift(r.at(500), down)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.serving(r.intruded())
}

// The lock counts, not the division: whoever was there and back may have acted on what was between.
func shiftLosesToAMoveThereAndBack(r *rig) {
	r.OnWrite(Meddling{Before: func() {
		r.intrude()
		r.Move(r.t, rollout.Split{Stable: r.Stable})
	}})
	_, err := r.shift(r.at(500), down)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}

func shiftReadsBack(r *rig) {
	r.OnWrite(Meddling{After: r.intrude})
	back, err := r.shift(r.at(500), down)
	if !traffic.IsMoved(err) {
		r.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	r.same("what Shift says that it read back", back, r.intruded())
}

// The SDK sends a write again when it heard no answer. The second one finds the first one's lock.
func shiftSurvivesALostAnswer(r *rig) {
	r.OnWrite(Meddling{LoseAnswer: true})
	r.shifted(r.at(500))
}

func shiftAnswersTheLock(r *rig) {
	back := r.shifted(r.at(500))
	if now := r.Serves(r.t); back.Tag == "" || back.Tag != now.Tag {
		r.t.Errorf("Shift answered lock %q, the target has %q", back.Tag, now.Tag)
	}
}
