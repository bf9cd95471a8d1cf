package faults

import (
	"strings"
	"time"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// buildStories are releases of aliases whose revisions a pipeline makes.
var buildStories = []story{
	{
		name: "pushed, and built by a pipeline", edit: scenario.WithPipeline, beside: scenario.Building, given: factory(2), tell: pushes,
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name: "pushed, and not built by a pipeline", edit: scenario.WithPipeline, beside: scenario.Building, given: factory(0), tell: pushes,
		ends: [][]rollout.End{{rollout.Rejected, rollout.RolledBack}},
	},
	{
		name: "aborted while a pipeline builds", edit: scenario.WithPipeline, beside: scenario.Building, given: factory(2),
		tell: func(w *scenario.World) []string {
			releases := pushes(w)
			w.Pass(time.Minute)
			w.Aborted(releases[0])
			return releases
		},
		ends: [][]rollout.End{{rollout.Aborted, rollout.RolledBack, rollout.Succeeded}},
	},
}

func pushes(w *scenario.World) []string { return []string{w.Pushes(scenario.Commit(1))} }

// factory has a pipeline make a version of the first push in three minutes; 0 is a failure.
func factory(version int) func(w *scenario.World) {
	return func(w *scenario.World) {
		w.Define(strings.Replace(pushed, `"codeBuild":"checkout"`, `"codePipeline":{"pipeline":"factory"}`, 1))
		w.GivenFactory()
		w.Builds(scenario.Commit(1), 3*time.Minute, version)
	}
}
