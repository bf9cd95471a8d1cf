package main

import (
	"context"
	"fmt"
	"time"

	"sluice/infra/screen"
	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// frame is one look at a release and what serves.
type frame struct {
	release rollout.Release
	lease   rollout.Lease
	path    []string
	served  map[string]tally // by revision of its service, since the release began
	at      time.Time
}

func (w *world) frame(ctx context.Context, id string, before map[served]tally) (frame, error) {
	f := frame{at: time.Now(), served: map[string]tally{}}
	var err error
	if f.release, err = w.store.Release(ctx, id); dynamo.IsNotFound(err) {
		return f, nil // trigger has not written it yet
	}
	if err != nil {
		return f, err
	}
	if target := f.release.Definition.Target.ID(); target != "" {
		if f.lease, err = w.store.Lease(ctx, target); err != nil {
			return f, err
		}
	}
	f.path = w.sandbox.StepFunctions.Path(f.release.Execution)
	for by, now := range w.traffic.served() {
		if by.service == f.release.Service {
			f.served[by.revision] = tally{now.requests - before[by].requests, now.errors - before[by].errors}
		}
	}
	return f, nil
}

// called names a revision, in the room that both names need, as far as there is room.
func (f frame) called(revision string) string {
	r := f.release
	const least = 3
	room := max(least, nameWidth-len(r.Word()))
	width := min(room, max(least, len(r.Stable), len(r.Revision.Version)))
	return fmt.Sprintf("%s %-*s", r.Word(), width, screen.Clip(revision, room))
}

// nameWidth is the room for a revision's name and the word for it.
const nameWidth = 26

// age is how long ago the release was asked for.
func (f frame) age() time.Duration {
	if f.release.Created.IsZero() {
		return 0
	}
	return f.at.Sub(f.release.Created).Round(time.Second)
}

// weight of the candidate, as the release last read it back.
func (f frame) weight() rollout.Weight {
	if f.lease.Owner != f.release.ID {
		return rollout.None
	}
	return f.lease.Weight
}

// goingBack says whether the fence is up.
func (f frame) goingBack() bool { return f.lease.Owner == f.release.ID && f.lease.Fence != nil }

func (f frame) candidate() tally { return f.served[f.release.Revision.Version] }

// all is what both revisions served.
func (f frame) all() int { return f.candidate().requests + f.served[f.release.Stable].requests }

// alarmToStable is the time from the alarm's change to the guard's report that traffic was back; zero when no alarm took
// the release back.
func (f frame) alarmToStable() time.Duration {
	cause := f.release.Cause
	if cause == nil || cause.Kind != rollout.ByAlarm || cause.Since.IsZero() {
		return 0
	}
	for _, l := range f.release.Audit {
		if l.Who == "guard" && !l.At.Before(cause.At) {
			return l.At.Sub(cause.Since)
		}
	}
	return 0
}
