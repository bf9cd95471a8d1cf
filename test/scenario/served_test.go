package scenario

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
)

// A build that changes nothing publishes no new version, and asks for the one that serves: that is no failure of anybody's.
func TestReleaseOfWhatServesAlreadyHasNothingToDo(t *testing.T) {
	for name, test := range map[string]struct {
		definition, version string
		given               func(w *World)
	}{
		"one version":         {version: "1", given: func(*World) {}},
		"as the weighted one": {version: "2", given: func(w *World) { w.Split("1", "2", 1) }},
		"before shut gates":   {definition: with(Canary, `"guard"`, `"gates":{"freezes":[{"from":"1999-01-01T00:00:00Z","until":"2001-01-01T00:00:00Z","owner":"grace","reason":"a freeze"}]},"guard"`), version: "1", given: func(*World) {}},
		"just promoted":       {version: "2", given: func(w *World) { w.Ended(w.Requested("2")) }},
	} {
		t.Run(name, func(t *testing.T) {
			Run(t, func(w *World) {
				if test.definition == "" {
					test.definition = Canary
				}
				w.Given(test.definition)
				test.given(w)
				before, lease := w.Serves(), w.Lease()
				id := w.Requested(test.version)
				r := w.Ended(id)
				w.Then(r, rollout.Succeeded, began+ends, before)
				if want := "Nothing to do: version " + test.version + " serves all traffic already."; !strings.Contains(Story(r), want) {
					t.Errorf("want %q in its story:\n%s", want, Story(r))
				}
				if now := w.Lease(); now.Phase != lease.Phase || now.Owner != lease.Owner || !now.ArmedUntil.Equal(lease.ArmedUntil) {
					t.Errorf("the lease was %+v and is %+v", lease, now)
				}
				if told := w.Told(id); !slices.Equal(told, []string{"succeeded"}) {
					t.Errorf("told %v", told)
				}
			})
		})
	}
}

// What serves everything in the last step of another release may yet go back.
func TestReleaseOfWhatAnotherIsStillBringingWaitsForItsEnd(t *testing.T) {
	Run(t, func(w *World) {
		w.Given(with(Canary, `{"weight":50,"bake":"10m"}`, `{"weight":50,"bake":"10m"},{"weight":100,"bake":"1h"}`))
		first := w.Requested("2")
		w.AtStep(first, 3)
		again := w.Requested("2")
		w.Pass(10 * time.Minute)
		if r, _ := w.Recorded(again); r.End != "" {
			t.Fatalf("it ended %s while the first one bakes", r.End)
		}
		w.Ended(first)
		if r := w.Ended(again); r.End != rollout.Succeeded || !r.Served {
			t.Errorf("it ended %s:\n%s", r.End, Story(r))
		}
	})
}

// Nobody has to read what machines write to each other.
func TestCauseThatPeopleReadIsNoJSON(t *testing.T) {
	for _, function := range []string{"plan", "admit", "shift", "judge"} {
		t.Run(function, func(t *testing.T) {
			RunWith(t, Options{Middleware: fail(function, "dynamodb:GetItem", always)}, func(w *World) {
				w.Given(Canary)
				w.Subscribe()
				id := w.Requested("2")
				r := w.Ended(id)
				w.Pass(time.Minute)
				for _, text := range []string{Story(r), r.Cause.Reason, w.Mail()} {
					if strings.Contains(text, "errorMessage") || strings.Contains(text, "wrapError") || strings.Contains(text, "errorType") {
						t.Errorf("people read:\n%s", text)
					}
				}
				if r.Cause.Kind != rollout.ByBreakdown || !strings.Contains(r.Cause.Reason, "reading ") {
					t.Errorf("the cause %+v does not say what failed", r.Cause)
				}
			})
		})
	}
}
