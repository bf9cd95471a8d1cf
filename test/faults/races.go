package faults

import (
	"strings"
	"time"

	"sluice/events"
	"sluice/test/scenario"
)

// short is a release of one bake.
const short = `{"service":"checkout","target":{"lambdaAlias":{"function":"checkout","alias":"live"}},
	"strategy":{"canary":{"steps":[{"weight":10,"bake":"10m"}]}},
	"guard":{"alarms":["checkout-errors"]},"whenRunning":"queue","queueLimit":"3h","revertWindow":"30m"}`

// races are those of which a wrong order could hurt.
var races = []race{
	{"shift and guard", short, map[string]int{"shift": 1, "guard": 1}, 0, baking(bakeEnd), red},
	{"settle and guard", short, map[string]int{"settle": 1, "guard": 1}, 0, baking(bakeEnd), red},
	{"judge and guard", short, map[string]int{"judge": 1, "guard": 1}, 0, baking(bakeEnd), red},
	{"rollback and guard", short, map[string]int{"rollback": 1, "guard": 1}, 0, baking(5 * time.Minute), func(w *scenario.World, id string) []string {
		w.Aborted(id)
		return red(w, id)
	}},
	{"promote now and the bake's end", short, map[string]int{"decide": 1, "judge": 1}, 0, baking(bakeEnd), func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second)
		w.PromotedNow(id)
		w.Pass(time.Second)
		return []string{id}
	}},
	{"abort and settle", short, map[string]int{"decide": 1, "settle": 1}, 0, baking(bakeEnd), abort},
	{"abort and shift", short, map[string]int{"decide": 1, "shift": 1}, 0, baking(bakeEnd), abort},
	{"two triggers", short, map[string]int{"trigger": 2}, 0, func(*scenario.World) string { return "" }, func(w *scenario.World, _ string) []string {
		id := w.Requested("2")
		return doubled(w, id, "trigger")
	}},
	{"two sweeps of a dead machine", short, map[string]int{"sweep": 2}, 0, baking(5 * time.Minute), func(w *scenario.World, id string) []string {
		w.Stopped(id)
		return doubled(w, id, "sweep")
	}},
	{"sweep and guard", short, map[string]int{"sweep": 1, "guard": 1}, 0, baking(5 * time.Minute), func(w *scenario.World, id string) []string {
		w.Stopped(id)
		return red(w, id)
	}},
	{"sweep and rollback", short, map[string]int{"sweep": 1, "rollback": 1}, 0, baking(3 * time.Minute), func(w *scenario.World, id string) []string {
		w.Aborted(id)
		w.Pass(time.Second)
		w.Stopped(id)
		w.Pass(time.Second)
		return []string{id}
	}},
	{"an alarm's event twice, and the next release", short, map[string]int{"guard": 2}, 1, baking(5 * time.Minute), func(w *scenario.World, id string) []string {
		next := w.Requested("3")
		w.Pass(time.Second)
		return append(doubled(w, red(w, id)[0], "guard"), next)
	}},
	{"an approval and the end of its time", asking, map[string]int{"decide": 1, "answer": 1}, 0, baking(20*time.Minute - time.Second), func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(3 * time.Second)
		return []string{id}
	}},
	{"an approval and a rejection", asking, map[string]int{"decide": 2, "answer": 1}, 0, baking(15 * time.Minute), func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(time.Second) // who is the first rival is no matter of chance
		w.Answered(id, "linus", events.Reject)
		w.Pass(time.Second)
		return []string{id}
	}},
	{"two approvals of two people", strings.Replace(asking, `"quorum":1`, `"quorum":2`, 1), map[string]int{"decide": 2, "answer": 1}, 0, baking(15 * time.Minute), func(w *scenario.World, id string) []string {
		w.Answered(id, "grace", events.Approve)
		w.Pass(time.Second) // who is the first rival is no matter of chance
		w.Answered(id, "linus", events.Approve)
		w.Pass(time.Second)
		return []string{id}
	}},
	{"an approval and ask", asking, map[string]int{"ask": 1, "decide": 1}, 0, baking(10*time.Minute - time.Second), func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second)
		w.Answer(events.AnswerRequest{Release: id, Step: 1, By: "grace", Answer: events.Approve})
		w.Pass(time.Second)
		return []string{id}
	}},
	{"an alarm and ask", asking, map[string]int{"ask": 1, "guard": 1}, 0, baking(bakeEnd), red},
	{"lease takeover and slow owner", short, map[string]int{"gate": 1, "shift": 1}, 0, baking(bakeEnd), func(w *scenario.World, id string) []string {
		w.Pass(2 * time.Second) // the owner is about to shift
		w.LeaseExpires()
		newer := w.Requested("3")
		w.Pass(time.Second)
		return []string{id, newer}
	}},
}

const bakeEnd = 10*time.Minute - time.Second

// baking asks for a release and goes on to some time after that, off the full minutes at which alarms are evaluated.
func baking(d time.Duration) func(w *scenario.World) string {
	return func(w *scenario.World) string {
		w.Pass(20 * time.Second)
		id := w.Requested("2")
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
