package guard

import (
	"context"
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/judge"
	"sluice/shared/rollout"
)

// holdFor is how long a muted or suppressed alarm without a stated end keeps a step Inconclusive.
const holdFor = time.Hour

// unclear follows the definition's policy for an alarm that is muted or suppressed, or that lost its data. Nothing is ignored
// silently: each such event leaves a line in the audit trail.
func (h *handler) unclear(ctx context.Context, target string, a events.Alarm) error {
	l, err := h.store.Lease(ctx, target)
	if err != nil {
		return err
	}
	if !l.Guards(a.AlarmName, a.State.Timestamp.Std(), h.Now()) {
		return h.ignored(ctx, l, a)
	}
	policy, why, setting, until := l.Guard.WhenNoData, "has no data", "whenNoData", time.Time{}
	if a.State.Value == string(judge.Alarm) {
		policy, why, setting, until = l.Guard.WhenMuted, "is red but muted", "whenMuted", h.mutedUntil(a)
	}
	if policy == rollout.RollBack {
		return h.back(ctx, a, target)
	}
	if l.Holds(a.AlarmName, a.State.Value == string(judge.Alarm), a.State.Timestamp.Std(), h.Now()) { // the event twice, or its level after it
		return nil
	}
	if err := h.store.Hold(ctx, l, a.AlarmName, a.State.Timestamp.Std(), until); err != nil {
		return err
	}
	return h.store.Note(ctx, l.Owner, rollout.Line{At: h.Now(), Who: "guard", What: fmt.Sprintf("Alarm %s %s: traffic stays (guard.%s is hold, the default).", a.AlarmName, why, setting)})
}

func (h *handler) mutedUntil(a events.Alarm) time.Time {
	if a.MuteDetail != nil && !a.MuteDetail.End.Std().IsZero() {
		return a.MuteDetail.End.Std()
	}
	return h.Now().Add(holdFor)
}

// ignored writes why an alarm took nothing back: it is older than the release, or the release is over.
func (h *handler) ignored(ctx context.Context, l rollout.Lease, a events.Alarm) error {
	h.Log.InfoContext(ctx, "alarm guards nothing now", "alarm", a.AlarmName, "target", l.Target, "phase", l.Phase)
	if l.Owner == "" || l.Phase != rollout.Held {
		return nil
	}
	return h.store.Note(ctx, l.Owner, rollout.Line{At: h.Now(), Who: "guard", What: fmt.Sprintf("Alarm %s (%s at %s) is not about this release.", a.AlarmName, a.State.Value, a.State.Timestamp.Std().UTC().Format(time.RFC3339))})
}
