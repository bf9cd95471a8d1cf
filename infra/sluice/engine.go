package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sluice/events"
	"sluice/infra/session"
	"sluice/infra/typed"
	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/shared/ssm"
)

// An engine is what the commands read, with the rights of whoever types.
type engine struct {
	session.Engine
	store       *dynamo.Store
	definitions *ssm.Definitions
}

func newEngine(e session.Engine) engine {
	return engine{Engine: e, store: dynamo.New(e.AWS, e.Name()), definitions: ssm.New(e.AWS, e.Definitions())}
}

// seen is how many releases of a service are looked at to find the one that is meant.
const seen = 10

// A preference says how well a release fits what is to be done with it: the highest is meant, and of several the newest. 0 is not meant.
type preference func(rollout.Release) int

// current prefers the release that has the target, then one that has not ended, then the newest.
func current(r rollout.Release) int {
	switch {
	case r.Decided():
		return 1
	case r.Started.IsZero():
		return 2
	}
	return 3
}

// meant is the release that a word means: an id, or a service, of whose releases the preference chooses. What else of it runs is beside.
func (e engine) meant(ctx context.Context, word string, fits preference) (r rollout.Release, beside int, err error) {
	id := word
	if !events.IsReleaseID(word) {
		recent, err := e.recent(ctx, word)
		if err != nil {
			return r, 0, err
		}
		best := slices.MaxFunc(recent, func(a, b rollout.Release) int {
			return cmp.Or(cmp.Compare(fits(a), fits(b)), a.Created.Compare(b.Created))
		})
		for _, one := range recent {
			if !one.Decided() && one.ID != best.ID {
				beside++
			}
		}
		id = best.ID
	}
	r, err = e.store.Release(ctx, id)
	if dynamo.IsNotFound(err) {
		return r, 0, wrong("%s has no release %s; sluice list shows those that there are", e.Environment, id)
	}
	return r, beside, e.reached(err)
}

// recent are the newest releases of a service, one at least.
func (e engine) recent(ctx context.Context, service string) ([]rollout.Release, error) {
	found, err := e.store.Recent(ctx, service, seen)
	if err != nil {
		return nil, e.reached(err)
	}
	if len(found) > 0 {
		return found, nil
	}
	names, err := e.definitions.Names(ctx)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s has no release of a service %q, and which services there are cannot be read: %w", e.Environment, service, err)
	case slices.Contains(names, service):
		return nil, wrong("nothing of %s was released in %s yet; ask for it: sluice release %[1]s REVISION", service, e.Environment)
	}
	return nil, e.noService(service, names)
}

// noService says which service was meant.
func (e engine) noService(service string, names []string) error {
	if len(names) == 0 {
		return wrong("%s has no services; write infra/services/%s.yaml and deploy", e.Environment, service)
	}
	return wrong("%s has no service %q; %s", e.Environment, service, typed.Suggest(service, names))
}

// evidence is what the checks of a release have seen.
func (e engine) evidence(ctx context.Context, release string) (judge.Ledger, error) {
	l, err := e.store.Ledger(ctx, release)
	return l, e.reached(err)
}

// reached says what to do where there is no such table.
func (e engine) reached(err error) error {
	if dynamo.IsNoTable(err) {
		return wrong("there is no Sluice %q in %s (no table %s): name the environment with -e, and the Region with AWS_REGION", e.Environment, e.AWS.Region, e.Name())
	}
	return err
}
