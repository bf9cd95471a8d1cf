package decide

import (
	"context"
	"fmt"

	"sluice/shared/rollout"
	"sluice/shared/telemetry"
)

// presumption says why a sender may not give this input; it is empty when the sender may. Words come through the alias of a speaker, and
// only in the ways in which that speaker recognises people. Events come from EventBridge, which uses no alias.
func presumption(speaker string, in input) string {
	switch {
	case in.Word == nil && speaker == "":
		return ""
	case in.Word == nil:
		return fmt.Sprintf("%.60q hands on words, and this is an event", speaker)
	case speaker == "":
		return "it came through no alias, so nobody has found out who said it"
	case !rollout.Recognises(speaker, in.Word.How):
		return fmt.Sprintf("%.60q does not find out who people are by %.60q", speaker, in.Word.How)
	}
	return ""
}

// turnAway leaves a line in the record, one in the log, and a count that has an alarm. It never fails: an input that fails three times goes
// to the dead-letter queue, which does not know through which alias the input came.
func (h *handler) turnAway(ctx context.Context, in input, why string) {
	h.Log.ErrorContext(ctx, "turned away what is not its sender's to say: somebody may have the credentials of a function's role, see docs/security.md", "why", why, "in", in)
	count := telemetry.Metric{Name: telemetry.TurnedAway, Unit: telemetry.Count, Value: 1}
	if err := telemetry.Emit(h.Stdout, h.Now(), map[string]string{"Environment": h.environment}, count); err != nil {
		h.Log.WarnContext(ctx, "could not count what was turned away", "error", err)
	}
	if in.Word == nil || in.Word.Check() != nil || in.Word.Release == "" {
		return
	}
	w := *in.Word
	line := rollout.Line{At: h.Now(), Who: "decide", What: fmt.Sprintf("%s in the name of %.60q was turned away: %s.", w.Do, w.By, why)}
	if err := h.store.Note(ctx, w.Release, line); err != nil {
		h.Log.WarnContext(ctx, "could not write into the record what was turned away", "release", w.Release, "error", err)
	}
}
