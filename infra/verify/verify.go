package verify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sluice/infra/definition"
	"sluice/infra/session"
	"sluice/shared/cloudwatch"
	"sluice/shared/rollout"
)

// An Account is what definitions are held against, with the rights of whoever asks.
type Account struct {
	engine  session.Engine
	watcher *cloudwatch.Watcher
	now     func() time.Time
}

// In opens the account and Region of an engine.
func In(e session.Engine, now func() time.Time) *Account {
	return &Account{e, cloudwatch.New(e.AWS), now}
}

// Service looks at everything that a service's definition names, and answers what stands in the way of a release, errors first.
func (a *Account) Service(ctx context.Context, s definition.Service) []Finding {
	d := s.Definition.WithDefaults()
	now, found := a.target(ctx, d)
	found = append(found, a.deployed(ctx, d)...)
	found = append(found, a.judging(ctx, d, now.Stable)...)
	found = append(found, a.gates(ctx, d)...)
	found = append(found, a.hooks(ctx, d)...)
	return placed(s, append(found, a.source(ctx, d)...))
}

// Judging looks only at what the judging of a release depends on.
func (a *Account) Judging(ctx context.Context, s definition.Service) []Finding {
	d := s.Definition.WithDefaults()
	_, now, _ := a.read(ctx, d.Target) // without it, metrics that name stable are not found, and the finding says so
	return placed(s, a.judging(ctx, d, now.Stable))
}

// judging looks at the alarms and at what the checks count.
func (a *Account) judging(ctx context.Context, d rollout.Definition, stable string) (found []Finding) {
	if names := slices.Concat(d.Guard.Alarms, d.Checks.Alarms); len(names) > 0 {
		alarms, err := a.watcher.Watched(ctx, names, a.now())
		if err != nil {
			found = append(found, unseen("guard.alarms", "the alarms", err))
		} else {
			found = append(found, Alarms(d, alarms)...)
		}
	}
	if !d.Checks.Counted() {
		return found
	}
	hours, unread := a.watcher.Hours(ctx, d, stable, a.now())
	return append(found, Evidence(d, hours, unread)...)
}

// Sorted orders the findings of several services by the service.
func Sorted(all []Finding) []Finding {
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(a.Service, b.Service) })
	return all
}
