package decide_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

func abort(r rollout.Release, by, reason string) events.Envelope[any] {
	return byhand.Event(events.AbortRequested, events.ControlRequest{Release: r.ID, By: by, Reason: reason})
}

func promote(r rollout.Release) events.Envelope[any] {
	return byhand.Event(events.PromoteRequested, events.ControlRequest{Release: r.ID, By: "grace"})
}

func TestAbortSaysWhoAndWhy(t *testing.T) {
	nobody := strings.Replace(scenario.Canary, `"people":{"grace":{"event":"grace"}},`, "", 1)
	for name, test := range map[string]struct{ definition, by, reason, says string }{
		"with both":    {scenario.Canary, "grace", "wrong price", `grace stopped the release: wrong price (claimed, by an event of account  from "story")`},
		"with neither": {nobody, "", "", `story stopped the release: no reason was given (claimed, by an event of account  from "story")`}, // the event's source
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, test.definition, func(w *byhand.World) {
				r := w.Baking("2")
				w.Does("decide", abort(r, test.by, test.reason))
				f := w.Lease().Fence
				if f == nil || f.Kind != rollout.ByPerson || f.Reason != test.says || !strings.Contains(w.Trail(r.ID), test.says) {
					t.Errorf("fence %+v, want %q; the trail says\n%s", f, test.says, w.Trail(r.ID))
				}
				if got := w.Woken(); !slices.Equal(got, []string{"first"}) {
					t.Errorf("woken %v, want the bake", got)
				}
			})
		})
	}
}

func TestTheFirstToAbortIsTheOneWhoDid(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Does("decide", abort(r, "grace", "wrong price"))
		w.Does("decide", abort(r, "linus", "me too"))
		if f := w.Lease().Fence; f.By != "grace" {
			t.Errorf("fence %+v, want grace's", f)
		}
	})
}

// Whatever an archive holds was decided long ago.
func TestReplayedWordDecidesNothing(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		for _, e := range []events.Envelope[any]{abort(r, "grace", ""), promote(r)} {
			e.ReplayName = "look-at-yesterday"
			w.Does("decide", e)
		}
		if l := w.Lease(); l.Fence != nil || l.Promote != "" || len(w.Calls("decide")) != 0 {
			t.Errorf("lease %+v after %d calls", l, len(w.Calls("decide")))
		}
	})
}

func TestAbortOfAReleaseThatHasNoLeaseIsKeptForIt(t *testing.T) {
	for name, test := range map[string]struct {
		lead func(w *byhand.World) rollout.Release
		wake []string
	}{
		"not planned yet": {func(w *byhand.World) rollout.Release { return w.Created("2") }, nil},
		"not let in yet":  {func(w *byhand.World) rollout.Release { return w.Planned("2") }, nil},
		"in the queue": {func(w *byhand.World) rollout.Release {
			w.Baking("2")
			w.Pass(time.Second)
			r := w.Planned("3")
			w.Leads("admit", byhand.Start(r))
			w.Does("wait", byhand.Task(r, 0, "queued"))
			return r
		}, []string{"queued"}},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := test.lead(w)
				w.Does("decide", abort(r, "grace", "wrong price"))
				if f := w.Release(r.ID).Abort; f == nil || f.By != "grace" || !slices.Equal(w.Woken(), test.wake) {
					t.Errorf("the record keeps %+v, woken %v; want %v", f, w.Woken(), test.wake)
				}
				if l := w.Lease(); l.Fence != nil {
					t.Errorf("it raised the fence of %s: %+v", l.Owner, l.Fence)
				}
			})
		})
	}
}

func TestAbortInsideTheRevertWindowStartsOneExecution(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Promoted("2")
		w.Does("decide", abort(r, "grace", "wrong price"))
		w.Does("decide", abort(r, "grace", "wrong price"))
		if r = w.Release(r.ID); !r.Reverted || r.Machines != 2 || len(w.Executions()) != 1 {
			t.Errorf("reverted %v by machine %d of %d executions", r.Reverted, r.Machines, len(w.Executions()))
		}
	})
}

// What comes too late is answered in the trail and changes nothing.
func TestWordThatComesTooLateIsOnlyWrittenDown(t *testing.T) {
	for name, test := range map[string]struct {
		lead func(w *byhand.World) rollout.Release
		says func(r rollout.Release) events.Envelope[any]
		note string
	}{
		"an abort after the revert window": {func(w *byhand.World) rollout.Release {
			r := w.Promoted("2")
			w.Pass(2 * time.Hour)
			return r
		}, func(r rollout.Release) events.Envelope[any] { return abort(r, "grace", "") }, "The abort by \"grace\" does nothing: its revert window is over; release version 1 again."},
		"a promotion of what goes back": {func(w *byhand.World) rollout.Release {
			r := w.Baking("2")
			w.Fenced(r)
			return r
		}, promote, "Asked to promote now, but the release does not move forward."},
		"a promotion of what has ended": {func(w *byhand.World) rollout.Release {
			r := w.Begun("2")
			w.Fenced(r)
			w.Leads("settle", byhand.Start(r))
			return r
		}, promote, "Asked to promote now, but the release does not move forward."},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := test.lead(w)
				before, woken := w.Lease(), len(w.Woken())
				w.Does("decide", test.says(r))
				if after := w.Lease(); after.Promote != before.Promote || (after.Fence == nil) != (before.Fence == nil) || after.Phase != before.Phase {
					t.Errorf("the lease became %+v", after)
				}
				if trail := w.Trail(r.ID); !strings.Contains(trail, "grace") || !strings.Contains(trail, test.note) {
					t.Errorf("the trail says\n%s", trail)
				}
				if len(w.Executions()) != 0 || len(w.Woken()) != woken {
					t.Errorf("%d executions started, woken %v", len(w.Executions()), w.Woken()[woken:])
				}
			})
		})
	}
}

func TestAbortOfAReleaseThatWentBackDoesNotTouchTheNextOne(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		first := w.Begun("2")
		w.Fenced(first)
		w.Leads("settle", byhand.Start(first))
		ended := w.Release(first.ID)
		w.Pass(time.Second)
		second := w.Baking("3")
		w.Does("decide", abort(first, "linus", "late"))
		if l := w.Lease(); !l.HeldBy(second) || l.Fence != nil {
			t.Errorf("the lease is %+v", l)
		}
		if got := w.Release(first.ID); got.Abort != nil || got.End != ended.End {
			t.Errorf("the record keeps %+v after its end %s", got.Abort, got.End)
		}
	})
}

// Whoever may put events on the bus could stop a release in anybody's name.
func TestAbortByEventCountsFromWhomTheDefinitionNames(t *testing.T) {
	for by, counts := range map[string]bool{"grace": true, "mallory": false} {
		byhand.RunWith(t, scenario.Options{}, scenario.Asking, func(w *byhand.World) {
			r := w.Baking("2")
			w.Does("decide", abort(r, by, "a story"))
			l, trail := w.Lease(), scenario.Story(w.Release(r.ID))
			if (l.Fence != nil) != counts || !strings.Contains(trail, "by an event of account") || strings.Contains(trail, "does not count") == counts {
				t.Errorf("%s: the fence is %+v\n%s", by, l.Fence, trail)
			}
		})
	}
}

func TestPromotionIsAskedOfTheLeaseAndEndsTheBake(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		before := w.Lock()
		w.Does("decide", promote(r))
		w.Does("decide", promote(r))
		if l := w.Lease(); !strings.HasPrefix(l.Promote, "grace (claimed, by an event of account ") || l.Fence != nil || !slices.Contains(w.Woken(), "first") {
			t.Errorf("lease %+v, woken %v", l, w.Woken())
		}
		if w.Lock() != before {
			t.Errorf("decide moved the traffic to %s: only shift may", w.Serves())
		}
	})
}

// Whoever can press a button in Slack, but is not among people, is written down and changes nothing.
func TestStrangerNeitherAbortsNorPromotes(t *testing.T) {
	for _, do := range []string{events.Abort, events.Promote} {
		t.Run(do, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				w.Does("decide:button", events.Spoken{Word: &events.Word{Release: r.ID, Do: do, How: rollout.BySlack, By: "T0SANDBOX/U0MALLORY", Comment: "let me"}})
				if l := w.Lease(); l.Fence != nil || l.Promote != "" || len(w.Woken()) > 0 {
					t.Errorf("fence %+v, promote %q, woken %v: nobody knows who said it", l.Fence, l.Promote, w.Woken())
				}
				if r := w.Release(r.ID); r.Abort != nil || !strings.Contains(w.Trail(r.ID), "does not count") {
					t.Errorf("abort %+v, or the trail does not say that it does not count:\n%s", r.Abort, w.Trail(r.ID))
				}
			})
		})
	}
}

// Slack and the mail would still call for an answer that was given.
func TestPeopleHearOfAnAnswerWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "decide", scenario.Options{}, strings.Replace(scenario.Asking, `"before":"last"`, `"before":"first"`, 1), func(w *byhand.World) {
		r := w.Asking("2")
		w.Does("ask", byhand.Task(r, 0, "mine"))
		w.Again("decide", byhand.Event(events.AnswerGiven, events.AnswerRequest{Release: r.ID, By: "grace", Answer: events.Approve}))
		if got := w.Told(r.ID); !slices.Contains(got, "answered") || !slices.Contains(w.Woken(), "mine") || len(w.Release(r.ID).Answers) != 1 {
			w.T.Errorf("people heard %v, woken %v, answers %v", got, w.Woken(), w.Release(r.ID).Answers)
		}
		if trail := w.Trail(r.ID); strings.Contains(trail, "does not count") {
			w.T.Errorf("the trail says\n%s", trail)
		}
	})
}
