package byhand

import (
	"fmt"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/shared/stepfunctions"
	"sluice/test/scenario"
)

// Created writes the record of a release as trigger does; nothing leads it.
func (w *World) Created(version string) rollout.Release {
	w.T.Helper()
	return w.CreatedOf(rollout.Revision{Version: version})
}

// CreatedOf is Created for a revision that is more than a version, or none yet.
func (w *World) CreatedOf(revision rollout.Revision) rollout.Release {
	w.T.Helper()
	id := events.ReleaseID(w.service, revision.Version+revision.Commit, fmt.Sprint(time.Now()))
	r := rollout.Release{
		ID: id, Service: w.service, Revision: revision, By: "story",
		State: rollout.StatePlan, Created: time.Now(), Execution: w.execution(id), Machines: 1,
	}
	w.must(w.Store.Create(w.ctx, r))
	return r
}

func (w *World) execution(name string) string {
	return "arn:aws:states:us-east-1:123456789012:execution:sluice-sandbox-release:" + name
}

// Back is what the state Rollback gives to its function.
func Back(c rollout.Cursor) stepfunctions.Return {
	return stepfunctions.Return{Cursor: c, Token: "back"}
}

// Start is the cursor that an execution begins with.
func Start(r rollout.Release) rollout.Cursor { return r.Cursor() }

// Planned leads a new release through Plan.
func (w *World) Planned(version string) rollout.Release {
	w.T.Helper()
	r := w.Created(version)
	w.Leads("plan", Start(r))
	return w.Release(r.ID)
}

// Begun leads a new release through Admit: it holds the lease, and nothing has moved.
func (w *World) Begun(version string) rollout.Release {
	w.T.Helper()
	r := w.Planned(version)
	if c := w.Leads("admit", Start(r)); c.Next != rollout.NextShift && c.Next != rollout.NextAsk {
		w.T.Fatalf("admit does not let %s in: %+v", r.ID, c)
	}
	return w.Release(r.ID)
}

// Asking leads a new release through Admit to the question that its definition asks before the first step.
func (w *World) Asking(version string) rollout.Release {
	w.T.Helper()
	r := w.Planned(version)
	if c := w.Leads("admit", Start(r)); c.Next != rollout.NextAsk {
		w.T.Fatalf("admit does not ask anybody about %s: %+v", r.ID, c)
	}
	return w.Release(r.ID)
}

// Baking leads a new release to the bake of its first step.
func (w *World) Baking(version string) rollout.Release {
	w.T.Helper()
	r := w.Begun(version)
	w.Does("shift", Task(r, 0, "first"))
	return w.Release(r.ID)
}

// Promoted leads a new release past all its steps to its end.
func (w *World) Promoted(version string) rollout.Release {
	w.T.Helper()
	r := w.Baking(version)
	w.Does("shift", Task(r, r.Last(), "last"))
	w.Leads("settle", Start(r).Go(rollout.NextSettle))
	if r = w.Release(r.ID); r.End != rollout.Succeeded {
		w.T.Fatalf("%s ended %s", r.ID, r.End)
	}
	return r
}

// Task is what a state that waits by task token gives to its function, in this moment.
func Task(r rollout.Release, step int, token string) stepfunctions.Task {
	return stepfunctions.Task{Release: r.ID, Step: step, Token: token, Entered: time.Now()}
}

// Fenced raises the fence of a release that holds the lease, as a person who stops it does.
func (w *World) Fenced(r rollout.Release) rollout.Fence {
	w.T.Helper()
	f := rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: "grace stopped the release", At: time.Now()}
	_, err := w.Store.Raise(w.ctx, r.Definition.Target.ID(), r.ID, r.Epoch, f)
	w.must(err)
	return f
}

// Event is an event as its function gets it.
func Event(detailType string, detail any) events.Envelope[any] {
	return events.Envelope[any]{ID: "event-1", Source: "story", DetailType: detailType, Time: time.Now(), Detail: detail}
}

// Alarm is the event of an alarm of the engine's own place, as guard gets it.
func Alarm(a events.Alarm) events.Envelope[any] {
	e := Event(events.AlarmStateChange, a)
	e.Resources = []string{scenario.Here.Alarm(a.AlarmName)}
	return e
}

// Red is the detail of an alarm that goes red in this moment.
func Red(name string) events.Alarm {
	return events.Alarm{AlarmName: name, State: events.AlarmState{Value: "ALARM", Reason: "a story", Timestamp: events.AlarmTime(time.Now())}}
}
