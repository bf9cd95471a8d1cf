package main

import (
	"context"
	"time"

	"sluice/shared/rollout"
)

// How long a release that was asked for is looked at, and how often. By then it has begun, waits for something, or was turned away.
const (
	soon    = 15 * time.Second
	looking = time.Second
)

// begun waits until a release that was asked for is on its way. When it ended before that, because there is no such revision, say, it says how, and ends
// as -w does. Whoever may not read releases hears that it was asked for, and no more.
func (d desk) begun(ctx context.Context, e engine, id string) (over bool, err error) {
	for until := d.now().Add(soon); d.now().Before(until); {
		r, err := e.store.Release(ctx, id)
		switch {
		case ctx.Err() != nil || err != nil && remedy(err) != "":
			return false, nil
		case err == nil && r.Decided():
			return true, d.ending(r, e.Environment)
		case err == nil && (r.State != rollout.StatePlan || r.Stable != "" || r.Building != nil):
			return false, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(looking):
		}
	}
	return false, nil
}
