package conformance

import (
	"context"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// What a service does that takes back what somebody else began. One that does not is not asked to.
var evictedProperties = []deploymentProperty{
	{"Evict takes somebody else's deployment back", evicts, false},
	{"Evict leaves what is over", evictsNothing, false},
	{"Evict asks the permit first", evictsWithAPermit, false},
}

// evict has the service take back what the target is found in.
func (y *yard) evict(found rollout.Split, p traffic.Permit) error {
	y.t.Helper()
	return y.mover.Evict(y.ctx, y.target, found, p)
}

func (y *yard) evictor() bool {
	_, is := y.port.(traffic.Evictor)
	return is
}

func evicts(y *yard) {
	if !y.evictor() {
		return
	}
	y.Deploy(y.t, y.Other)
	found := y.read()
	for range 2 { // the first answer may be lost
		if err := y.evict(found, allowed); err != nil {
			y.t.Fatal(err)
		}
	}
	if now := y.read(); now.Tag != found.Tag {
		y.t.Errorf("it is another deployment: %s, and not %s", now.Tag, found.Tag)
	}
	y.rests(y.Stable)
}

func evictsNothing(y *yard) {
	if !y.evictor() {
		return
	}
	y.Deploy(y.t, y.Other)
	found := y.read()
	y.rests(y.Other)
	if err := y.evict(found, allowed); err != nil {
		y.t.Fatal(err)
	}
	y.rests(y.Other)
}

func evictsWithAPermit(y *yard) {
	if !y.evictor() {
		return
	}
	y.Deploy(y.t, y.Other)
	if err := y.evict(y.read(), permit(func(context.Context, rollout.Split) error { return traffic.ErrFenced })); !traffic.IsFenced(err) {
		y.t.Errorf("behind a fence it answers %v", err)
	}
	y.rests(y.Other)
}
