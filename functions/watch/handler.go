// Package watch looks after everything that is held or armed, each minute. It reads the level of all guard alarms and hands a red one to
// guard, as the alarm's event would have. It hands the releases that bake to look, and those that have left a pool to retire. It decides nothing by itself. Its schedule is enabled
// only while there is something to look after: admit enables it, and a watch that finds nothing disables it.
package watch

import (
	"context"
	"errors"
	"time"

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/lambda"
	"sluice/shared/rollout"
	"sluice/shared/start"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
	Rule  string `env:"SLUICE_WATCH_RULE"`
	Guard string `env:"SLUICE_GUARD"`
	Look  string `env:"SLUICE_LOOK"`
}

type handler struct {
	start.World
	store    store
	watcher  *cloudwatch.Watcher
	mutes    *cloudwatch.Mutes
	schedule *eventbridge.Rule
	guard    *lambda.Function
	look     *lambda.Function
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, store: dynamo.New(w.AWS, c.Table), watcher: cloudwatch.New(w.AWS), mutes: cloudwatch.NewMutes(w.AWS),
		schedule: eventbridge.NewRule(w.AWS, c.Rule), guard: lambda.New(w.AWS, c.Guard), look: lambda.New(w.AWS, c.Look),
	}
	return start.Handle(w, "watch", h.handle), nil
}

// handle has traffic brought back first, and then the bakes looked at. A part that fails does not keep the others from their turn.
func (h *handler) handle(ctx context.Context, _ events.Raw) (struct{}, error) {
	listed, err := h.store.WatchList(ctx)
	if err != nil {
		return struct{}{}, err
	}
	leases, err := h.store.Leases(ctx, targets(listed))
	if err != nil {
		return struct{}{}, err
	}
	r := around(listed, leases, h.Now())
	failed := []error{h.alarms(ctx, r), h.looks(ctx, r.bakes), h.idle(ctx, r.idle)}
	for _, l := range r.over {
		failed = append(failed, h.store.Strike(ctx, l))
	}
	if len(r.over) == len(listed) {
		failed = append(failed, h.rest(ctx))
	}
	return struct{}{}, errors.Join(failed...)
}

// pace is the time between two portions of looks; a portion is what CloudWatch answers in a second.
const pace = time.Second

// looks hands the baking releases to look, as many a second as CloudWatch answers.
func (h *handler) looks(ctx context.Context, bakes []bake) error {
	var failed []error
	for i, second := range seconds(bakes) {
		if i > 0 {
			select {
			case <-ctx.Done():
				return errors.Join(append(failed, ctx.Err())...)
			case <-time.After(pace):
			}
		}
		for _, b := range batches(second) {
			failed = append(failed, h.look.Of(b.suffix).Send(ctx, rollout.Looks{Releases: b.releases}))
		}
	}
	return errors.Join(failed...)
}

// idle hands releases to look that are over and have left a pool to retire. They stay on the list until that is done.
func (h *handler) idle(ctx context.Context, over []bake) error {
	var failed []error
	for _, b := range batches(over) {
		failed = append(failed, h.look.Of(b.suffix).Send(ctx, rollout.Looks{Idle: b.releases}))
	}
	return errors.Join(failed...)
}

// rest disables the schedule, and reads the list again afterwards. A release that was let in meanwhile was listed before it enabled the
// schedule: so either it is found here, or its own enabling comes last.
func (h *handler) rest(ctx context.Context) error {
	if err := h.schedule.Disable(ctx); err != nil {
		return err
	}
	listed, err := h.store.WatchList(ctx)
	if err != nil || len(listed) == 0 {
		return err
	}
	return h.schedule.Enable(ctx)
}
