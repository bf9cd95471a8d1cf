package faults

import (
	"strings"
	"time"

	"sluice/events"
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

var stories = []story{
	{
		name: "promoted",
		tell: requested,
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{name: "taken back at the first step", tell: redAfter(4 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "taken back at the second step", tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "taken back after promotion", tell: redAfter(26 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "taken back by the level of its alarm", edit: scenario.WithoutAlarmEvents, watched: true,
		tell: staysRedAfter(4 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack, rollout.Rejected}}, // one that comes late finds the alarm red
	},
	{
		name: "reverted by the level of its alarm", edit: scenario.WithoutAlarmEvents, watched: true,
		tell: staysRedAfter(26 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}},
	},
	{
		name: "failing its pre-traffic test",
		edit: scenario.WithTests,
		given: func(w *scenario.World) {
			w.Define(blueGreen)
			w.Breaks("2", 1)
		},
		tell: requested,
		ends: [][]rollout.End{{rollout.RolledBack}},
	},
	{
		name: "an alias that cannot be moved back",
		tell: redAfter(4 * time.Minute),
		ends: [][]rollout.End{{rollout.Stuck}},
		standing: []Fault{
			{Point{"guard", "lambda:UpdateAlias", 0}, Refuse},
			{Point{"rollback", "lambda:UpdateAlias", 0}, Refuse},
			{Point{"settle", "lambda:UpdateAlias", 0}, Refuse},
		},
	},
	{
		name: "aborted",
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Aborted(id)
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.Aborted, rollout.RolledBack}},
	},
	{
		name: "promoted now",
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.PromotedNow(id)
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "approved by a person",
		given: defined(asking),
		tell:  answered(events.Approve),
		ends:  [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "rejected by a person",
		given: defined(asking),
		tell:  answered(events.Reject),
		ends:  [][]rollout.End{{rollout.Aborted, rollout.RolledBack}},
	},
	{
		name:  "approved in Slack",
		given: defined(asking),
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(13 * time.Minute)
			for range 3 { // a person whose press fails sees that, and presses again
				if w.PressedAbout(id, "approve", "U0GRACE") == nil {
					break
				}
				w.Pass(time.Minute)
			}
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "compared with stable, and as good",
		given: served(0.02, 0.02),
		tell:  requested,
		ends:  [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "compared with stable, and worse",
		given: served(0, 0.9),
		tell:  requested,
		ends:  [][]rollout.End{{rollout.RolledBack}},
	},
	{
		name:  "asking people who are silent",
		given: defined(asking),
		tell:  requested,
		ends:  [][]rollout.End{{rollout.RolledBack}},
	},
	{
		name: "queued behind another",
		tell: func(w *scenario.World) []string {
			first := w.Requested("2")
			w.Pass(3 * time.Minute)
			return []string{first, w.Requested("3")}
		},
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}, {rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "pushed and built",
		given: building,
		tell:  func(w *scenario.World) []string { return []string{w.Pushes(scenario.Commit(1))} },
		ends:  [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "pushed, and pushed again while it is built",
		given: building,
		tell: func(w *scenario.World) []string {
			first := w.Pushes(scenario.Commit(1))
			w.Pass(time.Minute)
			return []string{first, w.Pushes(scenario.Commit(2))}
		},
		// What goes wrong may let the first begin before the second is there, or end it.
		ends: [][]rollout.End{{rollout.Superseded, rollout.RolledBack, rollout.Succeeded}, {rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "pushed, and does not build",
		given: func(w *scenario.World) { building(w); w.Builds(scenario.Commit(1), 3*time.Minute, 0, "exit status 1") },
		tell:  func(w *scenario.World) []string { return []string{w.Pushes(scenario.Commit(1))} },
		ends:  [][]rollout.End{{rollout.Rejected, rollout.RolledBack}},
	},
	{
		name:  "let through its gates by a person",
		edit:  scenario.WithGates,
		given: guarded,
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Overrides(id, "grace", "the fix cannot wait", "windows")
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "frozen between two steps, and let go on",
		given: func(w *scenario.World) { w.Hires() },
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Insists("linus", events.Order{Do: events.Freeze, Comment: "the network is ill"})
			w.Pass(20 * time.Minute)
			w.Insists("linus", events.Order{Do: events.Unfreeze})
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name:  "failing the test before its gates open",
		edit:  scenario.WithGates,
		given: func(w *scenario.World) { guarded(w); w.Acceptance(3*time.Minute, "exit status 1") },
		tell:  requested,
		ends:  [][]rollout.End{{rollout.Rejected, rollout.RolledBack}},
	},
	{
		name: "promoted, and taken back after a later release went back",
		tell: func(w *scenario.World) []string {
			first := w.Requested("2")
			w.Pass(26 * time.Minute)
			later := w.Requested("3")
			w.Pass(3 * time.Minute)
			w.AlarmRed(scenario.Alarm)
			w.Pass(8 * time.Minute)
			w.AlarmRed(scenario.Alarm)
			return []string{first, later}
		},
		ends: [][]rollout.End{{rollout.RolledBack, rollout.Succeeded}, {rollout.RolledBack}},
	},
	{name: "promoted without a lock", kind: scenario.InMemory{Traits: memory.Traits{}}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "taken back without a lock", kind: scenario.InMemory{Traits: memory.Traits{}}, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "promoted where moves take minutes", kind: scenario.InMemory{Traits: memory.Traits{Locked: true, Takes: 3 * time.Minute}},
		tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name: "taken back where moves take minutes", kind: scenario.InMemory{Traits: memory.Traits{Locked: true, Takes: 3 * time.Minute}},
		tell: redAfter(18 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}},
	},
	{name: "an API's deployment is promoted", kind: scenario.APIStage{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "an API's canary is taken back", kind: scenario.APIStage{}, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "an API's promoted deployment is taken back", kind: scenario.APIStage{}, tell: redAfter(26 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "an API is released as it is now", kind: scenario.APIStage{}, tell: asItIsNow, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack, rollout.Rejected}}},
	{name: "a pool is promoted by name", kind: scenario.Records{Numbered: true}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a pool is taken out of the name", kind: scenario.Records{Numbered: true}, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted pool is taken back by name", kind: scenario.Records{Numbered: true}, tell: redAfter(30 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a configuration is promoted", kind: scenario.Edge{Takes: 3 * time.Minute}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a configuration is taken back", kind: scenario.Edge{Takes: 3 * time.Minute}, tell: redAfter(12 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted configuration is taken back", kind: scenario.Edge{Takes: 3 * time.Minute}, tell: redAfter(42 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a pool is promoted at the edge", kind: scenario.EdgeFunction{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a pool is taken back at the edge", kind: scenario.EdgeFunction{}, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted pool is taken back at the edge", kind: scenario.EdgeFunction{}, tell: redAfter(26 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a load balancer's rule is promoted", kind: scenario.External{Green: "2"}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a load balancer's rule is taken back", kind: scenario.External{Green: "2"}, tell: redAfter(14 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a load balancer's idle pool is retired", kind: scenario.Tasks{}, tell: retired, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack, rollout.Rejected}}},
	{name: "an Auto Scaling group is filled, and the other one is retired", kind: scenario.Instances{}, tell: retired, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack, rollout.Rejected}}},
	{name: "an image is released behind a load balancer", kind: scenario.Tasks{}, tell: imaged, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack, rollout.Rejected}}},
	{name: "a load balancer's promoted rule is taken back", kind: scenario.External{Green: "2"}, tell: redAfter(26 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "a load balancer's candidate is asked before it has traffic", kind: scenario.External{Green: "2"}, edit: scenario.MayTest,
		given: func(w *scenario.World) {
			rule := scenario.External{}
			rule.Testers(w)
			w.Define(rule.Named(w, blueGreen))
		},
		tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name: "marked requests come first, and the rule is promoted", kind: scenario.External{Green: "2", Marked: true}, edit: scenario.MayMark, given: defined(marked),
		tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}},
	},
	{
		name: "marked requests are taken back", kind: scenario.External{Green: "2", Marked: true}, edit: scenario.MayMark, given: defined(marked),
		tell: redAfter(6 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}},
	},
	{name: "a fleet is promoted", kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a fleet is turned round", kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}, tell: redAfter(4 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted fleet is taken back", kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a fleet gives its deployment up", kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute, Breaks: "2"}}, tell: requested, ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a fleet rests at each weight and is promoted", kind: resting, given: defined(short), tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a fleet that rests is taken back", kind: resting, given: defined(short), tell: redAfter(9 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a fleet is taken from who deploys past Sluice", theirs: "5", kind: scenario.Fleet{Pace: memory.Pace{Takes: 20 * time.Minute}}, given: defined(makesWay), tell: func(w *scenario.World) []string {
		w.Deployed("5")
		w.Pass(time.Minute)
		return requested(w)
	}, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a service of ECS is taken from who deploys past Sluice", theirs: "3", kind: scenario.OnECS{}, given: defined(strings.Replace(short, `"whenRunning"`, `"whenDeploying":"supersede","whenRunning"`, 1)), tell: upFirst(func(w *scenario.World) []string {
		scenario.OnECS{}.Deploys(w, w.Revision("3"))
		return requested(w)
	}), ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a deployment of ECS rests and is promoted", kind: scenario.OnECS{}, tell: upFirst(requested), ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a deployment of ECS that rests is taken back", kind: scenario.OnECS{}, tell: upFirst(redAfter(7 * time.Minute)), ends: [][]rollout.End{{rollout.RolledBack, rollout.Rejected}}}, // one that comes late finds the alarm red
	{name: "a promoted service of ECS is taken back inside its bake", kind: scenario.OnECS{}, tell: upFirst(redAfter(20 * time.Minute)), ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "the next release of a service of ECS has it let go of the one before", kind: scenario.OnECS{}, tell: upFirst(func(w *scenario.World) []string {
			first := w.Requested("2")
			w.Pass(30 * time.Minute)
			return []string{first, w.Requested("3")}
		}), ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}, {rollout.Succeeded, rollout.RolledBack}},
	},
	{name: "a stack is promoted", kind: scenario.Stacks{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a stack is cancelled in its monitoring time", kind: scenario.Stacks{}, tell: redAfter(5 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted stack is taken back by an update", kind: scenario.Stacks{}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted stack whose policy was set is taken back", kind: scenario.Protected{}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a configuration grows and is promoted", kind: scenario.Configured{Grows: 5}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a configuration that grows is taken back", kind: scenario.Configured{Grows: 5}, tell: redAfter(3*time.Minute + 20*time.Second), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted configuration is taken back", kind: scenario.Configured{Grows: 5}, tell: redAfter(20 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a configuration is taken back at a tick", kind: scenario.Configured{Grows: 5}, given: failing, tell: requested, ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag is turned on", kind: scenario.Flag{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a feature flag is turned off again", kind: scenario.Flag{}, tell: redAfter(16 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag that everybody has is turned off again", kind: scenario.Flag{}, tell: redAfter(35 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag is turned off again beside another flag of its profile", kind: scenario.Flag{}, tell: besideAnother, ends: [][]rollout.End{{rollout.RolledBack}}},
	{
		name: "a machine stopped by hand",
		tell: func(w *scenario.World) []string {
			id := w.Requested("2")
			w.Pass(5 * time.Minute)
			w.Stopped(id)
			return []string{id}
		},
		ends: [][]rollout.End{{rollout.RolledBack}},
	},
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
