package gate

import (
	"context"
	"slices"

	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// fix lets a release begin that mends what a red guard alarm tells of. Such an alarm cannot tell whether the release does harm, so
// it is judged beside stable in the same minutes, and the alarm does not guard it before it has been green once.
func (h *handler) fix(ctx context.Context, c rollout.Cursor, r rollout.Release, l rollout.Lease, states map[string]judge.AlarmState, a rollout.Admission) (rollout.Cursor, error) {
	if !r.Definition.Checks.Accuse() {
		return h.reject(ctx, c, r, rollout.Because("a guard alarm is red, and nothing compares the fix with stable",
			"add a comparison to the definition, such as checks: {errors: [{}]}, or bring the alarm back to OK"))
	}
	isRed := func(name string) bool { return states[name] == judge.Alarm }
	l.Red = slices.DeleteFunc(slices.Clone(l.Alarms), func(name string) bool { return !isRed(name) })
	l.Alarms = slices.DeleteFunc(slices.Clone(l.Alarms), isRed)
	armed, err := h.store.Begin(ctx, l)
	if err != nil {
		return c, err
	}
	return h.started(ctx, c, r, armed, a)
}
