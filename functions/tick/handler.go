// Package tick gives a service its word at each tick of a deployment: it may go on, or it must go back. AppConfig asks by itself, about once a minute, while
// a version grows and bakes, and waits for the answer.
//
// A deployment of somebody else is not Sluice's to judge, and goes on; so does one that brings stable back. Of a deployment that belongs to a release, the
// guard's alarms and the checks are judged as while it bakes. What fails raises the fence and wakes the machine, and the service goes back at once.
//
// What cannot be read is an error, and an error is an answer, too: AppConfig goes back. So a Sluice that is dead lets nothing through, and no data is
// not good news. What is only not known yet, such as a check with too few requests, does not stop a deployment.
package tick

import (
	"context"
	"slices"
	"strings"

	"sluice/events"
	"sluice/shared/cloudwatch"
	"sluice/shared/dynamo"
	"sluice/shared/evidence"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/shared/start"
	"sluice/shared/stepfunctions"
)

type config struct {
	Table string `env:"SLUICE_TABLE"`
}

type handler struct {
	start.World
	store   store
	watcher *cloudwatch.Watcher
	book    *evidence.Book
	machine *stepfunctions.Machine
}

// New builds the handler.
func New(w start.World) (any, error) {
	var c config
	if err := w.Decode(&c); err != nil {
		return nil, err
	}
	table, watcher := dynamo.New(w.AWS, c.Table), cloudwatch.New(w.AWS)
	h := &handler{World: w, store: table, watcher: watcher, book: evidence.New(table, watcher), machine: stepfunctions.New(w.AWS, "")}
	return start.Handle(w, "tick", h.handle), nil
}

// handle finds the release that the deployment belongs to, and answers for it.
func (h *handler) handle(ctx context.Context, t events.Tick) (events.Directive, error) {
	l, err := h.store.Lease(ctx, t.Target())
	if err != nil {
		return events.Directive{}, err
	}
	if l.Phase != rollout.Held || l.Candidate != t.Version {
		return events.GoOn(), nil
	}
	standing, err := h.store.Standing(ctx, l.Owner)
	if err != nil {
		return events.Directive{}, err
	}
	r, l := standing.Release, standing.Lease
	switch {
	case !l.HeldBy(r) || l.Candidate != t.Version:
		return events.GoOn(), nil
	case l.Fence != nil:
		return events.GoBack(l.Fence.Reason), nil
	}
	return h.judge(ctx, r, l, t)
}

// judge looks at everything that watches the release. A release whose version is with all callers by now is woken: its bake begins.
func (h *handler) judge(ctx context.Context, r rollout.Release, l rollout.Lease, t events.Tick) (events.Directive, error) {
	states, err := h.watcher.Alarms(ctx, slices.Concat(l.Alarms, r.Definition.Checks.Alarms))
	if err != nil {
		return events.Directive{}, err
	}
	serves := l.Split()
	serves.Since = l.Since
	counted, err := h.book.Weigh(ctx, r, serves, h.Now(), nil)
	if err != nil {
		return events.Directive{}, err
	}
	findings := slices.Concat(judge.Alarms(l, states, h.Now()), judge.Checked(r.Definition.Checks.Alarms, states), counted)
	switch worst := judge.Worst(slices.DeleteFunc(findings, judge.Finding.Premature)...); {
	case worst.Verdict == judge.Fail:
		return h.back(ctx, r, l, worst)
	case worst.Verdict == judge.Error:
		return events.Directive{}, &unread{worst.Why}
	}
	if t.Everywhere() && l.Moving != "" {
		return events.GoOn(), h.machine.Wake(ctx, h.store, r.ID, h.Now())
	}
	return events.GoOn(), nil
}

// unread is evidence that cannot be read.
type unread struct{ why string }

func (u *unread) Error() string { return "judging a tick: " + u.why }

// back raises the fence and wakes the machine, which writes how the release ends. The service goes back by the answer.
func (h *handler) back(ctx context.Context, r rollout.Release, l rollout.Lease, worst judge.Finding) (events.Directive, error) {
	now := h.Now()
	fence := rollout.Fence{Kind: worst.Kind, By: worst.By, Reason: worst.Why, At: now}
	raised, err := h.store.Raise(ctx, l.Target, l.Owner, l.Epoch, fence)
	if dynamo.IsConflict(err) { // it is over, and the next tick finds out whose the deployment is
		return events.GoOn(), nil
	}
	if err != nil {
		return events.Directive{}, err
	}
	if err := h.machine.Wake(ctx, h.store, r.ID, now); err != nil {
		return events.Directive{}, err
	}
	said := "Fail: " + strings.TrimSuffix(raised.Fence.Reason, ".") + "."
	return events.GoBack(raised.Fence.Reason), h.store.Seen(ctx, r.ID, said, rollout.Line{At: now, Who: "tick", What: said})
}
