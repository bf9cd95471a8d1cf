// Package decide carries out what a person says to a release that runs: abort, promote now, an override
// of its gates, or an answer to what it asks.
package decide

import (
	"cmp"
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Environment  string `env:"SLUICE_ENVIRONMENT"`
	Table        string `env:"SLUICE_TABLE"`
	Bus          string `env:"SLUICE_BUS"`
	StateMachine string `env:"SLUICE_STATE_MACHINE"`
	Slack        string `env:"SLUICE_SLACK_FUNCTION"`
}

type handler struct {
	start.World
	environment string
	store       store
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
	slack       *lambda.Function // knows who is in a user group
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, environment: c.Environment, store: dynamo.New(w.AWS, c.Table), machine: stepfunctions.New(w.AWS, c.StateMachine),
		bus: eventbridge.New(w.AWS, c.Bus), slack: lambda.New(w.AWS, c.Slack),
	}
	return start.Handle(w, "decide", h.handle), nil
}

// input is an event of the bus, or what a person said whom another function has recognised.
type input struct {
	events.Raw
	events.Spoken
}

// handle fails for a request that cannot be read, and for a release that does not exist: the request may have overtaken the one
// that makes the release. Lambda tries it again twice, and then puts it into the dead-letter queue.
func (h *handler) handle(ctx context.Context, in input) (struct{}, error) {
	if why := presumption(start.Alias(ctx), in); why != "" {
		h.turnAway(ctx, in, why)
		return struct{}{}, nil
	}
	if in.Word != nil {
		return struct{}{}, h.spoken(ctx, *in.Word)
	}
	e := in.Raw
	if e.ReplayName != "" {
		h.Log.WarnContext(ctx, "ignored a replayed request", "event", e.ID, "request", e.DetailType)
		return struct{}{}, nil
	}
	if e.DetailType == events.AnswerGiven {
		return struct{}{}, h.answer(ctx, e)
	}
	request, err := events.ReadControl(e)
	if err != nil {
		return struct{}{}, err
	}
	r, err := h.store.Release(ctx, request.Release)
	if err != nil {
		return struct{}{}, err
	}
	switch e.DetailType {
	case events.PromoteRequested:
		return struct{}{}, h.promoteByEvent(ctx, r, e, request.By)
	case events.OverrideRequested:
		return struct{}{}, h.override(ctx, r, events.Word{Do: events.Override, How: rollout.ByEvent, By: request.By, Comment: request.Reason, Gate: request.Gate})
	}
	return struct{}{}, h.abortByEvent(ctx, r, e, request)
}

// abortByEvent stops a release on a claim, and the record says that it is a claim. Where the definition names people for events, it has to be one
// of them. Where it names nobody, whoever may put the event on the bus may stop a release: stopping is the safe direction.
func (h *handler) abortByEvent(ctx context.Context, r rollout.Release, e events.Raw, request events.ControlRequest) error {
	by := request.By
	if r.Definition.NamesFor(rollout.ByEvent) {
		if by = r.Definition.Known(rollout.ByEvent, request.By); by == "" {
			return h.unnamed(ctx, r, e, events.Abort, request.By)
		}
	}
	return h.abort(ctx, r, by, claim(e, cmp.Or(request.Reason, noReason)))
}

// promoteByEvent promotes on the word of somebody whom the definition names for events; the same holds for answers. EventBridge does not tell
// who sent an event, so the record holds a claim, with the account and the source of the event.
func (h *handler) promoteByEvent(ctx context.Context, r rollout.Release, e events.Raw, by string) error {
	person := r.Definition.Known(rollout.ByEvent, by)
	if person == "" {
		return h.unnamed(ctx, r, e, events.Promote, by)
	}
	return h.promote(ctx, r, claim(e, person))
}

// claim adds to a text that nobody has verified who said it.
func claim(e events.Raw, text string) string {
	return fmt.Sprintf("%s (claimed, by an event of account %s from %.60q)", text, e.Account, e.Source)
}

// unnamed says why an event does not count, and what would.
func (h *handler) unnamed(ctx context.Context, r rollout.Release, e events.Raw, do, by string) error {
	return h.note(ctx, r, "decide", fmt.Sprintf("%[1]s by %.60[2]q, by an event of account %[3]s, does not count: nobody under people of the definition has it as event; %[1]s on the page or in Slack, or add people.<name>.event.", do, by, e.Account))
}

func (h *handler) promote(ctx context.Context, r rollout.Release, by string) error {
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil {
		return err
	}
	if !l.HeldBy(r) || l.Fence != nil {
		return h.note(ctx, r, by, "Asked to promote now, but the release does not move forward.")
	}
	if _, err = h.store.Promote(ctx, l, by); err != nil {
		return ignoreConflict(err)
	}
	return h.wake(ctx, r)
}

const noReason = "no reason was given"

// abort stops a release wherever it is: before it began, in the queue, in flight, or inside its revert window.
func (h *handler) abort(ctx context.Context, r rollout.Release, by, reason string) error {
	f := rollout.Fence{Kind: rollout.ByPerson, By: by, Reason: by + " stopped the release: " + cmp.Or(reason, noReason), At: h.Now()}
	if r.End == "" {
		err := h.store.AskAbort(ctx, r.ID, f, rollout.Line{At: f.At, Who: by, What: f.Reason})
		if dynamo.IsConflict(err) { // it has ended since it was read
			r, err = h.store.Release(ctx, r.ID)
		}
		if err != nil {
			return err
		}
	}
	target := r.Definition.Target.ID()
	if target == "" { // Plan has not been there yet, and will see it
		return nil
	}
	l, err := h.store.Lease(ctx, target)
	if err != nil {
		return err
	}
	if why := l.NoAbort(r, f.At); why != nil {
		return h.unstoppable(ctx, r, by, why)
	}
	if l.Owner != r.ID || l.Phase == rollout.Free {
		return h.wake(ctx, r)
	}
	return h.sendBack(ctx, r, l, f)
}

// unstoppable says in the record and on the bus that an abort does nothing, so that whoever asked for it does not wait for it.
func (h *handler) unstoppable(ctx context.Context, r rollout.Release, by string, why *rollout.Rejection) error {
	said := fmt.Sprintf("The abort by %.60q does nothing: %s; %s.", by, why.Reason, why.Remedy)
	if err := h.note(ctx, r, "decide", said); err != nil {
		return err
	}
	d := eventbridge.Detail(r, rollout.None, said, h.Now())
	if d.Cause, d.Remedy = why.Reason, why.Remedy; r.End == rollout.Succeeded {
		d.Weight = float64(rollout.All) / 100
	}
	return h.bus.Tell(ctx, events.ReleaseAnswered, d)
}

// wake has a release look at what was decided.
func (h *handler) wake(ctx context.Context, r rollout.Release) error {
	return h.machine.Wake(ctx, h.store, r.ID, h.Now())
}

func (h *handler) sendBack(ctx context.Context, r rollout.Release, l rollout.Lease, f rollout.Fence) error {
	l, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
	if dynamo.IsConflict(err) { // it has changed hands since it was read
		if why := l.NoAbort(r, f.At); why != nil {
			return h.unstoppable(ctx, r, f.By, why)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if l.ArmedUntil.IsZero() { // as it is now: it may have been promoted since it was read
		return h.wake(ctx, r)
	}
	return h.machine.Revert(ctx, h.store, r, rollout.Line{At: f.At, Who: f.By, What: f.Reason})
}

func (h *handler) note(ctx context.Context, r rollout.Release, who, what string) error {
	return h.store.Note(ctx, r.ID, rollout.Line{At: h.Now(), Who: who, What: what})
}

// ignoreConflict drops a conflict: the release has ended or was taken over meanwhile, and there is nothing left to decide.
func ignoreConflict(err error) error {
	if dynamo.IsConflict(err) {
		return nil
	}
	return err
}
