package decide

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// override lets a release through gates that are shut, on the word of somebody whom the definition names for that. It never opens
// a lease that another release holds, a target that cannot be released, or a guard alarm that is red.
func (h *handler) override(ctx context.Context, r rollout.Release, w events.Word) (events.Heard, error) {
	person, refusal := r.Overrider(w.How, w.By)
	if refusal == nil && strings.TrimSpace(w.Comment) == "" {
		refusal = rollout.Because("it has no reason", "say why: it stays in the record")
	}
	if refusal != nil {
		return h.unheard(ctx, r, w.By, refusal)
	}
	opens := events.Heard{Done: true, Says: "The override counts: the release looks at its gates again."}
	if slices.ContainsFunc(r.Overrides, func(o rollout.Override) bool { return o.By == person && o.Reason == w.Comment && covers(o, w.Gate) }) {
		return opens, h.wake(ctx, r) // the same word twice, or an attempt that died before it rang
	}
	names, refusal := r.Overridable(w.Gate)
	if refusal != nil {
		return h.unheard(ctx, r, w.By, refusal)
	}
	o := rollout.Override{By: person, How: w.How, Reason: w.Comment, Gates: names, Origin: w.Origin, At: h.Now()}
	line := rollout.Line{At: o.At, Who: person, What: fmt.Sprintf("Overrides %s (by %s): %s", list(names), w.How, o.Reason)}
	err := h.store.Overridden(ctx, r.ID, o, line)
	if dynamo.IsConflict(err) {
		return h.unheard(ctx, r, w.By, rollout.Because("the release has begun or ended meanwhile", "nothing: no gate keeps it out"))
	}
	if err != nil {
		return events.Heard{}, err
	}
	return opens, h.wake(ctx, r)
}

// covers says whether an override is about the gate that a word names. A word that names no gate is about those that were shut.
func covers(o rollout.Override, gate string) bool {
	return gate == "" || slices.Contains(o.Gates, gate)
}

// unheard leaves a line: an override that does not count must not look like one that does.
func (h *handler) unheard(ctx context.Context, r rollout.Release, by string, why *rollout.Rejection) (events.Heard, error) {
	heard := events.Heard{Says: "The override does not count: " + why.Reason + ".", Remedy: why.Remedy}
	return heard, h.note(ctx, r, "decide", fmt.Sprintf("The override of %.60q does not count: %s; %s.", by, why.Reason, why.Remedy))
}

// list writes names with what they are: "gate windows", "gates windows, freezes".
func list(gates []string) string {
	if len(gates) == 1 {
		return "gate " + gates[0]
	}
	return "gates " + strings.Join(gates, ", ")
}
