package addition

import (
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Ticks is the ARN of that for whose deployments the target's service asks at each tick; empty when it does not ask.
func Ticks(h Home, d rollout.Definition) string {
	t, asks := d.Target.Spec().(kind.Ticking)
	if !asks {
		return ""
	}
	return h.ARN(t.Asks())
}
