package faults

import (
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// aliasStories are the stories of aliases: what can happen to a release of any kind is told of them.
var aliasStories = []story{
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
