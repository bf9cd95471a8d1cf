package scenario

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// freezes says something about a freeze at the command line, as linus' role.
func (w *World) freezes(o events.Order) {
	w.T.Helper()
	if out, status := w.Commands("linus", o); status != http.StatusOK || !out.Done {
		w.T.Fatalf("%+v: %d, %+v", o, status, out)
	}
}

func freeze(service string) events.Order {
	return events.Order{Do: events.Freeze, Service: service, Comment: "orders are lost"}
}

func unfreeze(service string) events.Order {
	return events.Order{Do: events.Unfreeze, Service: service}
}

// stays checks that a release has the same weight after some hours.
func (w *World) stays(id string, serves string) {
	w.T.Helper()
	for range 3 {
		w.Pass(2 * time.Hour)
		if got := w.Serves(); got != serves {
			w.T.Fatalf("%s is served, want %s\n%s", got, serves, w.Trail(id))
		}
	}
}

// A frozen release keeps what it has, however long that is, and goes on at once when the freeze is lifted.
func TestFrozenReleaseStaysAndGoesOnAtOnce(t *testing.T) {
	for _, service := range []string{Service, ""} {
		t.Run("service "+service, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Hires()
				w.Given(Canary)
				id := w.Requested("2")
				w.AtStep(id, 1)
				w.freezes(freeze(service))
				w.stays(id, "1 75 %, 2 25 %")
				w.freezes(unfreeze(service))
				w.Pass(2 * time.Second)
				if got := w.Serves(); got != "1 50 %, 2 50 %" {
					t.Errorf("a moment later %s is served\n%s", got, w.Trail(id))
				}
				w.Pass(5 * time.Minute)
				if got := w.Serves(); got != "1 50 %, 2 50 %" {
					t.Errorf("its bake is cut short: %s is served", got)
				}
				if r := w.Ended(id); r.End != rollout.Succeeded || !strings.Contains(w.Trail(id), "lifted the freeze") {
					t.Errorf("ended %s\n%s", r.End, w.Trail(id))
				}
				if got := w.Told(id); !slices.Contains(got, "held") {
					t.Errorf("people heard %v", got)
				}
			})
		})
	}
}

// A freeze keeps releases out that have not begun, whether their definition has gates or not.
func TestFrozenServiceLetsNoReleaseBegin(t *testing.T) {
	for name, definition := range map[string]string{
		"without gates": Canary,
		"with gates":    Gated(`"windows":[{"from":"00:00","until":"24:00","zone":"UTC"}]`),
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Hires()
				w.Given(definition)
				w.Ended(w.Requested("2"))
				w.freezes(freeze(Service))
				id := w.Requested("3")
				w.stays(id, "2")
				if r := w.recorded(id); !r.Gated() || !r.Started.IsZero() {
					t.Errorf("it does not wait before a gate: %+v", r.Gates)
				}
				w.freezes(unfreeze(Service))
				w.Pass(10 * time.Second)
				if r := w.recorded(id); r.Started.IsZero() {
					t.Errorf("it has not begun:\n%s", w.Trail(id))
				}
				w.Ended(id)
			})
		})
	}
}

// The time of a freeze ends it, and one of two freezes keeps what the other lets go.
func TestFreezeEndsByItselfAndTwoAreTwo(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(Canary)
		id := w.Requested("2")
		w.AtStep(id, 0)
		all := freeze("")
		all.Until = time.Now().Add(5 * time.Hour)
		w.freezes(all)
		w.freezes(freeze(Service))
		w.Pass(time.Hour)
		w.freezes(unfreeze(Service))
		w.Pass(time.Hour)
		if got := w.Serves(); got != "1 95 %, 2 5 %" {
			t.Fatalf("everything is frozen, and %s is served", got)
		}
		w.Pass(3*time.Hour + 10*time.Second)
		if got := w.Serves(); got != "1 75 %, 2 25 %" {
			t.Errorf("when its time is over %s is served\n%s", got, w.Trail(id))
		}
		if r := w.Ended(id); r.End != rollout.Succeeded {
			t.Errorf("ended %s", r.End)
		}
	})
}

// What brings traffic back does not know the freeze.
func TestFreezeKeepsNothingFromGoingBack(t *testing.T) {
	for name, row := range map[string]struct {
		happens func(w *World, id string)
		end     rollout.End
	}{
		"an alarm": {func(w *World, _ string) { w.AlarmRed(Alarm) }, rollout.RolledBack},
		"an abort": {func(w *World, id string) { w.freezes(events.Order{Do: events.Abort, Release: id}) }, rollout.Aborted},
		"an undo": {func(w *World, id string) {
			w.freezes(unfreeze(""))
			w.Ended(id)
			w.freezes(freeze(""))
			w.freezes(events.Order{Do: events.Undo, Release: id})
		}, rollout.Aborted},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				w.Hires()
				w.Given(Canary)
				id := w.Requested("2")
				w.AtStep(id, 1)
				w.freezes(freeze(""))
				w.Pass(2 * time.Hour)
				row.happens(w, id)
				w.Pass(time.Minute)
				if r := w.recorded(id); r.End != row.end || w.Serves() != "1" {
					t.Errorf("ended %q, %s is served\n%s", r.End, w.Serves(), w.Trail(id))
				}
			})
		})
	}
}

// Whoever may override gates lets one release through a freeze, and not through the next one.
func TestOverrideLetsAReleaseThroughAFreeze(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(with(Gated(`"windows":[{"from":"00:00","until":"24:00","zone":"UTC"}],"override":["grace"]`), `"grace":{"event":"grace"}`, `"grace":{"event":"grace"},"linus":{"aws":"arn:aws:iam::123456789012:role/`+Operators+`"}`))
		w.Ended(w.Requested("2"))
		w.freezes(freeze(Service))
		id := w.Requested("3")
		w.Pass(time.Minute)
		w.Overrides(id, "grace", "the fix", "freeze")
		w.AtStep(id, 0)
		w.freezes(freeze(""))
		w.stays(id, w.Serves())
		w.Overrides(id, "linus", "I may not", "")
		w.stays(id, w.Serves())
		w.Overrides(id, "grace", "it is the fix", "")
		if r := w.Ended(id); r.End != rollout.Succeeded || len(r.Overrides) != 2 {
			t.Errorf("ended %s with %+v\n%s", r.End, r.Overrides, w.Trail(id))
		}
	})
}

// Each is an attempt to stop a service, or to let it go on, by somebody who may not.
func TestWhoMayNotFreezesAndLiftsNothing(t *testing.T) {
	Run(t, func(w *World) {
		w.Hires()
		w.Given(with(signing, "role/"+Operators, "role/others"))
		id := w.Requested("2")
		w.AtStep(id, 1)
		refused := func(what string, o events.Order, says string) {
			t.Helper()
			out, _ := w.Commands("eve", o)
			if out.Done || !strings.Contains(out.Says+" "+out.Remedy, says) {
				t.Errorf("%s: %+v, want %q", what, out, says)
			}
		}
		refused("a stranger's freeze", freeze(Service), "not among people of the definition")
		refused("a freeze without a reason", events.Order{Do: events.Freeze, Service: Service}, "say why")
		refused("a freeze of a release", events.Order{Do: events.Freeze, Service: Service, Release: id, Comment: "x"}, "leave it out")
		refused("a freeze of nothing", freeze("basket"), "nothing of \"basket\" was released yet")
		refused("a freeze that has ended", events.Order{Do: events.Freeze, Comment: "x", Until: time.Now().Add(-time.Hour)}, "has passed")
		w.Browser().Opens(w.Invited(id)).Continues().Presses("freeze", "dan looks into it")
		w.Pass(time.Minute)
		refused("a stranger lifts it", unfreeze(Service), "not among people of the definition")
		b := w.Browser().Opens(w.Invited(id)).Continues()
		if !strings.Contains(b.Page, "dan looks into it") {
			t.Errorf("the page does not show the freeze:\n%s", b.Page)
		}
		w.stays(id, "1 75 %, 2 25 %")
		b.Presses("unfreeze", "")
		w.Pass(10 * time.Second)
		if got := w.Serves(); got != "1 50 %, 2 50 %" {
			t.Errorf("%s is served", got)
		}
	})
}
