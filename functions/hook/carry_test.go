package hook_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/byhand"
	"sluice/test/scenario"
)

const (
	staged   = "/checkout/staging/limit"
	produced = "/checkout/production/limit"
)

// carrying writes a parameter before its second step.
var carrying = scenario.Hooking(scenario.Canary, `{"name":"limits","beforeStep":2,"carry":[{"parameter":"`+produced+`","from":"`+staged+`"}]}`)

// carries is a release at its first step, with what it carries pinned.
func carries(w *byhand.World) rollout.Release {
	w.Flag(staged, "20")
	w.Flag(produced, "10")
	r := w.Baking("2")
	r.Carried = []rollout.Carried{{Parameter: produced, From: staged, Version: 1, Before: 1, Type: "String", Was: "10", Becomes: "20"}}
	if err := w.Store.Carries(w.T.Context(), r); err != nil {
		w.T.Fatal(err)
	}
	return r
}

// Each write makes a version, also one whose answer is lost.
func TestParameterIsWrittenOnceWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "hook", hooked, carrying, func(w *byhand.World) {
		r := carries(w)
		w.Again("hook", task(r, "mine"))
		ran := w.Release(r.ID).Ran("limits")
		if got := w.Parameter(produced); got != "20 at version 2" || ran.Verdict != rollout.GatePass || len(ran.Put) != 1 {
			w.T.Errorf("the parameter is %s, the hook %+v", got, ran)
		}
	})
}

// ended is the task of the execution that sees to hooks after the end.
func ended(w *byhand.World, r rollout.Release) any {
	w.Fenced(r)
	w.Does("rollback", byhand.Back(byhand.Start(r)))
	w.Leads("settle", byhand.Start(r))
	t := byhand.Task(r, byhand.Start(r).AfterEnd().Step, "theirs")
	t.Seconds = 300
	return t
}

func TestParameterIsPutBackOnceWhereverTheFirstTryDied(t *testing.T) {
	byhand.Crashing(t, "hook", hooked, carrying, func(w *byhand.World) {
		r := carries(w)
		w.Again("hook", task(r, "mine"))
		w.Again("hook", ended(w, r))
		if got := w.Parameter(produced); got != "10 at version 3" {
			w.T.Errorf("the parameter is %s: %+v", got, w.Release(r.ID).Ran("limits-back"))
		}
	})
}

func TestWhatSomebodyWroteSinceIsNotPutBack(t *testing.T) {
	for name, test := range map[string]struct {
		write   func(w *byhand.World, r rollout.Release)
		verdict rollout.GateVerdict
	}{
		"after it was carried": {func(w *byhand.World, r rollout.Release) {
			w.Does("hook", task(r, "mine"))
			w.Flag(produced, "12")
		}, rollout.GateFail},
		"before it was carried":           {func(w *byhand.World, _ rollout.Release) { w.Flag(produced, "12") }, rollout.GatePass},
		"the same, before it was carried": {func(w *byhand.World, _ rollout.Release) { w.Flag(produced, "20") }, rollout.GatePass},
		"the same, and it had not to be carried": {func(w *byhand.World, r rollout.Release) {
			w.Flag(produced, "20")
			w.Does("hook", task(r, "mine"))
		}, rollout.GatePass},
	} {
		t.Run(name, func(t *testing.T) {
			byhand.RunWith(t, hooked, carrying, func(w *byhand.World) {
				r := carries(w)
				test.write(w, r)
				before := w.Parameter(produced)
				w.Does("hook", ended(w, r))
				if got, ran := w.Parameter(produced), w.Release(r.ID).Ran("limits-back"); got != before || ran.Verdict != test.verdict {
					t.Errorf("the parameter was %s and is %s, the hook %+v", before, got, ran)
				}
			})
		})
	}
}

// A try that is cut off may write until the last moment: the parameter is put back after that.
func TestParameterIsPutBackWhenNobodyCanWriteItAnyMore(t *testing.T) {
	byhand.RunWith(t, hooked, carrying, func(w *byhand.World) {
		r := carries(w)
		until := time.Now().Add(time.Minute)
		if err := w.Store.Hooked(t.Context(), r.With(rollout.Ran{Name: "limits", Verdict: rollout.GateWait, Until: until, Put: []string{produced}})); err != nil {
			t.Fatal(err)
		}
		back := ended(w, r)
		if _, err := w.Call("hook", back); err == nil || !strings.Contains(err.Error(), "may write until") {
			t.Errorf("before that moment: %v", err)
		}
		w.Flag(produced, "20") // it was not too late
		w.Pass(time.Minute)
		w.Again("hook", back)
		if got := w.Parameter(produced); got != "10 at version 3" {
			t.Errorf("the parameter is %s: %+v", got, w.Release(r.ID).Ran("limits-back"))
		}
	})
}
