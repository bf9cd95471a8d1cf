package scenario_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// turned gives a flag to 5, 25 and 100 % of the users.
const turned = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":25,"bake":"10m"}]}},"checks":{"errors":[{"cluster":1,"tolerate":1.25}]},
	"people":{"grace":{"event":"grace"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"1h"}`

func flagged(t *testing.T, k scenario.Flag, story func(w *scenario.World)) {
	scenario.RunWith(t, scenario.Options{Kind: k}, func(w *scenario.World) {
		w.Given(turned)
		w.Subscribe()
		w.Users(600)
		story(w)
		if mail := w.Mail(); strings.Contains(mail, "ALARM:") || strings.Contains(mail, "stuck") {
			w.T.Errorf("somebody was paged:\n%s", mail)
		}
	})
}

// everybody fails unless all users of all agents have one variant, once the agents have asked.
func everybody(w *scenario.World, variant string) {
	w.T.Helper()
	agents := w.FlagAgents(3)
	w.Pass(time.Minute)
	for user := range 200 {
		got, _ := agents[user%3].Flag(scenario.Service, map[string]string{"userId": strings.Repeat("u", user)})
		if v := scenario.VariantOf(got); v != variant {
			w.T.Fatalf("a user has %s, want %s", v, variant)
		}
	}
}

// share is the percent of users who have a variant.
func share(w *scenario.World, variant string) int {
	agent, n := w.FlagAgents(1)[0], 0
	for user := range 1000 {
		if got, _ := agent.Flag(scenario.Service, map[string]string{"userId": strings.Repeat("u", user)}); scenario.VariantOf(got) == variant {
			n++
		}
	}
	return n / 10
}

func TestGoodFlagIsTurnedOnForEverybody(t *testing.T) {
	for name, k := range map[string]scenario.Flag{"on": {Simple: true}, "2": {}} {
		t.Run(name, func(t *testing.T) {
			flagged(t, k, func(w *scenario.World) {
				id := w.Requested(name)
				w.Pass(6 * time.Minute)
				if n := share(w, name); n < 3 || n > 8 {
					w.T.Errorf("%d %% of the users have it at first, want 5", n)
				}
				w.Pass(11 * time.Minute)
				if n := share(w, name); n < 20 || n > 30 {
					w.T.Errorf("%d %% of the users have it then, want 25", n)
				}
				r := w.Ended(id)
				ends(w, r, rollout.Succeeded, name)
				everybody(w, name)
				if !strings.Contains(scenario.Story(r), "in the same minutes") {
					w.T.Errorf("nothing was compared; its story:\n%s", scenario.Story(r))
				}
			})
		})
	}
}

func TestBadFlagIsTurnedOffAgain(t *testing.T) {
	flagged(t, scenario.Flag{Simple: true}, func(w *scenario.World) {
		w.Breaks("on", 0.5)
		r := w.Ended(w.Requested("on"))
		ends(w, r, rollout.RolledBack, "off")
		everybody(w, "off")
		if r.Cause == nil || r.Cause.Kind != rollout.ByCheck {
			w.T.Errorf("the cause is %+v", r.Cause)
		}
	})
}

// From the alarm to the call that turns the flag off it is three calls, before a promotion and after it, and agents have it within their next poll.
func TestRedAlarmTurnsAFlagOffInThreeCalls(t *testing.T) {
	for name, after := range map[string]time.Duration{"while it bakes": 18 * time.Minute, "after its promotion": 40 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			flagged(t, scenario.Flag{Simple: true}, func(w *scenario.World) {
				id := w.Requested("on")
				w.Pass(after)
				w.AlarmRed("checkout-errors")
				everybody(w, "off")
				w.Pass(5 * time.Minute)
				r, _ := w.Recorded(id)
				ends(w, r, rollout.RolledBack, "off")
				if calls := w.CallsUntil("guard-flag", "appconfig:StartDeployment"); len(calls) != 3 {
					w.T.Errorf("guard called %+v, want a query, the fence and a deployment", calls)
				}
			})
		})
	}
}

// Another team turns its own flag on while a release runs, which then goes back.
func TestOthersFlagOfTheSameProfileStaysAsItIs(t *testing.T) {
	flagged(t, scenario.Flag{}, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(17 * time.Minute)
		w.Turned()
		agent := w.FlagAgents(1)[0]
		w.Pass(time.Minute)
		w.AlarmRed("checkout-errors")
		for range 60 {
			w.Pass(2 * time.Second)
			if list, _ := agent.Flag("list", nil); !list.Enabled {
				w.T.Fatal("the other flag is off")
			}
		}
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		everybody(w, "1")
	})
}

// Somebody else's deployment to the environment, which takes half an hour, does not end a release: the next step waits for it.
func TestReleaseOfAFlagWaitsForAnotherDeployment(t *testing.T) {
	flagged(t, scenario.Flag{}, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(8 * time.Minute)
		w.DeploysElsewhere("AppConfig.Linear20PercentEvery6Minutes")
		w.Pass(40 * time.Minute)
		if n := share(w, "2"); n > 8 {
			w.T.Errorf("%d %% of the users have it while the environment is busy, want 5", n)
		}
		r := w.Ended(id)
		ends(w, r, rollout.Succeeded, "2")
		everybody(w, "2")
	})
}

// And a way back waits for it, too: Sluice stops nobody else's deployment. It says what it waits for, and is not stuck.
func TestWayBackOfAFlagWaitsForAnotherDeployment(t *testing.T) {
	flagged(t, scenario.Flag{}, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(6 * time.Minute)
		w.DeploysElsewhere("AppConfig.Linear20PercentEvery6Minutes")
		w.Pass(time.Minute)
		w.AlarmRed("checkout-errors")
		w.Pass(10 * time.Minute)
		if r, _ := w.Recorded(id); !strings.Contains(scenario.Story(r), "AppConfig is not done with deployment") {
			w.T.Errorf("nobody is told; its story:\n%s", scenario.Story(r))
		}
		r := w.Ended(id)
		ends(w, r, rollout.RolledBack, "1")
		everybody(w, "1")
	})
}

// Somebody gives the flag to half of the users by hand.
func TestSomebodyElsesShareIsNoticed(t *testing.T) {
	flagged(t, scenario.Flag{}, func(w *scenario.World) {
		id := w.Requested("2")
		w.Pass(6 * time.Minute)
		w.Shares("3", 50)
		r := w.Ended(id)
		if r.Cause == nil || r.Cause.Kind != rollout.ByIntruder && !r.ByHand {
			w.T.Errorf("it ended %q by %+v, %s serves; its story:\n%s", r.End, r.Cause, w.Serves(), scenario.Story(r))
		}
	})
}
