// Package gates judges, one by one, what must hold before a release begins. Each function takes what was found out, the clock's
// time among it, and says how one gate stands: rollout.Gate, with one sentence why. What gates mean together is decided by
// rollout.Release.Door.
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

// moment is a time as people read it where it counts: "Mon 30 Nov 09:00 CET".
func moment(t time.Time) string { return t.Format("Mon 2 Jan 15:04 MST") }
