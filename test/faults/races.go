package faults

import (
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// short is a release of one bake.
const short = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// watched is the same, judged by looks alone.
var watched = strings.NewReplacer(`["checkout-errors"]},"when`, `[]},"checks":{"errors":[{"cluster":1}]},"when`, `"weight":10`, `"weight":50`).Replace(short)

// outright brings a revision out to all in one step.
const outright = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"allAtOnce":{"bake":"10m"}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// makesWay has somebody else's deployment taken back.
var makesWay = strings.Replace(outright, `"whenRunning"`, `"whenDeploying":"supersede","whenRunning"`, 1)

// outrightAsking asks before that.
var outrightAsking = strings.Replace(askingFirst, `"canary":{"steps":[{"weight":5,"bake":"10m"}]}`, `"allAtOnce":{"bake":"10m"}`, 1)

// askingFirst asks before the first traffic; an answer that comes late finds the release baking.
var askingFirst = strings.Replace(asking, `"before":"last"`, `"before":"first"`, 1)

// races are those of which a wrong order could hurt.
var races = []race{
	{name: "shift and guard", definition: short, rivals: map[string]int{"shift": 1, "guard": 1}, setting: baking(bakeEnd), meet: red},
	{name: "shift and guard without a lock", definition: short, most: 2000, kind: scenario.InMemory{Traits: memory.Traits{}}, rivals: map[string]int{"shift-memory": 1, "guard-memory": 1}, setting: baking(bakeEnd), meet: red},
	{name: "settle and guard without a lock", definition: short, most: 2000, kind: scenario.InMemory{Traits: memory.Traits{}}, rivals: map[string]int{"settle-memory": 1, "guard-memory": 1}, setting: baking(bakeEnd), meet: red},
	{name: "shift and guard where moves take minutes", definition: short, most: 2000, kind: scenario.InMemory{Traits: memory.Traits{Locked: true, Takes: 3 * time.Minute}}, rivals: map[string]int{"shift-memory": 1, "guard-memory": 1}, setting: baking(bakeEnd + 3*time.Minute), meet: red},
	{name: "shift and guard of an API's stage", definition: short, most: 2000, kind: scenario.APIStage{}, rivals: map[string]int{"shift-api": 1, "guard-api": 1}, setting: baking(bakeEnd), meet: red},
	{name: "settle and guard of an API's stage", definition: short, most: 2000, kind: scenario.APIStage{}, rivals: map[string]int{"settle-api": 1, "guard-api": 1}, setting: baking(bakeEnd), meet: red},
	{name: "shift and guard of weighted records", definition: short, most: 2000, kind: scenario.Records{Numbered: true}, rivals: map[string]int{"shift-record-set": 1, "guard-record-set": 1}, setting: baking(bakeEnd + 80*time.Second), meet: red},
	{name: "settle and guard of weighted records", definition: short, most: 2000, kind: scenario.Records{Numbered: true}, rivals: map[string]int{"settle-record-set": 1, "guard-record-set": 1}, setting: baking(bakeEnd + 160*time.Second), meet: red},
	{name: "shift and guard of a distribution that is promoted", definition: short, most: 2000, kind: scenario.Edge{Takes: 3 * time.Minute}, rivals: map[string]int{"shift-distribution": 1, "guard-distribution": 1}, setting: promoting, meet: red},
	{name: "shift and guard of a key value store", definition: short, most: 2000, kind: scenario.EdgeFunction{}, rivals: map[string]int{"shift-kvs": 1, "guard-kvs": 1}, setting: baking(bakeEnd), meet: red},
	{name: "settle and guard of a key value store", definition: short, most: 2000, kind: scenario.EdgeFunction{}, rivals: map[string]int{"settle-kvs": 1, "guard-kvs": 1}, setting: baking(bakeEnd), meet: red},
	{name: "shift and guard of a load balancer's rule", definition: short, most: 2000, kind: scenario.External{Green: "2"}, rivals: map[string]int{"shift-alb": 1, "guard-alb": 1}, setting: filled, meet: red},
	{name: "shift and guard where marked requests come first", definition: marked, most: 2000, kind: scenario.External{Green: "2", Marked: true}, edit: scenario.MayMark, rivals: map[string]int{"shift-alb": 1, "guard-alb": 1}, setting: markedFirst, meet: red},
	{name: "settle and guard of a load balancer's rule", definition: short, most: 2000, kind: scenario.External{Green: "2"}, rivals: map[string]int{"settle-alb": 1, "guard-alb": 1}, setting: filled, meet: red},
	{name: "shift and guard of a fleet", definition: outrightAsking, most: 2000, kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}, rivals: map[string]int{"shift-fleet": 1, "guard-fleet": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		return red(w, id)
	}},
	{name: "an abort, and a release that makes way for itself", definition: makesWay, most: 2000, kind: scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}, rivals: map[string]int{"admit-fleet": 1, "decide": 1}, setting: func(w *scenario.World) string {
		w.Deployed("1") // somebody replaces what runs: whoever wins, it serves 1
		w.Pass(time.Minute)
		return ""
	}, meet: func(w *scenario.World, _ string) []string {
		return abort(w, w.Requested("2"))
	}},
	{name: "shift and guard of a deployment of ECS that rests", definition: short, most: 2000, kind: scenario.OnECS{}, rivals: map[string]int{"shift-ecs": 1, "guard-ecs": 1}, setting: filled, meet: red},
	{name: "shift and guard of a fleet that rests", definition: short, most: 2000, kind: resting, rivals: map[string]int{"shift-fleet": 1, "guard-fleet": 1}, setting: baking(bakeEnd + 6*time.Minute + 45*time.Second), meet: red},
	{name: "shift and guard of a stack", definition: outrightAsking, most: 2000, kind: scenario.Stacks{}, rivals: map[string]int{"shift-stack": 1, "guard-stack": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		return red(w, id)
	}},
	{name: "settle and guard of a stack", definition: outright, most: 2000, kind: scenario.Stacks{}, rivals: map[string]int{"settle-stack": 1, "guard-stack": 1}, setting: promoting, meet: red},
	{name: "tick and guard of a configuration", definition: outright, most: 2000, kind: scenario.Configured{Grows: 5}, rivals: map[string]int{"tick": 1, "guard-configuration": 1}, setting: baking(3*time.Minute - time.Second), meet: red},
	{name: "shift and guard of a feature flag", definition: short, most: 2000, kind: scenario.Flag{}, rivals: map[string]int{"shift-flag": 1, "guard-flag": 1}, setting: filled, meet: red},
	{name: "settle and guard of a feature flag", definition: short, most: 2000, kind: scenario.Flag{}, rivals: map[string]int{"settle-flag": 1, "guard-flag": 1}, setting: baking(bakeEnd + 10*time.Second), meet: red},
	{name: "settle and guard", definition: short, rivals: map[string]int{"settle": 1, "guard": 1}, setting: baking(bakeEnd), meet: red},
	{name: "judge and guard", definition: short, rivals: map[string]int{"judge": 1, "guard": 1}, setting: baking(bakeEnd), meet: red},
	{name: "rollback and guard", definition: short, rivals: map[string]int{"rollback": 1, "guard": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Aborted(id)
		return red(w, id)
	}},
	{name: "look and judge", definition: watched, rivals: map[string]int{"look": 1, "judge": 1}, setting: serving(6*time.Minute+30*time.Second, bakeEnd), meet: func(w *scenario.World, id string) []string {
		w.Pass(4 * time.Second)
		return []string{id}
	}, ends: []rollout.End{rollout.RolledBack}},
	{name: "two looks", definition: watched, rivals: map[string]int{"look": 2}, setting: serving(30*time.Second, firstFail), meet: func(w *scenario.World, id string) []string {
		w.Pass(lookComes)
		return doubled(w, id, "look")
	}, ends: []rollout.End{rollout.RolledBack}},
	{name: "look and an abort", definition: watched, rivals: map[string]int{"look": 1, "decide": 1}, setting: serving(30*time.Second, firstFail), meet: func(w *scenario.World, id string) []string {
		w.Pass(lookComes)
		return abort(w, id)
	}},
	{name: "promote now and the bake's end", definition: short, rivals: map[string]int{"decide": 1, "judge": 1}, setting: baking(bakeEnd), meet: func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second)
		w.PromotedNow(id)
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "abort and settle", definition: short, rivals: map[string]int{"decide": 1, "settle": 1}, setting: baking(bakeEnd), meet: abort},
	{name: "abort and shift", definition: short, rivals: map[string]int{"decide": 1, "shift": 1}, setting: baking(bakeEnd), meet: abort},
	{name: "a freeze that is lifted and shift", definition: canary, rivals: map[string]int{"decide": 1, "shift": 1}, setting: frozen, meet: func(w *scenario.World, id string) []string {
		go w.Commands("linus", events.Order{Do: events.Unfreeze}) // it is answered when both are through
		w.Pass(3 * time.Second)
		return []string{id}
	}, ends: []rollout.End{rollout.Succeeded}},
	{name: "two triggers", definition: short, rivals: map[string]int{"trigger": 2}, setting: func(*scenario.World) string { return "" }, meet: func(w *scenario.World, _ string) []string {
		id := w.Requested("2")
		return doubled(w, id, "trigger")
	}},
	{name: "two sweeps of a dead machine", definition: short, rivals: map[string]int{"sweep": 2}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Stopped(id)
		return doubled(w, id, "sweep")
	}},
	{name: "sweep and guard", definition: short, rivals: map[string]int{"sweep": 1, "guard": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Stopped(id)
		return red(w, id)
	}},
	{name: "sweep and rollback", definition: short, rivals: map[string]int{"sweep": 1, "rollback": 1}, setting: baking(3 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Aborted(id)
		w.Pass(time.Second)
		w.Stopped(id)
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "an alarm's event twice, and the next release", definition: short, most: 5000, rivals: map[string]int{"guard": 2}, pauses: 1, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		next := w.Requested("3")
		w.Pass(time.Second)
		red(w, id)
		w.AlarmGreen(scenario.Alarm) // the next release is let in, and nothing is wrong with it
		return append(doubled(w, id, "guard"), next)
	}, ends: []rollout.End{rollout.RolledBack, rollout.Succeeded}},
	{name: "an approval and the end of its time", definition: asking, rivals: map[string]int{"decide": 1, "count": 1}, setting: baking(20*time.Minute - time.Second), meet: func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(3 * time.Second)
		return []string{id}
	}},
	{name: "an approval and a rejection", definition: askingFirst, rivals: map[string]int{"decide": 2, "count": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(time.Second) // who is the first rival is no matter of chance
		w.Answered(id, "linus", events.Reject)
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "two approvals of two people", definition: strings.Replace(asking, `"quorum":1`, `"quorum":2`, 1), rivals: map[string]int{"decide": 2, "count": 1}, setting: baking(15 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(time.Second) // who is the first rival is no matter of chance
		w.Answered(id, "linus", events.Approve)
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "an approval and ask", definition: asking, rivals: map[string]int{"ask": 1, "decide": 1}, setting: baking(10*time.Minute - time.Second), meet: func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second)
		w.Answer(events.AnswerRequest{Release: id, Step: 1, By: "grace", Answer: events.Approve})
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "a button and the end of its time", definition: asking, rivals: map[string]int{"button": 1, "decide": 1, "count": 1}, setting: baking(20*time.Minute - time.Second), meet: func(w *scenario.World, id string) []string {
		press(w, id, "approve")
		w.Pass(3 * time.Second)
		return []string{id}
	}},
	{name: "a button and an abort", definition: asking, rivals: map[string]int{"decide": 2, "count": 1}, setting: baking(15 * time.Minute), meet: func(w *scenario.World, id string) []string {
		w.Aborted(id)
		w.Pass(time.Second) // who is the first rival is no matter of chance
		press(w, id, "approve")
		return []string{id}
	}, ends: []rollout.End{rollout.Aborted}},
	{name: "a button that approves and an event that rejects", definition: askingFirst, rivals: map[string]int{"decide": 2, "count": 1}, setting: baking(5 * time.Minute), meet: func(w *scenario.World, id string) []string {
		press(w, id, "approve")
		w.Answered(id, "linus", events.Reject)
		w.Pass(time.Second)
		return []string{id}
	}},
	{name: "an alarm and ask", definition: asking, rivals: map[string]int{"ask": 1, "guard": 1}, setting: baking(bakeEnd), meet: red},
	{name: "a newer push and the beginning of the older", definition: pushed, rivals: map[string]int{"trigger": 1, "admit": 1}, setting: built(3*time.Minute - time.Second), meet: func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second)
		newer := w.Pushes(scenario.Commit(2))
		w.Pass(time.Second)
		return []string{id, newer}
	}},
	{name: "a build that ends before anybody waits for it", definition: pushed, rivals: map[string]int{"build": 1, "progress": 1}, setting: func(w *scenario.World) string {
		building(w)
		w.Builds(scenario.Commit(1), 0, 2)
		return ""
	}, meet: func(w *scenario.World, _ string) []string {
		id := w.Pushes(scenario.Commit(1))
		w.Pass(time.Second)
		return []string{id}
	}, ends: []rollout.End{rollout.Succeeded}},
	{name: "an abort and build", definition: pushed, rivals: map[string]int{"build": 1, "decide": 1}, setting: func(w *scenario.World) string {
		building(w)
		return ""
	}, meet: func(w *scenario.World, _ string) []string {
		id := w.Pushes(scenario.Commit(1))
		w.Pass(time.Second)
		w.Aborted(id)
		w.Pass(time.Second)
		return []string{id}
	}, ends: []rollout.End{rollout.Aborted}},
	{name: "two pushes at once", definition: pushed, rivals: map[string]int{"trigger": 2}, setting: func(w *scenario.World) string {
		building(w)
		return ""
	}, meet: func(w *scenario.World, _ string) []string {
		first := w.Pushes(scenario.Commit(1))
		w.Pass(2 * time.Second)
		second := w.Pushes(scenario.Commit(2))
		w.Pass(time.Second)
		return []string{first, second}
	}, ends: []rollout.End{rollout.Superseded, rollout.Succeeded}},
	{name: "lease takeover and slow owner", definition: short, rivals: map[string]int{"admit": 1, "shift": 1}, setting: baking(bakeEnd), meet: func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second) // the owner is about to shift
		w.LeaseExpires()
		newer := w.Requested("3")
		w.Pass(time.Second)
		return []string{id, newer}
	}},
}

const bakeEnd = 10*time.Minute - time.Second

// firstFail is right before the first look that finds anything wrong with what serving breaks after half a minute, and lookComes how
// long after that it is about to make its first call.
const (
	firstFail = 2*time.Minute - time.Second
	lookComes = 2 * time.Second
)

// baking asks for a release and goes on to some time after that, off the full minutes at which alarms are evaluated.
func baking(d time.Duration) func(w *scenario.World) string {
	return func(w *scenario.World) string {
		w.Pass(20 * time.Second)
		id := w.Requested("2")
		w.Pass(d)
		return id
	}
}

// promoting asks for a release and goes on to the end of its last bake.
func promoting(w *scenario.World) string {
	w.Pass(20 * time.Second)
	id := w.Requested("2")
	for r, _ := w.Recorded(id); r.BakeUntil.IsZero(); r, _ = w.Recorded(id) {
		w.Pass(time.Minute)
	}
	r, _ := w.Recorded(id)
	w.Pass(time.Until(r.BakeUntil) - time.Second)
	return id
}

// markedFirst goes on to the last moments of the bake with marked requests.
func markedFirst(w *scenario.World) string {
	id := w.Requested("2")
	for {
		if r, _ := w.Recorded(id); len(r.Steps) > 0 && r.At(r.Step).Marked && time.Until(r.BakeUntil) > time.Second {
			w.Pass(time.Until(r.BakeUntil) - time.Second)
			return id
		}
		w.Pass(time.Second)
	}
}

// filled goes on to the last moments of the first bake with traffic, before which a pool was filled.
func filled(w *scenario.World) string {
	id := w.Requested("2")
	for {
		if r, _ := w.Recorded(id); w.Lease().Weight > rollout.None && time.Until(r.BakeUntil) > time.Second {
			w.Pass(time.Until(r.BakeUntil) - time.Second)
			return id
		}
		w.Pass(time.Second)
	}
}

// serving asks for a release at a full minute, so that its looks and the end of its bake meet, and breaks its version some time later.
func serving(broken, d time.Duration) func(w *scenario.World) string {
	return func(w *scenario.World) string {
		w.Traffic(20)
		w.Pass(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)))
		id := w.Requested("2")
		time.AfterFunc(broken, func() { w.Breaks("2", 0.9) })
		w.Pass(d)
		return id
	}
}

// built pushes the first commit and goes on to some time after that.
func built(d time.Duration) func(w *scenario.World) string {
	return func(w *scenario.World) string {
		building(w)
		w.Pass(20 * time.Second)
		id := w.Pushes(scenario.Commit(1))
		w.Pass(d)
		return id
	}
}

// red sets the alarm red when the first of the rivals is about to make its first call.
func red(w *scenario.World, id string) []string {
	w.Pass(2 * time.Second)
	w.AlarmRed(scenario.Alarm)
	w.Pass(time.Second)
	return []string{id}
}

// frozen asks for a release and freezes everything in its first bake, which is about to end.
func frozen(w *scenario.World) string {
	w.Hires()
	id := baking(5 * time.Minute)(w)
	w.Insists("linus", events.Order{Do: events.Freeze, Comment: "the network is ill"})
	w.Pass(bakeEnd - 5*time.Minute)
	return id
}

// press has grace press a button of the release's message. Whoever presses waits for the answer, so somebody else has to let the
// calls of button go on meanwhile.
func press(w *scenario.World, id, action string) {
	go func() { _ = w.PressedAbout(id, action, "U0GRACE") }() // what she sees is no matter here
	w.Pass(time.Second)
}

func abort(w *scenario.World, id string) []string {
	w.Pass(2 * time.Second)
	w.Aborted(id)
	w.Pass(time.Second)
	return []string{id}
}

// doubled gives a function the event that it is about to handle a second time.
func doubled(w *scenario.World, id, function string) []string {
	w.Pass(time.Second)
	w.Redeliver(function, w.LastEvent(function))
	w.Pass(time.Second)
	return []string{id}
}
