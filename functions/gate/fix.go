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
	l.Alarms, l.Red = parted(slices.Concat(l.Alarms, l.Red), states)
	armed, err := h.store.Begin(ctx, l)
	if err != nil {
		return c, err
	}
	return h.started(ctx, c, r, armed, a)
}

// already is what the alarms say before the guard is armed, for a release that mends what a red one tells of: the event of that very red may still
// be on its way, and must not find the alarm among those that guard the release.
func (h *handler) already(ctx context.Context, r rollout.Release) (map[string]judge.AlarmState, error) {
	if r.Fixes == "" {
		return nil, nil
	}
	return h.watcher.Alarms(ctx, r.Definition.Guard.Alarms)
}

// parted are the alarms that may guard, and those that are red.
func parted(names []string, states map[string]judge.AlarmState) (guarding, red []string) {
	isRed := func(name string) bool { return states[name] == judge.Alarm }
	return slices.DeleteFunc(slices.Clone(names), isRed), slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !isRed(name) })
}
