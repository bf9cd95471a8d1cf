package conformance

import (
	"context"
	"strings"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var deployedProperties = []deploymentProperty{
	{name: "Forward starts once, and moves until it is done", holds: forwardStartsOnce},
	{name: "Forward to where the target is already starts nothing", holds: forwardStartsNothing},
	{name: "Forward stops at a permit that is refused", holds: forwardAsksFirst},
	{name: "Forward stops what it started over a rollback", holds: forwardStopsItsOwn},
	{name: "Forward stops what an earlier try started over a rollback", holds: forwardStopsAnEarlierTry},
	{name: "Forward says why a deployment failed, and never starts it again", holds: forwardSaysWhy},
	{name: "Forward tells of a deployment by somebody else, and leaves it alone", holds: forwardNoticesAnother},
	{name: "Forward loses to a deployment that is under way", holds: forwardWaitsForNobody},
	{name: "Back turns a deployment round with the handle that is known", holds: backTurnsRound},
	{name: "Back with the handle of an earlier deployment finds the last one", holds: backFindsTheLast},
	{name: "Back takes a promoted candidate back", holds: backFromPromoted},
	{name: "Back leaves a target alone that is another's by now", holds: backFromAnothers},
	{name: "Resume does not begin a way back again that the service gave up", holds: resumeSaysWhy},
}

func (y *yard) forward(began string, p traffic.Permit) (rollout.Split, error) {
	return y.mover.Forward(y.ctx, y.target, y.all(began), p)
}

func (y *yard) forwarded() rollout.Split {
	y.t.Helper()
	now, err := y.forward("", allowed)
	if err != nil || !now.Serves(y.Candidate) {
		y.t.Fatalf("Forward answers %v, %v", now, err)
	}
	return now
}

func forwardStartsOnce(y *yard) {
	var now rollout.Split
	y.spends(1, func() { now = y.forwarded() })
	if now.Moving == "" || now.Tag == "" {
		y.t.Errorf("right after its start it is moving %q under %q", now.Moving, now.Tag)
	}
	y.spends(0, func() {
		if again, err := y.forward(now.Tag, allowed); err != nil || again.Moving == "" || again.Tag != now.Tag {
			y.t.Errorf("called again it answers %+v, %v", again, err)
		}
		y.rests(y.Candidate)
		if done, err := y.forward(now.Tag, allowed); err != nil || done.Moving != "" {
			y.t.Errorf("when it is done it answers %+v, %v", done, err)
		}
	})
}

func forwardStartsNothing(y *yard) {
	y.Deploy(y.t, y.Candidate)
	y.spends(0, func() { y.forwarded() })
}

func forwardAsksFirst(y *yard) {
	y.spends(0, func() {
		if _, err := y.forward("", refused); !traffic.IsFenced(err) {
			y.t.Errorf("the answer is %v, want ErrFenced", err)
		}
	})
	y.heads(y.Stable)
}

// Invariant I3: the permit was given, then the rollback came and found nothing to do, then the start.
func forwardStopsItsOwn(y *yard) {
	fenced := false
	y.OnWrite(Meddling{Before: func() { fenced = true }})
	_, err := y.forward("", permit(func(context.Context, rollout.Split) error {
		if fenced {
			return traffic.ErrFenced
		}
		return nil
	}))
	if !traffic.IsFenced(err) {
		y.t.Errorf("the answer is %v, want ErrFenced", err)
	}
	y.rests(y.Stable)
}

func forwardStopsAnEarlierTry(y *yard) {
	now := y.forwarded()
	if _, err := y.forward(now.Tag, refused); !traffic.IsFenced(err) {
		y.t.Errorf("the answer is %v, want ErrFenced", err)
	}
	y.rests(y.Stable)
}

func forwardSaysWhy(y *yard) {
	y.Candidate = y.Broken()
	now := y.forwarded()
	y.rests(y.Stable)
	y.spends(0, func() {
		_, err := y.forward(now.Tag, allowed)
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, "gave the deployment up") {
			y.t.Errorf("the answer is %v, want why it failed", err)
		}
	})
}

func forwardNoticesAnother(y *yard) {
	now := y.forwarded()
	y.rests(y.Candidate)
	y.Deploy(y.t, y.Other)
	y.spends(0, func() {
		if _, err := y.forward(now.Tag, allowed); !traffic.IsMoved(err) {
			y.t.Errorf("the answer is %v, want ErrMoved", err)
		}
	})
	y.rests(y.Other)
}

func forwardWaitsForNobody(y *yard) {
	y.Deploy(y.t, y.Other)
	if _, err := y.forward("", allowed); !traffic.IsMoved(err) {
		y.t.Errorf("the answer is %v, want ErrMoved", err)
	}
	y.rests(y.Other)
}

// back brings the target back on top of a handle, and fails unless the target is as Back says.
func (y *yard) back(handle string) {
	y.t.Helper()
	now, err := y.mover.Back(y.ctx, y.target, rollout.Split{Stable: y.Stable, Tag: handle}, ours)
	if err != nil || !now.Serves(y.Stable) {
		y.t.Errorf("Back answers %+v, %v; want that it goes to stable", now, err)
	}
	y.rests(y.Stable)
}

func backTurnsRound(y *yard) {
	now := y.forwarded()
	y.spends(1, func() { y.back(now.Tag) })
}

func backFindsTheLast(y *yard) {
	now := y.forwarded()
	y.Deploy(y.t, y.Other)
	before := y.Calls().Writes
	y.back(now.Tag)
	if writes := y.Calls().Writes - before; writes > 2 { // the first may lose where the service tells, or before it is asked
		y.t.Errorf("it started and stopped %d times, want two at most", writes)
	}
}

func backFromPromoted(y *yard) {
	now := y.forwarded()
	y.rests(y.Candidate)
	before := y.Calls().Writes
	y.back(now.Tag)
	if got := y.Calls().Writes - before; got > 2 { // the service may refuse to stop what is done
		y.t.Errorf("it started and stopped %d times", got)
	}
}

// Invariant I1: a late rollback of one release meets the traffic of the next.
func backFromAnothers(y *yard) {
	now := y.forwarded()
	y.Deploy(y.t, y.Other)
	_, err := y.mover.Back(y.ctx, y.target, rollout.Split{Stable: y.Stable, Tag: now.Tag}, refused)
	if !traffic.IsFenced(err) {
		y.t.Errorf("the answer is %v, want the permit's", err)
	}
	y.rests(y.Other)
}

// Whoever asks again and again would begin it again and again.
func resumeSaysWhy(y *yard) {
	if _, sure := y.DeployerFixture.(Sure); sure {
		return
	}
	y.Deploy(y.t, y.Candidate)
	y.rests(y.Candidate)
	y.Stable = y.Broken()
	now, err := y.mover.Resume(y.ctx, y.target, rollout.Split{Stable: y.Stable, Tag: y.read().Tag}, allowed)
	if err != nil || now.Moving == "" {
		y.t.Fatalf("the way back is %+v, %v", now, err)
	}
	y.rests(y.Candidate)
	y.spends(0, func() {
		_, err := y.mover.Resume(y.ctx, y.target, rollout.Split{Stable: y.Stable, Tag: now.Tag}, allowed)
		if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, "gave the way back up") {
			y.t.Errorf("the answer is %v, want why it failed", err)
		}
	})
}
