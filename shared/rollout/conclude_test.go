package rollout_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var end = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// last is a release that has moved everything to its candidate, 42, and holds the target.
func last() rollout.Last {
	return rollout.Last{Standing: rollout.Standing{
		Release: rollout.Release{
			ID: "checkout-1", Revision: rollout.Revision{Version: "42"}, Epoch: 7, Stable: "41",
			Definition: rollout.Definition{
				RevertWindow: rollout.Duration(time.Hour),
				Target:       rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}},
			},
		},
		Lease: rollout.Lease{
			Target: "lambda:checkout:live", Owner: "checkout-1", Epoch: 7, Phase: rollout.Held, Began: 1, Stable: "41", Candidate: "42", Weight: rollout.All, Tag: "lock",
		},
	}, Sight: rollout.Sight{Split: rollout.Split{Stable: "42", Tag: "lock"}}}
}

// Each row spoils one thing.
type conclusion struct {
	spoil   func(l *rollout.Last)
	outcome rollout.Outcome
	end     rollout.End
	parting rollout.Parting
	says    string // in the trail, the obstacle, the rejection, the cause or the fence
}

func fenced(l *rollout.Last) {
	l.Lease.Fence = &rollout.Fence{Kind: rollout.ByAlarm, By: "errors", Reason: "Guard alarm errors went red."}
}

func unfilled(l *rollout.Last) {
	l.Lease.Weight, l.Lease.Fence = rollout.None, &rollout.Fence{Kind: rollout.ByCapacity, By: "shift", Reason: "The candidate does not come up: no image."}
}

func onStable(l *rollout.Last) { l.Sight.Split = rollout.Split{Stable: "41", Tag: "lock"} }

func aborted(l *rollout.Last) {
	l.Release.Abort = &rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: "grace stopped the release."}
}

func exhausted(l *rollout.Last) {
	l.Exhausted = &rollout.MachineError{Error: "States.TaskFailed", Cause: "access denied"}
}

func failed(l *rollout.Last) {
	l.Failure = &rollout.MachineError{Error: "States.TaskFailed", Cause: "access denied"}
}

func takenOver(l *rollout.Last) { l.Lease.Owner, l.Lease.Epoch = "checkout-2", 8 }

func never(l *rollout.Last) { // it never held the target
	l.Lease, l.Release.Epoch, l.Release.Stable = rollout.Lease{Phase: rollout.Free}, 0, ""
}

func all(spoils ...func(*rollout.Last)) func(*rollout.Last) {
	return func(l *rollout.Last) {
		for _, spoil := range spoils {
			spoil(l)
		}
	}
}

// moving is a target whose service is bringing a revision out.
func moving(to string) func(*rollout.Last) {
	return func(l *rollout.Last) {
		l.Sight = rollout.Sight{Split: rollout.Split{Stable: to, Moving: "2 of 10 are healthy"}}
	}
}

// I2: succeeded means that the candidate was seen serving everything, every other end but stuck that stable was.
var conclusions = map[string]conclusion{
	"the candidate serves everything":            {func(*rollout.Last) {}, rollout.WriteEnd, rollout.Succeeded, rollout.LetsGo, "Keep version 41"},
	"somebody else moved it":                     {onStable, rollout.RaiseFence, "", rollout.LeavesAlone, "At the end the target served 41 100 %"},
	"it could not be read":                       {func(l *rollout.Last) { l.Sight = rollout.Sight{Unread: "denied"} }, rollout.LookAgain, "", rollout.LeavesAlone, ""},
	"its service still brings the candidate out": {moving("42"), rollout.LookAgain, "", rollout.LeavesAlone, ""},
	"its service brings something else out":      {moving("39"), rollout.RaiseFence, "", rollout.LeavesAlone, "At the end the target served 39 100 %"},
	"its fence is up, and stable is on its way":  {all(fenced, moving("41")), rollout.BringBack, "", rollout.LeavesAlone, ""},
	"it can never be read": {
		func(l *rollout.Last) {
			l.Sight = rollout.Sight{Obstacle: rollout.Because("the alias is gone", "make it")}
		}, rollout.WriteEnd, rollout.Stuck, rollout.Frees, "What to do: make it",
	},
	"Rollback gave up before the fence was up, and it cannot be read": {
		all(exhausted, func(l *rollout.Last) { l.Sight = rollout.Sight{Unread: "denied"} }), rollout.RaiseFence, "", rollout.LeavesAlone, "could not be read",
	},

	"an abort, and stable serves":                            {all(aborted, onStable), rollout.WriteEnd, rollout.Aborted, rollout.GivesBack, "A person stopped"},
	"an abort after the last step":                           {aborted, rollout.RaiseFence, "", rollout.LeavesAlone, "grace stopped"},
	"the candidate did not come up":                          {all(unfilled, onStable), rollout.WriteEnd, rollout.Rejected, rollout.GivesBack, "does not come up: no image"},
	"the candidate did not come up, and stable is not seen":  {all(unfilled, func(l *rollout.Last) { l.Sight = rollout.Sight{Unread: "denied"} }), rollout.LookAgain, "", rollout.LeavesAlone, ""},
	"the candidate did not come up, and serves all the same": {unfilled, rollout.BringBack, "", rollout.LeavesAlone, ""},
	"the fence is up, and stable serves":                     {all(fenced, onStable), rollout.WriteEnd, rollout.RolledBack, rollout.GivesBack, "went back"},
	"the fence is up, and the candidate serves": {
		fenced, rollout.BringBack, "", rollout.LeavesAlone, "",
	},
	"the fence is up, and the candidate serves a part": {
		all(fenced, func(l *rollout.Last) {
			l.Sight.Split = rollout.Split{Stable: "41", Candidate: "42", Weight: 500, Tag: "other"}
		}), rollout.BringBack, "", rollout.LeavesAlone, "",
	},
	"the fence is up, and somebody's own version serves": {
		all(fenced, func(l *rollout.Last) { l.Sight.Split = rollout.Split{Stable: "43", Tag: "other"} }), rollout.WriteEnd, rollout.Stuck, rollout.Frees, "it serves 43 100 %",
	},
	"somebody's own version serves, and the definition takes it back": {
		all(fenced, func(l *rollout.Last) {
			l.Sight.Split, l.Lease.Guard.WhenMoved = rollout.Split{Stable: "43", Tag: "other"}, rollout.MovedGoesBack
		}), rollout.BringBack, "", rollout.LeavesAlone, "",
	},
	"Rollback gave up, and the candidate serves": {all(fenced, exhausted), rollout.WriteEnd, rollout.Stuck, rollout.Frees, "failed at last with: access denied"},
	"Rollback gave up, and stable serves":        {all(fenced, exhausted, onStable), rollout.WriteEnd, rollout.RolledBack, rollout.GivesBack, "went back"},
	"Rollback gave up, and it cannot be read": {
		all(fenced, exhausted, func(l *rollout.Last) { l.Sight = rollout.Sight{Unread: "denied"} }), rollout.WriteEnd, rollout.Stuck, rollout.Frees, "access denied",
	},

	"the end stands": {func(l *rollout.Last) { l.Release.End = rollout.Succeeded }, rollout.KeepEnd, rollout.Succeeded, rollout.LetsGo, ""},
	"the end stands, and another holds the target": {
		all(takenOver, func(l *rollout.Last) { l.Release.End = rollout.Succeeded }), rollout.KeepEnd, rollout.Succeeded, rollout.LeavesAlone, "",
	},
	"a promotion is reverted, and stable serves": {
		all(fenced, onStable, func(l *rollout.Last) { l.Release.End, l.Lease.ArmedUntil = rollout.Succeeded, end }), rollout.WriteEnd, rollout.RolledBack, rollout.LetsGo, "went back",
	},

	"it serves already": {
		func(l *rollout.Last) { l.Release.Served, l.Lease.Began = true, 0 }, rollout.WriteEnd, rollout.Succeeded, rollout.GivesBack, "Nothing to do",
	},
	"it served when the release came, and does not any more": {
		all(onStable, func(l *rollout.Last) { l.Release.Served, l.Lease.Began = true, 0 }), rollout.WriteEnd, rollout.Rejected, rollout.GivesBack, "does not any more: 41 100 %",
	},
	"it served, and is gone": {func(l *rollout.Last) {
		l.Release.Served, l.Lease.Began = true, 0
		l.Sight = rollout.Sight{Obstacle: rollout.Because("the alias is gone", "make it")}
	}, rollout.WriteEnd, rollout.Rejected, rollout.GivesBack, "does not any more: the alias is gone"},

	"not let in, with the lease in hand": {
		func(l *rollout.Last) { l.Release.Rejection = rollout.Because("an alarm is red", "wait") }, rollout.WriteEnd, rollout.Rejected, rollout.GivesBack, "not let in",
	},
	"stopped before it began":      {all(never, aborted), rollout.WriteEnd, rollout.Aborted, rollout.LeavesAlone, "before it moved any traffic"},
	"broken before it began":       {all(never, failed), rollout.WriteEnd, rollout.RolledBack, rollout.LeavesAlone, "A step failed before the release began: access denied"},
	"its machine died before that": {never, rollout.WriteEnd, rollout.RolledBack, rollout.LeavesAlone, "stopped before it began"},
	"taken over by another":        {takenOver, rollout.WriteEnd, rollout.Superseded, rollout.LeavesAlone, "Release checkout-2 holds the target now."},
	"its lease is free by now":     {func(l *rollout.Last) { l.Lease.Phase = rollout.Free }, rollout.WriteEnd, rollout.Superseded, rollout.LeavesAlone, "lost its lease"},
	"its version never became ready": {all(never, func(l *rollout.Last) {
		l.Failure = &rollout.MachineError{Error: rollout.NotReadyError, Cause: "42 is Pending"}
	}), rollout.WriteEnd, rollout.Rejected, rollout.LeavesAlone, "42 is Pending, and has not become so in half an hour"},
}

func TestConcludeBelievesOnlyWhatWasSeen(t *testing.T) {
	for name, test := range conclusions {
		t.Run(name, func(t *testing.T) {
			l := last()
			test.spoil(&l)
			got := rollout.Conclude(l, end)
			if got.Outcome != test.outcome || got.Release.End != test.end || got.Parting != test.parting {
				t.Errorf("to %s, end %q, the lease: %q; want to %s, end %q, the lease: %q", got.Outcome, got.Release.End, got.Parting, test.outcome, test.end, test.parting)
			}
			if !strings.Contains(spoken(got), test.says) {
				t.Errorf("it says:\n%s\nwant %q", spoken(got), test.says)
			}
			if written := got.Outcome == rollout.WriteEnd; written != got.Release.Ended.Equal(end) || written != (len(got.Lines) > 0) {
				t.Errorf("it ended at %v and says %d lines", got.Release.Ended, len(got.Lines))
			}
		})
	}
}

// spoken is everything that people read of a conclusion.
func spoken(c rollout.Conclusion) string {
	var all []string
	for _, line := range c.Lines {
		all = append(all, line.What)
	}
	for _, f := range []*rollout.Fence{c.Fence, c.Release.Cause} {
		if f != nil {
			all = append(all, f.Reason)
		}
	}
	for _, why := range []*rollout.Rejection{c.Release.Rejection, c.Release.Obstacle} {
		if why != nil {
			all = append(all, why.Reason)
		}
	}
	return strings.Join(all, "\n")
}

// A promotion is armed for its revert window; one without a window, and a revert, leave nothing armed.
func TestOnlyAPromotionWithAWindowStaysArmed(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(l *rollout.Last)
		phase rollout.Phase
		until time.Time
	}{
		"a promotion":                   {func(*rollout.Last) {}, rollout.Armed, end.Add(time.Hour)},
		"a promotion without a window":  {func(l *rollout.Last) { l.Release.Definition.RevertWindow = 0 }, rollout.Free, time.Time{}},
		"a promotion that was reverted": {all(fenced, onStable, func(l *rollout.Last) { l.Lease.ArmedUntil = end.Add(time.Minute) }), rollout.Free, end.Add(time.Minute)},
	} {
		l := last()
		test.spoil(&l)
		if got := rollout.Conclude(l, end).Lease; got.Phase != test.phase || !got.ArmedUntil.Equal(test.until) {
			t.Errorf("%s: the lease is %s until %v, want %s until %v", name, got.Phase, got.ArmedUntil, test.phase, test.until)
		}
	}
}
