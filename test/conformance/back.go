package conformance

import (
	"context"
	"errors"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var backProperties = []property{
	{"Back with the lock as it is makes one call", backIsOneCall, locked},
	{"Back makes one call with a tag that says all that a write needs", backIsOneCallWithATag, lockless},
	{"Back with a stale lock reads again and wins", backWinsWithAStaleLock, locked},
	{"Back without a lock reads first", backReadsWithoutALock, either},
	{"Back leaves a target alone that stable serves already", backLeavesStableAlone, either},
	{"Back with a lock changes nothing where stable serves already", backWithALockIsHarmless, either},
	{"Back takes a promoted candidate back", backUndoesAPromotion, either},
	{"Back repeats until it wins against somebody who keeps moving", backRepeats, locked},
	{"Back wins when its answer is lost", backSurvivesALostAnswer, either},
	{"Back gives up when its time is over", backEndsWithItsContext, locked},
	{"Back answers the lock of what it left", backAnswersTheLock, locked},
	{"Back leaves a target alone that is another's by now", backStopsWhenItIsNotOurs, either},
}

// spent fails unless something made exactly these calls.
func (r *rig) spent(want Calls, do func()) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.cost(do)); diff != "" {
		r.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// The guard's budget from alarm to traffic is three calls: query, fence, and this one.
func backIsOneCall(r *rig) {
	at := r.forwarded(r.at(500))
	r.spent(Calls{Writes: 1}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

// Without locks nobody notices that the tag is outdated: whoever uses one has asked just before whether the target is still theirs.
func backIsOneCallWithATag(r *rig) {
	if at := r.forwarded(r.at(500)); at.Tag != "" {
		r.spent(Calls{Writes: 1}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
	}
}

// reading is how many calls it takes to read the target.
func (r *rig) reading() int {
	r.t.Helper()
	return r.cost(func() {
		if _, err := r.mover.Read(r.ctx, r.target); err != nil {
			r.t.Fatal(err)
		}
	}).Reads
}

// rereading is how many calls a write makes to read the target once more.
func (r *rig) rereading() int {
	if again, may := r.Fixture.(Rereading); may && again.Rereads() {
		return r.reading()
	}
	return 0
}

func backWinsWithAStaleLock(r *rig) {
	at := r.forwarded(r.at(500))
	r.intrude()
	r.spent(Calls{Reads: r.reading() + r.rereading(), Writes: 2}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func backReadsWithoutALock(r *rig) {
	r.forwarded(r.at(500))
	r.spent(Calls{Reads: r.reading(), Writes: 1}, func() { r.broughtBack(rollout.Split{Stable: r.Stable}) })
}

func backLeavesStableAlone(r *rig) {
	before := r.Serves(r.t)
	r.spent(Calls{Reads: r.reading()}, func() { r.broughtBack(rollout.Split{Stable: r.Stable}) })
	if now := r.Serves(r.t); now.Tag != before.Tag {
		r.t.Errorf("the lock changed from %q to %q", before.Tag, now.Tag)
	}
}

func backWithALockIsHarmless(r *rig) {
	now := r.Serves(r.t)
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: now.Tag})
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: now.Tag}) // the lock may be stale now
}

func backUndoesAPromotion(r *rig) {
	at := r.forwarded(r.at(rollout.All))
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func backRepeats(r *rig) {
	at := r.forwarded(r.at(500))
	moves := 0
	var again func()
	again = func() {
		r.Move(r.t, r.at(rollout.Weight(1000+100*moves)))
		if moves++; moves < 4 {
			r.OnWrite(Meddling{Before: again})
		}
	}
	r.OnWrite(Meddling{Before: again})
	r.spent(Calls{Reads: 4 * (r.reading() + r.rereading()), Writes: 5}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func backSurvivesALostAnswer(r *rig) {
	at := r.forwarded(r.at(500))
	r.OnWrite(Meddling{LoseAnswer: true})
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func backEndsWithItsContext(r *rig) {
	at := r.forwarded(r.at(500))
	ctx, cancel := context.WithCancel(r.ctx)
	r.OnWrite(Meddling{Before: func() { r.intrude(); cancel() }})
	_, err := r.mover.Back(ctx, r.target, rollout.Split{Stable: r.Stable, Tag: at.Tag}, ours)
	if !errors.Is(err, context.Canceled) {
		r.t.Errorf("the answer is %v, want that the context was cancelled", err)
	}
}

func backAnswersTheLock(r *rig) {
	at := r.forwarded(r.at(500))
	now := r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag})
	if serving := r.Serves(r.t); now.Tag == "" || now.Tag != serving.Tag {
		r.t.Errorf("Back answered lock %q, the target has %q", now.Tag, serving.Tag)
	}
}

// Invariant I1: a late rollback of one release meets the traffic of the next.
func backStopsWhenItIsNotOurs(r *rig) {
	at := r.forwarded(r.at(500))
	r.intrude()
	lost, reading := 0, r.reading()
	if r.Locks() {
		lost = 1 // the one write with the lock that it knew
	} else {
		at.Tag = ""
	}
	cost := r.cost(func() {
		_, err := r.mover.Back(r.ctx, r.target, rollout.Split{Stable: r.Stable, Tag: at.Tag}, refused)
		if !traffic.IsFenced(err) {
			r.t.Errorf("the answer is %v, want the permit's", err)
		}
	})
	if cost.Reads != reading || cost.Writes != lost {
		r.t.Errorf("it made %+v", cost)
	}
	r.serving(r.intruded())
}

// ours is the permit of a rollback whose release still holds the target.
var ours = permit(func(context.Context, rollout.Split) error { return nil })
