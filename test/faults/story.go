package faults

import (
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// canary is the definition of the stories: two bakes of ten minutes, releases queue, half an hour to revert.
const canary = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whileRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// A story is a canonical release. What people and alarms do comes by the clock, whatever goes wrong meanwhile.
type story struct {
	name string
	tell func(w *scenario.World) (releases []string)
	// ends that each of the releases may come to when something goes wrong; the first is the one without faults.
	ends [][]rollout.End
}

var stories = []story{
	{
		"promoted",
		func(w *scenario.World) []string { return []string{w.Requested("2")} },
		[][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{"taken back at the first step", redAfter(4 * time.Minute), [][]rollout.End{{rollout.RolledBack}}},
	{"taken back at the second step", redAfter(14 * time.Minute), [][]rollout.End{{rollout.RolledBack}}},
	{"taken back after promotion", redAfter(26 * time.Minute), [][]rollout.End{{rollout.RolledBack}}},
	{
		"aborted",
		func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Aborted(id)
			return []string{id}
		},
		[][]rollout.End{{rollout.Aborted, rollout.RolledBack}},
	},
	{
		"promoted now",
		func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.PromotedNow(id)
			return []string{id}
		},
		[][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		"queued behind another",
		func(w *scenario.World) []string {
			first := w.Requested("2")
			w.Pass(3 * time.Minute)
			return []string{first, w.Requested("3")}
		},
		[][]rollout.End{{rollout.Succeeded, rollout.RolledBack}, {rollout.Succeeded, rollout.RolledBack}},
	},
	{
		"a machine stopped by hand",
		func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Stopped(id)
			return []string{id}
		},
		[][]rollout.End{{rollout.RolledBack}},
	},
}

// redAfter asks for a release and sets its alarm red some time later.
func redAfter(d time.Duration) func(w *scenario.World) []string {
	return func(w *scenario.World) []string {
		id := w.Requested("2")
		w.Pass(d)
		w.AlarmRed(scenario.Alarm)
		return []string{id}
	}
}
