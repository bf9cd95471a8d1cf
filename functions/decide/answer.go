package decide

import (
	"context"
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// answer counts what somebody answers to the open question of a release, or tells why it does not count.
func (h *handler) answer(ctx context.Context, e events.Raw) (events.Heard, error) {
	a, err := events.ReadAnswer(e)
	if err != nil {
		return events.Heard{}, err
	}
	r, err := h.store.Release(ctx, a.Release)
	if err != nil {
		return events.Heard{}, err
	}
	return h.answered(ctx, r, events.Word{
		Release: a.Release, Do: a.Answer, Step: a.Step, Digest: a.Digest, How: rollout.ByEvent, By: a.By, Comment: a.Comment,
	})
}

func (h *handler) answered(ctx context.Context, r rollout.Release, w events.Word) (events.Heard, error) {
	approval, refusal := r.Question(w.Step, w.Digest)
	if refusal == nil && !w.At.IsZero() && w.At.Before(r.Asked.Since.Truncate(time.Second)) { // CloudTrail tells whole seconds
		refusal = rollout.Because("it was given before the release asked", "answer now")
	}
	if refusal != nil {
		return h.refuse(ctx, r, approval, w, refusal)
	}
	person, team, refusal := h.respondent(ctx, r, approval, w)
	if refusal != nil {
		return h.refuse(ctx, r, approval, w, refusal)
	}
	return h.take(ctx, r, approval, rollout.Answer{
		Step: w.Step, Person: person, Approve: w.Do == events.Approve, Comment: w.Comment, How: w.How, Team: team, Origin: w.Origin, At: h.Now(), About: r.About(),
	})
}

// respondent finds out who answers, and the Slack group through which they may. It reads each time who is in the group: whoever has left
// it does not count any more. When Slack does not say it, nobody is let in, and the person hears so at once instead of after retries.
func (h *handler) respondent(ctx context.Context, r rollout.Release, a rollout.Approval, w events.Word) (person, team string, refusal *rollout.Rejection) {
	person, refusal = r.Respondent(a, w.How, w.By)
	if person != "" || !a.AsksTeam(w.How, w.By) {
		return person, "", refusal
	}
	var members events.Members
	if err := h.slack.Ask(ctx, events.Enquiry{Group: a.SlackTeam}, &members); err != nil {
		h.Log.WarnContext(ctx, "could not read who is in a group of Slack", "release", r.ID, "group", a.SlackTeam, "error", err)
		return "", "", rollout.Because("Slack did not say who is in "+a.SlackTeam, "answer again in a minute; if this stays, see docs/operations.md, \"Slack\"")
	}
	person, refusal = r.Member(a, w.By, members.Users)
	return person, a.SlackTeam, refusal
}

// spoken carries out what a person said on Slack, on the page, in CodePipeline or at the command line.
func (h *handler) spoken(ctx context.Context, w events.Word) (events.Heard, error) {
	if err := w.Check(); err != nil {
		return events.Heard{}, err
	}
	if w.Freezes() {
		return h.freezes(ctx, w)
	}
	r, err := h.store.Release(ctx, w.Release)
	if err != nil {
		return events.Heard{}, err
	}
	switch w.Do {
	case events.Approve, events.Reject:
		return h.answered(ctx, r, w)
	case events.Override:
		return h.override(ctx, r, w)
	}
	person := r.Definition.Known(w.How, w.By)
	switch {
	case person == "" && w.Do != events.Promote && w.How == rollout.ByIAM && !r.Definition.NamesFor(w.How):
		person = w.By // where nobody is named, whoever IAM lets speak may stop a release, as by events: stopping is the safe direction
	case person == "":
		return h.uncounted(ctx, r, fmt.Sprintf("%s by %.120q does not count: they are not among people of the definition.", w.Do, w.By), rollout.NameIt(w.How, w.By))
	}
	switch w.Do {
	case events.Promote:
		return h.promote(ctx, r, person)
	case events.AskAgain:
		return h.askAgain(ctx, r, person)
	case events.Undo:
		return h.undo(ctx, r, w, person)
	}
	return h.abort(ctx, r, person, w.Comment)
}

// take writes an answer, tells people, and wakes the release when the answer was the last one missing. An answer that comes twice is written
// once, but people are told and the release is woken again: the first attempt may have died in between.
func (h *handler) take(ctx context.Context, r rollout.Release, approval rollout.Approval, a rollout.Answer) (events.Heard, error) {
	now, err := h.store.Answered(ctx, r, a, rollout.Line{At: a.At, Who: a.Person, What: said(r, a)})
	if dynamo.IsConflict(err) {
		if before, given := now.Answers[a.Key()]; given && before.Approve == a.Approve {
			return h.counted(ctx, now, approval, before)
		}
		why := rollout.Because("it was answered before, or closed meanwhile", "nothing: what was decided stands; abort the release to stop it")
		return h.refuse(ctx, r, approval, events.Word{By: a.Person, How: a.How, Origin: a.Origin}, why)
	}
	if err != nil {
		return events.Heard{}, err
	}
	return h.counted(ctx, now, approval, a)
}

// counted tells people of an answer before they hear of what follows from it.
func (h *handler) counted(ctx context.Context, r rollout.Release, approval rollout.Approval, a rollout.Answer) (events.Heard, error) {
	if err := h.tell(ctx, r, approval, events.Word{By: a.Person, How: a.How, Origin: a.Origin, Do: word(a.Approve)}, said(r, a)); err != nil {
		return events.Heard{}, err
	}
	tally := r.Tally(a.Step, approval)
	heard := events.Heard{Done: true, Says: fmt.Sprintf("%s counts as %s for step %d of %d, %s.", word(a.Approve), a.Person, a.Step+1, len(r.Steps), r.Gets(a.Step))}
	if !tally.Closed() { // another answer may change something yet
		heard.Says += fmt.Sprintf(" %d more must approve.", tally.Missing)
		return heard, nil
	}
	return heard, h.wake(ctx, r)
}

// refuse leaves a line in the record and tells whoever listens: an answer that does not count must not look like one that does.
func (h *handler) refuse(ctx context.Context, r rollout.Release, a rollout.Approval, w events.Word, why *rollout.Rejection) (events.Heard, error) {
	heard := events.Heard{Says: "The answer does not count: " + why.Reason + ".", Remedy: why.Remedy}
	text := fmt.Sprintf("The answer of %s does not count: %s; %s.", w.By, why.Reason, why.Remedy)
	if err := h.note(ctx, r, "decide", text); err != nil {
		return events.Heard{}, err
	}
	if r.Asked == nil {
		return heard, nil
	}
	w.Do = "refused"
	return heard, h.tell(ctx, r, a, w, text)
}

func (h *handler) tell(ctx context.Context, r rollout.Release, a rollout.Approval, w events.Word, sentence string) error {
	d := eventbridge.Question(r, a, sentence, h.Now())
	d.Asked.Answer, d.Asked.By, d.Asked.How, d.Asked.Origin = w.Do, w.By, w.How, w.Origin
	return h.bus.Tell(ctx, events.ReleaseAnswered, d)
}

func word(approve bool) string {
	if approve {
		return events.Approve
	}
	return events.Reject
}

func said(r rollout.Release, a rollout.Answer) string {
	text := fmt.Sprintf("%s: %s (by %s).", word(a.Approve), r.Gets(a.Step), a.How)
	if a.Comment != "" {
		text += " " + a.Comment
	}
	return text
}
