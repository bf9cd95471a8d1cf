package decide

import (
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
)

// answer counts what somebody says to the question that a release waits with, or tells why it does not count.
func (h *handler) answer(ctx context.Context, e events.Raw) error {
	request, err := events.ReadAnswer(e)
	if err != nil {
		return err
	}
	r, err := h.store.Release(ctx, request.Release)
	if err != nil {
		return err
	}
	approval, refusal := r.Question(request.Step, request.Digest)
	if refusal != nil {
		return h.refuse(ctx, r, approval, request, refusal)
	}
	person, refusal := r.Respondent(approval, rollout.ByEvent, request.By)
	if refusal != nil {
		return h.refuse(ctx, r, approval, request, refusal)
	}
	return h.count(ctx, r, approval, rollout.Answer{
		Step: request.Step, Person: person, Approve: request.Answer == events.Approve, Comment: request.Comment, How: rollout.ByEvent, At: h.Now(),
	})
}

// count writes an answer and wakes the release when it was the one that was missing. An answer that came twice is written once,
// but wakes again: the first attempt may have died in between.
func (h *handler) count(ctx context.Context, r rollout.Release, approval rollout.Approval, a rollout.Answer) error {
	now, err := h.store.Answered(ctx, r.ID, *r.Asked, a, rollout.Line{At: a.At, Who: a.Person, What: said(r, a)})
	if dynamo.IsConflict(err) {
		if before, given := now.Answers[a.Key()]; given && before.Approve == a.Approve {
			return h.wake(ctx, now, approval, a.Step)
		}
		why := rollout.Because("it was answered before, or closed meanwhile", "nothing: what was decided stands; abort the release to stop it")
		return h.refuse(ctx, r, approval, events.AnswerRequest{Release: r.ID, Step: a.Step, By: a.Person, Comment: a.Comment}, why)
	}
	if err != nil {
		return err
	}
	if err := h.tell(ctx, r, approval, a.Person, word(a.Approve), said(r, a)); err != nil { // people hear of it before what follows from it
		return err
	}
	return h.wake(ctx, now, approval, a.Step)
}

// wake has the machine count as soon as another answer would change nothing.
func (h *handler) wake(ctx context.Context, r rollout.Release, a rollout.Approval, step int) error {
	if !r.Tally(step, a).Closed() {
		return nil
	}
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil || !l.HeldBy(r) {
		return err
	}
	return h.machine.Wake(ctx, l.Token)
}

// refuse leaves a line in the record and tells whoever listens: an answer that does not count must not look like one that does.
func (h *handler) refuse(ctx context.Context, r rollout.Release, a rollout.Approval, request events.AnswerRequest, why *rollout.Rejection) error {
	text := fmt.Sprintf("The answer of %s does not count: %s; %s.", request.By, why.Reason, why.Remedy)
	if err := h.note(ctx, r, "decide", text); err != nil {
		return err
	}
	if r.Asked == nil {
		return nil
	}
	return h.tell(ctx, r, a, request.By, "refused", text)
}

func (h *handler) tell(ctx context.Context, r rollout.Release, a rollout.Approval, by, answer, sentence string) error {
	d := eventbridge.Question(r, a, sentence, h.Now())
	d.Asked.Answer, d.Asked.By, d.Asked.How = answer, by, rollout.ByEvent
	return h.bus.Tell(ctx, events.ReleaseAnswered, d)
}

func word(approve bool) string {
	if approve {
		return events.Approve
	}
	return events.Reject
}

func said(r rollout.Release, a rollout.Answer) string {
	text := fmt.Sprintf("%s: %v of the traffic (by %s).", word(a.Approve), r.At(a.Step).Weight, a.How)
	if a.Comment != "" {
		text += " " + a.Comment
	}
	return text
}
