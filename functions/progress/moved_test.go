package progress_test

import (
	"slices"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

// hooked is the event of a hook at which a deployment of a service waits.
func hooked(arn string) any {
	e := byhand.Event("", events.ServiceHook{Name: "HOOK_AWAITING_ACTION", Service: arn})
	e.Source, e.DetailType = "aws.ecs", "ECS Hook State Change"
	return e
}

// Only a release that waits for its target's service is woken: to end a bake early costs transitions, and shows nothing new.
func TestServiceThatMovedItsTargetWakesWhoWaitsForIt(t *testing.T) {
	for name, test := range map[string]struct {
		moving string
		fenced bool
		woken  []string
	}{
		"it moves":     {"2 of 4 tasks run", false, []string{"mine"}},
		"it goes back": {"", true, []string{"mine"}},
		"it bakes":     {"", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, scenario.Options{}, scenario.Canary, func(w *byhand.World) {
				held(w, test.moving, test.fenced)
				if _, err := w.Store.Await(t.Context(), "checkout-moved", "mine", time.Now()); err != nil {
					t.Fatal(err)
				}
				w.Does("progress", hooked("arn:aws:ecs:us-east-1:123456789012:service/shop/checkout"))
				if got := w.Woken(); !slices.Equal(got, test.woken) {
					t.Errorf("woken %v, want %v", got, test.woken)
				}
			})
		})
	}
}

// held has a release hold the service's target.
func held(w *byhand.World, moving string, fenced bool) {
	w.T.Helper()
	ctx, now := w.T.Context(), time.Now()
	l, err := w.Store.Acquire(ctx, rollout.Release{ID: "checkout-moved", Service: "checkout"}, "ecs:shop/checkout", now, now.Add(time.Hour))
	if err == nil {
		l.Moving = moving
		l, err = w.Store.Moved(ctx, l)
	}
	if err == nil && fenced {
		_, err = w.Store.Raise(ctx, l.Target, l.Owner, l.Epoch, rollout.Fence{Kind: rollout.ByAlarm, At: now})
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// A promoted release that is taken back waits for its service, too.
func TestServiceThatMovesAPromotedReleaseBackWakesIt(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Canary, func(w *byhand.World) {
		held(w, "", false)
		l, err := w.Store.Lease(t.Context(), "ecs:shop/checkout")
		if err == nil {
			l.Phase, l.ArmedUntil = rollout.Armed, time.Now().Add(time.Hour)
			err = w.Store.LetGo(t.Context(), l)
		}
		if err == nil {
			_, err = w.Store.Await(t.Context(), "checkout-moved", "mine", time.Now())
		}
		if err != nil {
			t.Fatal(err)
		}
		moves := hooked("arn:aws:ecs:us-east-1:123456789012:service/shop/checkout")
		w.Does("progress", moves)
		if got := w.Woken(); len(got) > 0 {
			t.Errorf("woken %v before it goes back", got)
		}
		if _, err := w.Store.Raise(t.Context(), l.Target, l.Owner, l.Epoch, rollout.Fence{Kind: rollout.ByAlarm, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		w.Does("progress", moves)
		if got := w.Woken(); !slices.Equal(got, []string{"mine"}) {
			t.Errorf("woken %v", got)
		}
	})
}

func TestServiceThatNobodyHoldsWakesNobody(t *testing.T) {
	byhand.RunWith(t, scenario.Options{}, scenario.Canary, func(w *byhand.World) {
		w.Does("progress", hooked("arn:aws:ecs:us-east-1:123456789012:service/shop/cart"))
		if got := w.Woken(); len(got) > 0 {
			t.Errorf("woken %v", got)
		}
	})
}
