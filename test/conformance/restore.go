package conformance

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var restoreProperties = []property{
	{"Restore with the lock as it is makes one call", restoreIsOneCall},
	{"Restore with a stale lock reads again and wins", restoreWinsWithAStaleLock},
	{"Restore without a lock reads first", restoreReadsWithoutALock},
	{"Restore leaves a target alone that stable serves already", restoreLeavesStableAlone},
	{"Restore with a lock changes nothing where stable serves already", restoreWithALockIsHarmless},
	{"Restore takes a promoted candidate back", restoreUndoesAPromotion},
	{"Restore repeats until it wins against somebody who keeps moving", restoreRepeats},
	{"Restore wins when its answer is lost", restoreSurvivesALostAnswer},
	{"Restore gives up when its time is over", restoreEndsWithItsContext},
	{"Restore answers the lock of what it left", restoreAnswersTheLock},
	{"Restore leaves a target alone that is another's by now", restoreStopsWhenItIsNotOurs},
}

// spent compares the calls that something made.
func (r *rig) spent(want Calls, do func()) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.cost(do)); diff != "" {
		r.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// The budget of the guard, from alarm to traffic: query, fence, and this one call.
func restoreIsOneCall(r *rig) {
	at := r.shifted(r.at(500))
	r.spent(Calls{Writes: 1}, func() { r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func restoreWinsWithAStaleLock(r *rig) {
	at := r.shifted(r.at(500))
	r.intrude()
	r.spent(Calls{Reads: 1, Writes: 2}, func() { r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func restoreReadsWithoutALock(r *rig) {
	r.shifted(r.at(500))
	r.spent(Calls{Reads: 1, Writes: 1}, func() { r.restored(rollout.Split{Stable: r.Stable}) })
}

func restoreLeavesStableAlone(r *rig) {
	before := r.Serves(r.t)
	r.spent(Calls{Reads: 1}, func() { r.restored(rollout.Split{Stable: r.Stable}) })
	if now := r.Serves(r.t); now.Tag != before.Tag {
		r.t.Errorf("the lock changed from %q to %q", before.Tag, now.Tag)
	}
}

func restoreWithALockIsHarmless(r *rig) {
	now := r.Serves(r.t)
	r.restored(rollout.Split{Stable: r.Stable, Tag: now.Tag})
	r.restored(rollout.Split{Stable: r.Stable, Tag: now.Tag}) // the lock is perhaps stale now
}

func restoreUndoesAPromotion(r *rig) {
	at := r.shifted(r.at(rollout.All))
	r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func restoreRepeats(r *rig) {
	at := r.shifted(r.at(500))
	moves := 0
	var again func()
	again = func() {
		r.Move(r.t, r.at(rollout.Weight(1000+moves)))
		if moves++; moves < 4 {
			r.OnWrite(Meddling{Before: again})
		}
	}
	r.OnWrite(Meddling{Before: again})
	r.spent(Calls{Reads: 4, Writes: 5}, func() { r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func restoreSurvivesALostAnswer(r *rig) {
	at := r.shifted(r.at(500))
	r.OnWrite(Meddling{LoseAnswer: true})
	r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func restoreEndsWithItsContext(r *rig) {
	at := r.shifted(r.at(500))
	ctx, cancel := context.WithCancel(r.ctx)
	r.OnWrite(Meddling{Before: func() { r.intrude(); cancel() }})
	_, err := r.router.Restore(ctx, r.target, rollout.Split{Stable: r.Stable, Tag: at.Tag}, ours)
	if !errors.Is(err, context.Canceled) {
		r.t.Errorf("the answer is %v, want that the context was cancelled", err)
	}
}

func restoreAnswersTheLock(r *rig) {
	at := r.shifted(r.at(500))
	now := r.restored(rollout.Split{Stable: r.Stable, Tag: at.Tag})
	if serving := r.Serves(r.t); now.Tag == "" || now.Tag != serving.Tag {
		r.t.Errorf("Restore answered lock %q, the target has %q", now.Tag, serving.Tag)
	}
}

// Invariant I1: a late rollback of one release meets the traffic of the next.
func restoreStopsWhenItIsNotOurs(r *rig) {
	at := r.shifted(r.at(500))
	r.intrude()
	cost := r.cost(func() {
		_, err := r.router.Restore(r.ctx, r.target, rollout.Split{Stable: r.Stable, Tag: at.Tag}, up)
		if !traffic.IsFenced(err) {
			r.t.Errorf("the answer is %v, want the fence's", err)
		}
	})
	if cost.Reads != 1 || cost.Writes != 1 { // the one write lost by its lock
		r.t.Errorf("it made %+v", cost)
	}
	r.serving(r.intruded())
}

// ours is the fence of a rollback whose release still has the target.
var ours = fence(func(context.Context, rollout.Split) error { return nil })
