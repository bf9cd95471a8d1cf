// Package sweep finds releases whose execution is dead, and finishes them. A failure event of Step Functions wakes it, which is best
// effort, and a schedule, which is not.
package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/dynamo"
	"sluice/shared/eventbridge"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
	"sluice/shared/telemetry"
)

type config struct {
	Environment  string `env:"SLUICE_ENVIRONMENT"`
	Table        string `env:"SLUICE_TABLE"`
	Bus          string `env:"SLUICE_BUS"`
	StateMachine string `env:"SLUICE_STATE_MACHINE"`
	Watch        string `env:"SLUICE_WATCH_RULE"`
}

type handler struct {
	start.World
	environment string
	store       store
	machine     *stepfunctions.Machine
	bus         *eventbridge.Bus
	watch       *eventbridge.Rule
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	h := &handler{
		World: w, environment: c.Environment, store: dynamo.New(w.AWS, c.Table),
		machine: stepfunctions.New(w.AWS, c.StateMachine), bus: eventbridge.New(w.AWS, c.Bus), watch: eventbridge.NewRule(w.AWS, c.Watch),
	}
	return start.Handle(w, "sweep", h.handle), nil
}

const (
	// grace is how long a release may exist without an execution: trigger creates it a moment before it starts one.
	grace = 2 * time.Minute
	// maxMachines is how many executions may try to finish one release before a person is paged.
	maxMachines = 5
)

func (h *handler) handle(ctx context.Context, e events.Raw) (struct{}, error) {
	if e.DetailType == events.ExecutionStatusChange {
		return struct{}{}, h.one(ctx, e.Detail)
	}
	open, err := h.store.Open(ctx)
	if err != nil {
		return struct{}{}, err
	}
	failed := []error{h.wakeWatch(ctx)}
	if len(open) == 0 {
		return struct{}{}, errors.Join(failed...)
	}
	running, err := h.machine.AllRunning(ctx)
	if err != nil {
		return struct{}{}, errors.Join(append(failed, err)...)
	}
	for _, r := range open {
		if !running[r.Execution] {
			failed = append(failed, h.look(ctx, r))
		}
	}
	return struct{}{}, errors.Join(failed...)
}

// wakeWatch enables the schedule of watch while watch has something to look after: a person may have disabled it, or a watch may have died after
// it disabled the schedule and before it looked again.
func (h *handler) wakeWatch(ctx context.Context) error {
	listed, err := h.store.WatchList(ctx)
	if err != nil || len(listed) == 0 {
		return err
	}
	return h.watch.Enable(ctx)
}

// one looks at the release that a failed execution led; its input names it.
func (h *handler) one(ctx context.Context, detail json.RawMessage) error {
	var d events.Execution
	var c rollout.Cursor
	if err := errors.Join(json.Unmarshal(detail, &d), json.Unmarshal([]byte(d.Input), &c)); err != nil || c.Release == "" {
		h.Log.WarnContext(ctx, "ignored an execution that leads no release", "execution", d.ExecutionArn)
		return nil
	}
	r, err := h.store.Release(ctx, c.Release)
	if err != nil {
		return err
	}
	if r.Execution != d.ExecutionArn { // another execution leads it by now
		return nil
	}
	return h.look(ctx, r)
}

// look asks about this one execution, because a list of the running ones may be behind.
func (h *handler) look(ctx context.Context, r rollout.Release) error {
	life, err := h.machine.Life(ctx, r.Execution)
	switch {
	case err != nil:
		return err
	case life == stepfunctions.Running:
		return nil
	case life == stepfunctions.NeverStarted && h.Now().Sub(r.Created) < grace:
		return nil
	case life == stepfunctions.NeverStarted && r.Machines == 1:
		_, err := h.machine.Start(ctx, r.ID, r.Cursor())
		return err
	case life == stepfunctions.NeverStarted:
		return h.machine.Resume(ctx, r)
	}
	return h.finish(ctx, r)
}

// finish reads the record once more, consistently: the index may lag behind an end that was just written, and another
// sweep may have taken the release over.
func (h *handler) finish(ctx context.Context, seen rollout.Release) error {
	r, err := h.store.Release(ctx, seen.ID)
	if err != nil || r.Execution != seen.Execution || r.Open == "" {
		return err
	}
	switch {
	case r.End == rollout.Stuck: // nobody tries again unasked; whoever wrote the end may have died before paging people
		return h.page(ctx, r)
	case r.Decided(): // its traffic is where it should be, and it is never too late to say so
		return h.takeBack(ctx, r, "settles it")
	case r.Machines >= maxMachines:
		return h.stuck(ctx, r)
	}
	return h.takeBack(ctx, r, "takes it back")
}

func (h *handler) takeBack(ctx context.Context, r rollout.Release, todo string) error {
	line := rollout.Line{At: h.Now(), Who: "sweep", What: "The execution that led the release is dead; a new one " + todo + "."}
	return h.machine.TakeBack(ctx, h.store, r, line)
}

// stuck gives up and pages somebody: every execution that tried has failed. It writes the record first, because mail is made from it.
func (h *handler) stuck(ctx context.Context, r rollout.Release) error {
	r.End, r.Ended = rollout.Stuck, h.Now()
	r.Cause = &rollout.Fence{Kind: rollout.ByBreakdown, By: "sweep", Reason: fmt.Sprintf("%d executions tried to bring the release back, and all failed.", r.Machines), At: r.Ended}
	if err := h.store.Ended(ctx, r, rollout.Line{At: r.Ended, Who: "sweep", What: r.End.Sentence()}); err != nil {
		return err
	}
	return h.page(ctx, r)
}

// page calls people to a release that is stuck, and then takes it out of the open ones. After a crash in between it pages them again.
func (h *handler) page(ctx context.Context, r rollout.Release) error {
	if err := h.bus.Tell(ctx, events.ReleaseStuck, eventbridge.Detail(r, rollout.None, r.Ending(), r.Ended)); err != nil {
		return err
	}
	if err := telemetry.Emit(h.Stdout, r.Ended, map[string]string{"Environment": h.environment}, telemetry.Metric{Name: telemetry.Stuck, Unit: telemetry.Count, Value: 1}); err != nil {
		return err
	}
	return h.store.Closed(ctx, r)
}
