// Package gates judges, one by one, what must hold before a release begins. Each function takes what was found out, including the
// time, and returns how one gate stands: a rollout.Gate with one sentence why. rollout.Release.Door decides what the gates mean
// together.
//
// Everything here is pure: the standard library only, no clock, no AWS.
package gates

import (
	"time"

	"sluice/shared/rollout"
)

func pass(name, why string) rollout.Gate {
	return rollout.Gate{Name: name, Verdict: rollout.GatePass, Why: why}
}

func shut(name, why string, until time.Time) rollout.Gate {
	return rollout.Gate{Name: name, Verdict: rollout.GateWait, Why: why, Until: until}
}

func fail(name, why string) rollout.Gate {
	return rollout.Gate{Name: name, Verdict: rollout.GateFail, Why: why}
}

// moment is a time for people, in its own zone: "Mon 30 Nov 09:00 CET".
func moment(t time.Time) string { return t.Format("Mon 2 Jan 15:04 MST") }
