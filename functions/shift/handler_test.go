package shift_test

import (
	"slices"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

func TestStepIsMovedReadBackAndBakes(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Begun("2")
		entered := time.Now()
		w.Does("shift", byhand.Task(r, 0, "mine"))
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Errorf("the alias serves %s", got)
		}
		r, l := w.Release(r.ID), w.Lease()
		if l.Weight != 500 || l.Tag != w.Lock() || w.Waits(r.ID) != "mine" {
			t.Errorf("the lease says weight %v under lock %s, token %q; want what was read back and who bakes", l.Weight, l.Tag, w.Waits(r.ID))
		}
		if bakes := r.BakeUntil.Sub(entered); bakes != 10*time.Minute || !l.Expires.After(r.BakeUntil) || len(w.Woken()) != 0 {
			t.Errorf("it bakes %v, the lease expires %v after that, woken %v", bakes, l.Expires.Sub(r.BakeUntil), w.Woken())
		}
	})
}

// A retried state has a new token; the traffic is where it should be already.
func TestSecondTryMovesNothingAndBakesByItsOwnToken(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		before := w.Lock()
		w.Does("shift", byhand.Task(r, 0, "second"))
		if w.Lock() != before || w.Waits(r.ID) != "second" {
			t.Errorf("lock %s became %s, the token is %q", before, w.Lock(), w.Waits(r.ID))
		}
	})
}

// Its first try moved the traffic and died before it could write that down: it must not take itself for an intruder.
func TestMoveWhoseAnswerWasLostIsOurOwn(t *testing.T) {
	lost := sandboxtest.LoseAnswer("lambda:UpdateAlias")
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{lost}}, scenario.Canary, func(w *byhand.World) {
		r := w.Baking("2")
		if l := w.Lease(); l.Fence != nil || l.Weight != 500 || w.Waits(r.ID) != "first" || w.Serves() != "1 95 %, 2 5 %" {
			t.Errorf("fence %+v, weight %v, the alias serves %s", l.Fence, l.Weight, w.Serves())
		}
	})
}

func TestStepThatDiedBetweenItsMoveAndItsRecordIsFinished(t *testing.T) {
	died := byhand.For("shift", sandboxtest.Fail("events:PutEvents", 1, wire.AccessDenied("not yet")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{died}}, scenario.Canary, func(w *byhand.World) {
		r := w.Begun("2")
		w.Refuses("shift", byhand.Task(r, 0, "first"), "not yet")
		before := w.Lock()
		w.Does("shift", byhand.Task(r, 0, "second"))
		if l := w.Lease(); l.Fence != nil || l.Weight != 500 || w.Waits(r.ID) != "second" || w.Lock() != before {
			t.Errorf("lease %+v, the alias serves %s; want the first try's move, and the bake", l, w.Serves())
		}
	})
}

func TestNothingMovesForwardAgainstTheLease(t *testing.T) {
	for name, against := range map[string]func(w *byhand.World, r rollout.Release){
		"the fence is up": func(w *byhand.World, r rollout.Release) { w.Fenced(r) },
		"the lease expired and was taken over": func(w *byhand.World, _ rollout.Release) {
			w.LeaseExpires()
			w.Begun("3")
		},
		"it has ended": func(w *byhand.World, r rollout.Release) {
			w.Fenced(r)
			w.Leads("rollback", byhand.Start(r))
			w.Leads("settle", byhand.Start(r))
		},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Begun("2")
				against(w, r)
				before := w.Lock()
				w.Does("shift", byhand.Task(r, 0, "mine"))
				if w.Lock() != before || w.Serves() != "1" {
					t.Errorf("the alias serves %s", w.Serves())
				}
				if got := w.Woken(); len(got) == 0 || got[len(got)-1] != "mine" {
					t.Errorf("woken %v, want Judge to go on at once and find out why", got)
				}
			})
		})
	}
}

// The fence goes up while the update is on its way: the bake must not begin, for nobody would end it.
func TestFenceThatGoesUpDuringTheMoveEndsTheBakeAtOnce(t *testing.T) {
	var w *byhand.World
	var r rollout.Release
	late := sandboxtest.After("lambda:UpdateAlias", func() { w.Fenced(r) })
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{late}}, scenario.Canary, func(world *byhand.World) {
		w = world
		r = w.Begun("2")
		w.Does("shift", byhand.Task(r, 0, "mine"))
		if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
			t.Errorf("woken %v, want no wait", got)
		}
	})
}

// Somebody promotes the release while the update is on its way: they would wait for the end of the bake.
func TestNewsThatComesDuringTheMoveEndsTheBakeAtOnce(t *testing.T) {
	var w *byhand.World
	var r rollout.Release
	late := sandboxtest.After("lambda:UpdateAlias", func() {
		if token, err := w.Store.Ring(w.T.Context(), r.ID, time.Now()); token != "" || err != nil {
			t.Errorf("a ring wakes %q (%v) before the bake", token, err)
		}
	})
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{late}}, scenario.Canary, func(world *byhand.World) {
		w = world
		r = w.Begun("2")
		w.Does("shift", byhand.Task(r, 0, "mine"))
		if got := w.Woken(); !slices.Equal(got, []string{"mine"}) || w.Lease().Weight != 500 {
			t.Errorf("woken %v, the lease says %v; want the step's traffic, and no wait", got, w.Lease().Weight)
		}
	})
}

func TestSomebodyElsesMoveRaisesTheFence(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Split("1", "3", 0.5)
		before := w.Lock()
		w.Does("shift", byhand.Task(r, 1, "mine"))
		f := w.Lease().Fence
		if f == nil || f.Kind != rollout.ByIntruder || f.Reason != "Somebody else moved the traffic of lambda:checkout:live: 1 50 %, 3 50 %." {
			t.Errorf("fence %+v, want one that tells what was found", f)
		}
		if w.Lock() != before || !slices.Equal(w.Woken(), []string{"mine"}) {
			t.Errorf("the alias serves %s, woken %v; want somebody else's split and Judge woken", w.Serves(), w.Woken())
		}
	})
}

func TestStepWithoutABakeWakesItself(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Does("shift", byhand.Task(r, r.Last(), "mine"))
		if got := w.Woken(); w.Serves() != "2" || !slices.Equal(got, []string{"mine"}) {
			t.Errorf("the alias serves %s, woken %v", w.Serves(), got)
		}
	})
}

// Throttled or out of order: the state machine tries again, and nothing says that the step bakes.
func TestMoveThatFailedIsAnErrorAndNoBake(t *testing.T) {
	refused := sandboxtest.Fail("lambda:UpdateAlias", sandboxtest.Always, wire.Internal("out of order"))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{refused}}, scenario.Canary, func(w *byhand.World) {
		r := w.Begun("2")
		w.Refuses("shift", byhand.Task(r, 0, "mine"), "out of order")
		if l := w.Lease(); l.Fence != nil || w.Waits(r.ID) != "" || l.Weight != rollout.None || len(w.Woken()) != 0 {
			t.Errorf("lease %+v, woken %v", l, w.Woken())
		}
	})
}

// Somebody woke the step for nothing: it bakes on to the end that it had, tells nobody anew, and a step that would start anew each time would never end.
func TestStepThatIsCalledAgainKeepsTheEndOfItsBake(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		told := len(w.Told(r.ID))
		w.Pass(4 * time.Minute)
		w.Does("shift", byhand.Task(r, 0, "again"))
		if now := w.Release(r.ID); !now.BakeUntil.Equal(r.BakeUntil) || len(w.Told(r.ID)) != told || w.Waits(r.ID) != "again" {
			t.Errorf("it bakes until %v, want %v; told %v, token %q", now.BakeUntil, r.BakeUntil, w.Told(r.ID), w.Waits(r.ID))
		}
	})
}

// A release that adopts what it finds has nothing to move in its first step, and people hear of the step all the same.
func TestPeopleHearOfAStepThatWasAdoptedWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "shift", scenario.Options{}, scenario.Canary, func(w *byhand.World) {
		w.Split("1", "2", 0.05)
		r := w.Begun("2")
		w.Again("shift", byhand.Task(r, 0, "mine"))
		if got := w.Told(r.ID); !slices.Contains(got, "shifted") {
			w.T.Errorf("people heard %v", got)
		}
	})
}
