package faults

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// canary is the definition of the stories: two bakes of ten minutes, releases queue, half an hour to revert.
const canary = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// asking has people asked before 100 %, for ten minutes.
const asking = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"people":{"grace":{"event":"grace","slack":"T0SANDBOX/U0GRACE"},"linus":{"event":"linus"}},
	"approvals":[{"before":"last","from":["grace","linus"],"quorum":1,"within":"10m"}],"slack":{"channel":"C0123456789"},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// marked has marked requests come to the candidate for ten minutes, before any others.
const marked = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":0,"marked":true,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// blueGreen tests the candidate before it gets traffic.
const blueGreen = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"blueGreen":{"test":{},"bake":"10m"}},"guard":{"alarms":["checkout-errors"]},"revertWindow":"30m"}`

// pushed is released by pushes, each after a build of three minutes.
const pushed = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"source":{"repository":"github/acme/checkout","build":{"codeBuild":"checkout","within":"20m"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// gated waits for a window that opens half an hour after midnight, for a flag that is set, and for a test of three minutes. Grace
// may override.
const gated = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":5,"bake":"10m"}]}},"people":{"grace":{"event":"grace"}},
	"gates":{"windows":[{"from":"00:30","until":"23:00","zone":"UTC"}],"flags":[{"parameter":"/checkout/releases","equals":"on"}],
		"tests":[{"codeBuild":"acceptance","within":"20m"}],"override":["grace"]},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// compared is judged each minute beside stable; no alarm guards it.
const compared = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":20,"bake":"10m"},{"weight":50,"bake":"10m"}]}},
	"checks":{"errors":[{"cluster":1,"enough":10}],"latency":[{"dryRun":true}],"whenInconclusive":{"extend":1,"then":"rollBack"}},
	"guard":{"alarms":[]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// resting is a fleet that comes up in four minutes and moves to each weight in one, when it is told so.
var resting = scenario.Fleet{Pace: memory.Pace{Takes: 4 * time.Minute}}

// A story is a canonical release. What people and alarms do comes by the clock, whatever goes wrong meanwhile.
type story struct {
	name string
	tell func(w *scenario.World) (releases []string)
	// ends that each of the releases may come to when something goes wrong; the first is the one without faults.
	ends [][]rollout.End
	// given changes the world before the story begins; standing goes wrong all the time, besides the single faults.
	given    func(w *scenario.World)
	standing []Fault
	edit     func(t *cfn.Template) // of the deployed template
	beside   string                // template of a stack of the team's own
	kind     scenario.Kind         // of the target; nil for an alias
	theirs   string                // what somebody else deploys past Sluice
	watched  bool                  // each turn of watch counts: all of them are broken
}

// served has requests come in, of which each version fails a share.
func served(stable, candidate float64) func(w *scenario.World) {
	return func(w *scenario.World) {
		w.Define(compared)
		w.Breaks("1", stable)
		w.Breaks("2", candidate)
		w.Traffic(12)
	}
}

// stories are all of them.
var stories = slices.Concat(aliasStories, hookStories, buildStories, kindStories)

// hooked is a service of ECS of whose deployments a function says so, before traffic shifts.
func hooked(says string) scenario.Hooked {
	return scenario.Hooked{At: types.DeploymentLifecycleHookStagePreProductionTrafficShift, Says: scenario.Saying(says)}
}

func defined(definition string) func(w *scenario.World) {
	return func(w *scenario.World) { w.Define(definition) }
}

// answered asks for a release and has grace answer its question.
func answered(answer string) func(w *scenario.World) []string {
	return func(w *scenario.World) []string {
		id := w.Requested("2")
		w.Pass(13 * time.Minute)
		w.Answered(id, "grace", answer)
		return []string{id}
	}
}

func requested(w *scenario.World) []string { return []string{w.Requested("2")} }

// asItIsNow asks for a release of an API that somebody has changed and nobody has deployed.
func asItIsNow(w *scenario.World) []string {
	w.Edited("2", "fresh1")
	return []string{w.Requested("now")}
}

// retired asks for a release, and lets the time pass in which the pool that it leaves is retired.
func retired(w *scenario.World) []string {
	w.Pass(5 * time.Minute)
	id := w.Requested("2")
	w.Pass(70 * time.Minute)
	return []string{id}
}

// imaged asks for the release of an image, of which a task definition is still to be made.
func imaged(w *scenario.World) []string {
	w.Pass(5 * time.Minute)
	return []string{w.Requested("acme/checkout@" + scenario.Tasks{}.PushedImage(w, 1))}
}

// failing has a ceiling on what callers of a configuration count, and the candidate break it.
func failing(w *scenario.World) {
	w.Define(strings.Replace(outright, `"guard"`, `"checks":{"ceilings":[{"percent":4,"errors":5,"requests":10}]},"guard"`, 1))
	w.Breaks("2", 1)
	w.Pollers(5, 30)
}

// upFirst lets a service's first tasks come up.
func upFirst(tell func(w *scenario.World) []string) func(w *scenario.World) []string {
	return func(w *scenario.World) []string {
		w.Pass(3 * time.Minute)
		return tell(w)
	}
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

// besideAnother has somebody turn another flag on before the alarm.
func besideAnother(w *scenario.World) []string {
	id := w.Requested("2")
	w.Pass(15 * time.Minute)
	w.Turned()
	w.Pass(time.Minute)
	w.AlarmRed(scenario.Alarm)
	return []string{id}
}

// guarded has the flag set and a test that passes.
func guarded(w *scenario.World) {
	w.Define(gated)
	w.Flag("/checkout/releases", "on")
	w.Acceptance(3*time.Minute, "")
}

// building has a project that builds version 2 of the first push and version 3 of the second.
func building(w *scenario.World) {
	w.Define(pushed)
	w.GivenProject()
	w.Builds(scenario.Commit(1), 3*time.Minute, 2)
	w.Builds(scenario.Commit(2), 3*time.Minute, 3)
}

// staysRedAfter is redAfter with an alarm that its own evaluation leaves red.
func staysRedAfter(d time.Duration) func(w *scenario.World) []string {
	return func(w *scenario.World) []string {
		id := w.Requested("2")
		w.Pass(d)
		w.StaysRed(scenario.Alarm)
		return []string{id}
	}
}
