package conformance

import (
	"context"
	"testing"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Marking is a Fixture whose target gives marked requests to the candidate alone.
type Marking interface {
	// Unmark plays somebody else who takes marked requests away from the candidate.
	Unmark(t *testing.T)
}

var marksProperties = []property{
	{"marked requests go to the candidate, and no others", marksAreGiven, marking},
	{"a move to marked requests that was made is left alone", marksAreIdempotent, marking},
	{"Back takes marked requests away by one call", marksComeBackByOneCall, marking},
	{"Back takes marked requests away that its lock knows nothing of", marksComeBackWithAnOlderLock, marking},
	{"Back reads again when somebody else has taken marked requests away", marksThatAreGoneComeBack, marking},
	{"Back wins when the answer about marked requests is lost", marksSurviveALostAnswer, marking},
	{"a weight takes the place of marked requests", weightsFollowMarks, marking},
	{"a promotion takes the place of marked requests", promotionFollowsMarks, marking},
	{"a lost answer does not mark requests twice", marksAreMadeOnce, marking},
	{"marked requests that were given over a rollback are taken away again", marksOverARollbackAreUndone, lockless},
}

// marked is the split that gives the candidate marked requests alone.
func (r *rig) marked() rollout.Split {
	return rollout.Split{Stable: r.Stable, Candidate: r.Candidate, Marked: true}
}

func marksAreGiven(r *rig) {
	if back := r.forwarded(r.marked()); back.Serves(r.Stable) || !back.Plain().Marked {
		r.t.Errorf("while marked requests go to the candidate, Read says %v: that looks as if stable had everything", back)
	}
}

func marksAreIdempotent(r *rig) {
	r.forwarded(r.marked())
	r.spent(Calls{Reads: r.reading()}, func() { r.forwarded(r.marked()) })
}

// The guard's budget holds here, too: there is no weight to write.
func marksComeBackByOneCall(r *rig) {
	at := r.forwarded(r.marked())
	r.spent(Calls{Writes: 1}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

// The step died before it could write down what it had done.
func marksComeBackWithAnOlderLock(r *rig) {
	before, err := r.mover.Read(r.ctx, r.target)
	if err != nil {
		r.t.Fatal(err)
	}
	r.forwarded(r.marked())
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: before.Tag})
}

func marksThatAreGoneComeBack(r *rig) {
	at := r.forwarded(r.marked())
	r.Fixture.(Marking).Unmark(r.t)
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func marksSurviveALostAnswer(r *rig) {
	at := r.forwarded(r.marked())
	r.OnWrite(Meddling{LoseAnswer: true})
	r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag})
}

func weightsFollowMarks(r *rig) {
	r.forwarded(r.marked())
	at := r.forwarded(r.at(500))
	r.spent(Calls{Writes: 1}, func() { r.broughtBack(rollout.Split{Stable: r.Stable, Tag: at.Tag}) })
}

func promotionFollowsMarks(r *rig) {
	r.forwarded(r.marked())
	r.forwarded(r.at(rollout.All))
}

func marksAreMadeOnce(r *rig) {
	r.OnWrite(Meddling{LoseAnswer: true})
	r.forwarded(r.marked())
	r.broughtBack(rollout.Split{Stable: r.Stable})
}

func marksOverARollbackAreUndone(r *rig) {
	if _, is := r.Fixture.(Marking); !is {
		return
	}
	asked := 0
	_, err := r.forward(r.marked(), permit(func(context.Context, rollout.Split) error {
		if asked++; asked > 1 {
			return traffic.ErrFenced
		}
		return nil
	}))
	if !traffic.IsFenced(err) {
		r.t.Errorf("it answers %v", err)
	}
	r.serving(rollout.Split{Stable: r.Stable})
}
