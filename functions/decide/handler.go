// Package decide carries out what a person says to a release: abort, promote now, an override of its gates, an answer to what it asks, or
// that its promotion is to be taken back.
package decide

import (
	"cmp"
	"context"
	"fmt"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/lambda"
	"sluice/shared/request"
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
	Trigger      string `env:"SLUICE_TRIGGER"`
}

type handler struct {
	start.World
	environment string
	store       store
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
	slack       *lambda.Function // knows who is in a user group
	requests    request.Desk
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	table := dynamo.New(w.AWS, c.Table)
	h := &handler{
		World: w, environment: c.Environment, store: table, machine: stepfunctions.New(w.AWS, c.StateMachine),
		bus: eventbridge.New(w.AWS, c.Bus), slack: lambda.New(w.AWS, c.Slack), requests: request.Desk{Trigger: lambda.New(w.AWS, c.Trigger), Records: table},
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
//
// Whoever waits for the answer reads in it what was done. The bus and those who send words do not wait.
func (h *handler) handle(ctx context.Context, in input) (events.Heard, error) {
	if why := presumption(start.Alias(ctx), in); why != "" {
		h.turnAway(ctx, in, why)
		return events.Heard{Says: "It was turned away: " + why + ".", Remedy: "tell the people who run Sluice"}, nil
	}
	if in.Word != nil {
		return h.spoken(ctx, *in.Word)
	}
	e := in.Raw
	if e.ReplayName != "" {
		h.Log.WarnContext(ctx, "ignored a replayed request", "event", e.ID, "request", e.DetailType)
		return events.Heard{}, nil
	}
	if e.DetailType == events.AnswerGiven {
		return h.answer(ctx, e)
	}
	request, err := events.ReadControl(e)
	if err != nil {
		return events.Heard{}, err
	}
	r, err := h.store.Release(ctx, request.Release)
	if err != nil {
		return events.Heard{}, err
	}
	switch e.DetailType {
	case events.PromoteRequested:
		return h.promoteByEvent(ctx, r, e, request.By)
	case events.OverrideRequested:
		return h.override(ctx, r, events.Word{Do: events.Override, How: rollout.ByEvent, By: request.By, Comment: request.Reason, Gate: request.Gate})
	}
	return h.abortByEvent(ctx, r, e, request)
}

// abortByEvent stops a release on a claim, and the record says that it is a claim. Where the definition names people for events, it has to be one
// of them. Where it names nobody, whoever may put the event on the bus may stop a release: stopping is the safe direction.
func (h *handler) abortByEvent(ctx context.Context, r rollout.Release, e events.Raw, request events.ControlRequest) (events.Heard, error) {
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
func (h *handler) promoteByEvent(ctx context.Context, r rollout.Release, e events.Raw, by string) (events.Heard, error) {
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
func (h *handler) unnamed(ctx context.Context, r rollout.Release, e events.Raw, do, by string) (events.Heard, error) {
	return h.uncounted(ctx, r, fmt.Sprintf("%[1]s by %.60[2]q, by an event of account %[3]s, does not count: nobody under people of the definition has it as event; %[1]s on the page or in Slack, or add people.<name>.event.", do, by, e.Account), "")
}

func (h *handler) promote(ctx context.Context, r rollout.Release, by string) (events.Heard, error) {
	l, err := h.store.Lease(ctx, r.Definition.Target.ID())
	if err != nil {
		return events.Heard{}, err
	}
	if !l.HeldBy(r) || l.Fence != nil {
		heard := events.Heard{Says: "Asked to promote now, but the release does not move forward.", Remedy: "nothing: it has not begun, goes back, or has ended"}
		return heard, h.note(ctx, r, by, heard.Says)
	}
	if _, err = h.store.Promote(ctx, l, by); dynamo.IsConflict(err) { // it has ended or was taken over meanwhile, and there is nothing left to decide
		return events.Heard{Says: "The release has ended meanwhile.", Remedy: "look at it again"}, nil
	}
	if err != nil {
		return events.Heard{}, err
	}
	return events.Heard{Done: true, Says: "The release goes to 100 % at once, after what people still have to approve."}, h.wake(ctx, r)
}

const noReason = "no reason was given"

// abort stops a release wherever it is: before it began, in the queue, in flight, or inside its revert window.
func (h *handler) abort(ctx context.Context, r rollout.Release, by, reason string) (events.Heard, error) {
	f := rollout.Fence{Kind: rollout.ByPerson, By: by, Reason: by + " stopped the release: " + cmp.Or(reason, noReason), At: h.Now()}
	stops := events.Heard{Done: true, Says: "The release stops. What traffic the candidate has goes back first."}
	if r.End == "" {
		err := h.store.AskAbort(ctx, r.ID, f, rollout.Line{At: f.At, Who: by, What: f.Reason})
		if dynamo.IsConflict(err) { // it has ended since it was read
			r, err = h.store.Release(ctx, r.ID)
		}
		if err != nil {
			return events.Heard{}, err
		}
	}
	var l rollout.Lease
	target := r.Definition.Target.ID()
	if target != "" {
		var err error
		if l, err = h.store.Lease(ctx, target); err != nil {
			return events.Heard{}, err
		}
	}
	if why := l.NoAbort(r, f.At); why != nil {
		return h.unstoppable(ctx, r, by, why)
	}
	if target == "" { // Plan has not been there yet, and will see it
		return stops, nil
	}
	if l.Owner != r.ID || l.Phase == rollout.Free {
		return stops, h.wake(ctx, r)
	}
	return h.sendBack(ctx, r, l, f, stops)
}

// unstoppable says in the record and on the bus that an abort does nothing, so that whoever asked for it does not wait for it.
func (h *handler) unstoppable(ctx context.Context, r rollout.Release, by string, why *rollout.Rejection) (events.Heard, error) {
	said := fmt.Sprintf("The abort by %.60q does nothing: %s; %s.", by, why.Reason, why.Remedy)
	if err := h.note(ctx, r, "decide", said); err != nil {
		return events.Heard{}, err
	}
	d := eventbridge.Detail(r, rollout.None, said, h.Now())
	if d.Cause, d.Remedy = why.Reason, why.Remedy; r.End == rollout.Succeeded {
		d.Weight = float64(rollout.All) / 100
	}
	return events.Heard{Says: "The abort does nothing: " + why.Reason + ".", Remedy: why.Remedy}, h.bus.Tell(ctx, events.ReleaseAnswered, d)
}

// wake has a release look at what was decided.
func (h *handler) wake(ctx context.Context, r rollout.Release) error {
	return h.machine.Wake(ctx, h.store, r.ID, h.Now())
}

// sendBack raises the fence of a release that holds its lease.
func (h *handler) sendBack(ctx context.Context, r rollout.Release, l rollout.Lease, f rollout.Fence, stops events.Heard) (events.Heard, error) {
	l, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, f)
	if dynamo.IsConflict(err) { // it has changed hands since it was read
		if why := l.NoAbort(r, f.At); why != nil {
			return h.unstoppable(ctx, r, f.By, why)
		}
		return stops, nil
	}
	if err != nil {
		return events.Heard{}, err
	}
	if l.ArmedUntil.IsZero() { // as it is now: it may have been promoted since it was read
		return stops, h.wake(ctx, r)
	}
	return stops, h.machine.Revert(ctx, h.store, r, rollout.Line{At: f.At, Who: f.By, What: f.Reason})
}

// uncounted leaves a line about a word that does not count.
func (h *handler) uncounted(ctx context.Context, r rollout.Release, why, remedy string) (events.Heard, error) {
	return events.Heard{Says: why, Remedy: remedy}, h.note(ctx, r, "decide", why)
}

func (h *handler) note(ctx context.Context, r rollout.Release, who, what string) error {
	return h.store.Note(ctx, r.ID, rollout.Line{At: h.Now(), Who: who, What: what})
}
