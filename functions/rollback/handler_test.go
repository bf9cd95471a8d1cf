package rollback_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
	"sluice/test/byhand"
	"sluice/test/sandbox/memory"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

func TestTrafficGoesBackAndASecondCallChangesNothing(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Baking("2")
		w.Leads("rollback", byhand.Start(r))
		lock, l := w.Lock(), w.Lease()
		if w.Serves() != "1" || l.Weight != rollout.None || l.Tag != lock || l.Fence == nil {
			t.Errorf("the alias serves %s under %s; lease %+v", w.Serves(), lock, l)
		}
		if c := w.Leads("rollback", byhand.Start(r)); c.Next != rollout.NextSettle {
			t.Errorf("the second call goes on with %q", c.Next)
		}
		if w.Lock() != lock {
			t.Error("the second call moved the alias once more")
		}
		if got := w.Told(r.ID); !slices.Equal(got, []string{"started", "shifted", "rolling-back"}) {
			t.Errorf("people heard %v, want of the way back once", got)
		}
	})
}

// What the state machine caught is the reason, unless somebody had one before.
func TestFirstReasonStands(t *testing.T) {
	for name, test := range map[string]struct {
		fence func(w *byhand.World, r rollout.Release)
		kind  rollout.FenceKind
		says  string
	}{
		"an error and nobody's word": {func(*byhand.World, rollout.Release) {}, rollout.ByBreakdown, "A step failed: out of memory"},
		"a person's word before it":  {func(w *byhand.World, r rollout.Release) { w.Fenced(r) }, rollout.ByPerson, "grace stopped the release"},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := w.Baking("2")
				test.fence(w, r)
				c := byhand.Start(r)
				c.Error = &rollout.MachineError{Error: "Lambda.Unknown", Cause: "out of memory"}
				w.Leads("rollback", c)
				if f := w.Release(r.ID).Cause; f == nil || f.Kind != test.kind || f.Reason != test.says {
					t.Errorf("the cause is %+v, want %s: %s", f, test.kind, test.says)
				}
			})
		})
	}
}

// Its traffic is not ours to move.
func TestReleaseThatDoesNotHoldTheTargetMovesNothing(t *testing.T) {
	for name, lead := range map[string]func(w *byhand.World) rollout.Release{
		"it never held it": func(w *byhand.World) rollout.Release {
			w.Baking("3")
			return w.Planned("2")
		},
		"another one took its expired lease": func(w *byhand.World) rollout.Release {
			r := w.Baking("2")
			w.LeaseExpires()
			w.Does("shift", byhand.Task(w.Begun("3"), 0, "other"))
			return r
		},
		"it failed in Plan": func(w *byhand.World) rollout.Release { return w.Created("2") },
	} {
		t.Run(name, func(t *testing.T) {
			byhand.Run(t, func(w *byhand.World) {
				r := lead(w)
				before := w.Lock()
				c := w.Leads("rollback", byhand.Start(r))
				if c.Next != rollout.NextSettle || w.Lock() != before || w.Lease().Fence != nil {
					t.Errorf("it goes on with %q, the alias serves %s, fence %+v", c.Next, w.Serves(), w.Lease().Fence)
				}
			})
		})
	}
}

// Nothing moved before Gate wrote what to come back to; the previous owner's stable is not ours.
func TestReleaseThatHasNotBegunLeavesTheTrafficAlone(t *testing.T) {
	byhand.Run(t, func(w *byhand.World) {
		r := w.Planned("2")
		if _, err := w.Store.Acquire(w.T.Context(), r, scenario.Target, r.Created, r.Created.Add(rollout.Margin)); err != nil {
			t.Fatal(err)
		}
		w.Split("1", "3", 0.5)
		before := w.Lock()
		if c := w.Leads("rollback", byhand.Start(r)); c.Next != rollout.NextSettle || w.Lock() != before {
			t.Errorf("it goes on with %q, the alias serves %s", c.Next, w.Serves())
		}
		if w.Lease().Fence == nil {
			t.Error("the fence is down: a late step could still move")
		}
	})
}

// People hear of it although the traffic cannot be moved yet, and the fence keeps every forward step away meanwhile.
func TestPeopleHearOfARollbackThatDoesNotSucceedAtOnce(t *testing.T) {
	faults := byhand.For("rollback", sandboxtest.Fail("lambda:UpdateAlias", sandboxtest.Always, wire.Internal("out of order")))
	byhand.RunWith(t, scenario.Options{Middleware: []wire.Middleware{faults}}, scenario.Canary, func(w *byhand.World) {
		r := w.Baking("2")
		w.Refuses("rollback", byhand.Back(byhand.Start(r)), "out of order")
		w.Refuses("rollback", byhand.Back(byhand.Start(r)), "out of order")
		if got := w.Told(r.ID); !slices.Equal(got, []string{"started", "shifted", "rolling-back"}) || w.Lease().Fence == nil {
			t.Errorf("people heard %v, fence %+v", got, w.Lease().Fence)
		}
		if trail := w.Trail(r.ID); strings.Count(trail, "All traffic goes back to version 1") != 1 {
			t.Errorf("the trail says\n%s", trail)
		}
	})
}

// tokenless refuses to store the token of a wait.
func tokenless(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if in, is := call.Input.(*dynamodb.UpdateItemInput); is {
			if pk, _ := in.Key["pk"].(*types.AttributeValueMemberS); strings.HasPrefix(pk.Value, "wait#") {
				return nil, wire.Internal("out of order")
			}
		}
		return next(ctx, call)
	}
}

// A way back that takes minutes ends its wait by event. Where the token cannot be stored, it goes on all the same.
func TestWayBackThatTakesMinutesIsWaitedForByToken(t *testing.T) {
	slow := scenario.Options{Kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}}
	for name, faults := range map[string]wire.Middleware{"back": nil, "start": byhand.For("rollback-fleet", tokenless)} {
		t.Run(name, func(t *testing.T) {
			o := slow
			if faults != nil {
				o.Middleware = []wire.Middleware{faults}
			}
			byhand.RunWith(t, o, scenario.Canary, func(w *byhand.World) {
				r := w.Begun("2")
				w.Does("shift", stepfunctions.Task{Release: r.ID, Token: "start", Entered: time.Now(), Seconds: 1})
				if _, err := w.Store.Await(w.T.Context(), r.ID, "start", time.Now()); err != nil {
					t.Fatal(err)
				}
				w.Pass(4 * time.Minute)
				w.Does("rollback", byhand.Back(byhand.Start(r)))
				if got := w.Waits(r.ID); got != name || w.Lease().Fence == nil {
					t.Errorf("it waits by %q, fence %+v", got, w.Lease().Fence)
				}
				w.Pass(4 * time.Minute)
				w.Does("rollback", byhand.Back(byhand.Start(r)))
				if l := w.Lease(); l.Weight != rollout.None || w.Serves() != "1" {
					t.Errorf("it serves %s; lease %+v", w.Serves(), l)
				}
			})
		})
	}
}
