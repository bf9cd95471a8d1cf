package faults

import (
	"net/http"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// hooking has a function look at the first bake and a build run for three minutes before the second step, and has hooks after both ends.
const hooking = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"hooks":[{"name":"look","afterStep":1,"lambda":"checkout-smoke"},{"name":"migrate","beforeStep":2,"codeBuild":"acceptance","within":"20m"},
		{"name":"tell","after":"promotion","automation":"drill","parameters":{"Region":["eu-central-1"]},"within":"10m"},{"name":"undo","after":"rollback","lambda":"checkout-smoke"}],
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// hookStories are releases of aliases with hooks.
var hookStories = []story{
	{
		name: "promoted with hooks", edit: scenario.WithHooks, given: hooks(""), tell: requested,
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{name: "failing its hook", edit: scenario.WithHooks, given: hooks("exit status 1"), tell: requested, ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "taken back while its hook runs", edit: scenario.WithHooks, given: hooks(""), tell: redAfter(11 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "taken back while its hook after the promotion runs", edit: scenario.WithHooks, given: hooks(""), tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "taken back with a stage of a pipeline", edit: scenario.WithHooks, beside: scenario.Building, given: staged, tell: redStage,
		ends: [][]rollout.End{{rollout.RolledBack}},
	},
	{name: "promoted with a parameter", edit: scenario.WithHooks, given: carries, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "taken back with a parameter that it carried", edit: scenario.WithHooks, given: carries, tell: redAfter(5 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "taken back after the promotion with a parameter", edit: scenario.WithHooks, given: carries, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
}

// staging takes a stage of a pipeline back, too.
const staging = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"hooks":[{"name":"stage","after":"rollback","rollBackStage":{"pipeline":"shop","stage":"Release"}}],
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// staged has two commits pass the stage, of which the release's is the second.
func staged(w *scenario.World) {
	w.Define(staging)
	w.GivenProject()
	w.GivenShop(scenario.Rebuilds())
	for _, commit := range []string{"1", "2"} {
		w.Builds(commit, time.Minute, 2)
		w.Runs(commit)
		w.Pass(2 * time.Minute)
	}
}

// redStage releases that commit, and has the alarm go red.
func redStage(w *scenario.World) []string {
	id := w.Request(events.ReleaseRequest{Service: scenario.Service, Revision: "2", Commit: "2"})
	w.Pass(5 * time.Minute)
	w.AlarmRed(scenario.Alarm)
	return []string{id}
}

// carrying writes a parameter with the first traffic, and makes another one before the promotion.
const carrying = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"hooks":[{"name":"limits","before":"first","carry":[{"parameter":"/checkout/production/limit","from":"/checkout/staging/limit"}]},
		{"name":"colours","before":"promotion","carry":[{"parameter":"/checkout/production/colour","from":"/checkout/staging/colour"}]}],
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

func carries(w *scenario.World) {
	w.Define(carrying)
	w.Flag("/checkout/staging/limit", "20")
	w.Flag("/checkout/production/limit", "10")
	w.Flag("/checkout/staging/colour", "blue")
}

// hooks have what hooking runs; failed is what goes wrong with its build.
func hooks(failed string) func(w *scenario.World) {
	return func(w *scenario.World) {
		w.Define(hooking)
		w.Tester("checkout-smoke", time.Second, "{}", nil)
		w.Acceptance(3*time.Minute, failed)
		w.Drill(3*time.Minute, "")
	}
}

// everyHook has a hook of each sort, in each place.
const everyHook = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"hooks":[{"name":"limits","before":"first","carry":[{"parameter":"/checkout/production/limit","from":"/checkout/staging/limit"}]},
		{"name":"look","afterStep":1,"lambda":"checkout-smoke"},{"name":"ask","beforeStep":2,` + scenario.ByEndpoint + `},{"name":"migrate","beforeStep":2,"codeBuild":"acceptance","within":"20m"},
		{"name":"colours","before":"promotion","carry":[{"parameter":"/checkout/production/colour","from":"/checkout/staging/colour"}]},
		{"name":"tell","after":"promotion","automation":"drill","parameters":{"Region":["eu-central-1"]},"within":"10m"},{"name":"undo","after":"rollback","lambda":"checkout-smoke"}],
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// everyJob has what they run, and what they carry.
func everyJob(w *scenario.World) {
	hooks("")(w)
	carries(w)
	w.Define(everyHook)
	w.GivesEndpointKey()
	w.Endpoint("ci.example.com", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNoContent) }))
}
