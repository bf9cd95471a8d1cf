package faults

import (
	"strings"
	"time"

	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// kindStories are those of the other kinds: what a kind moves, and how it goes back.
var kindStories = []story{
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
	{name: "a fleet gives the way back up", kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute, Breaks: "1"}}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.Stuck, rollout.RolledBack}}},
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
	{name: "a service of ECS is promoted where a hook of its own says yes", kind: hooked("SUCCEEDED"), tell: upFirst(requested), ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a service of ECS is taken back by a hook of its own", kind: hooked("FAILED"), tell: upFirst(requested), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a stack is promoted", kind: scenario.Stacks{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a stack is cancelled in its monitoring time", kind: scenario.Stacks{}, tell: redAfter(5 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted stack is taken back by an update", kind: scenario.Stacks{}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted stack whose policy was set is taken back", kind: scenario.Protected{}, tell: redAfter(22 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a stack is promoted that has another in it", kind: scenario.Nesting{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a stack that has another in it is taken back", kind: scenario.Nesting{}, tell: redAfter(5 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a configuration grows and is promoted", kind: scenario.Configured{Grows: 5}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a configuration is released by its label", kind: scenario.Configured{Grows: 5}, tell: func(w *scenario.World) []string { return []string{w.Requested("v2")} }, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a configuration that grows is taken back", kind: scenario.Configured{Grows: 5}, tell: redAfter(3*time.Minute + 20*time.Second), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a promoted configuration is taken back", kind: scenario.Configured{Grows: 5}, tell: redAfter(20 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a configuration is taken back at a tick", kind: scenario.Configured{Grows: 5}, given: failing, tell: requested, ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag is turned on", kind: scenario.Flag{}, tell: requested, ends: [][]rollout.End{{rollout.Succeeded, rollout.RolledBack}}},
	{name: "a feature flag is turned off again", kind: scenario.Flag{}, tell: redAfter(16 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag that everybody has is turned off again", kind: scenario.Flag{}, tell: redAfter(35 * time.Minute), ends: [][]rollout.End{{rollout.RolledBack}}},
	{name: "a feature flag is turned off again beside another flag of its profile", kind: scenario.Flag{}, tell: besideAnother, ends: [][]rollout.End{{rollout.RolledBack}}},
}
