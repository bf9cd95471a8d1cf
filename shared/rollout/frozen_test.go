package rollout_test

import (
	"testing"
	"time"

	"sluice/shared/rollout"
)

func TestReleaseIsKeptByTheFreezeThatEndsLast(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	freeze := func(service string, until time.Duration) rollout.Frozen {
		f := rollout.Frozen{Service: service, By: "grace", Reason: "r", At: now.Add(-time.Hour)}
		if until != 0 {
			f.Until = now.Add(until)
		}
		return f
	}
	through := func(at time.Duration) []rollout.Override {
		return []rollout.Override{{By: "grace", Gates: []string{rollout.FreezeGate}, At: now.Add(at)}}
	}
	for name, row := range map[string]struct {
		all       []rollout.Frozen
		overrides []rollout.Override
		until     time.Duration // 0: it is not kept
		forever   bool
	}{
		"nothing is frozen":           {},
		"another service":             {all: []rollout.Frozen{freeze("basket", 0)}},
		"its service":                 {all: []rollout.Frozen{freeze("checkout", time.Hour)}, until: time.Hour},
		"everything":                  {all: []rollout.Frozen{freeze("", time.Hour)}, until: time.Hour},
		"its time is over":            {all: []rollout.Frozen{freeze("", 0-time.Second), freeze("checkout", 0-time.Hour)}},
		"both":                        {all: []rollout.Frozen{freeze("", 3*time.Hour), freeze("checkout", time.Hour)}, until: 3 * time.Hour},
		"one without an end":          {all: []rollout.Frozen{freeze("checkout", 0), freeze("", time.Hour)}, forever: true},
		"it was let through":          {all: []rollout.Frozen{freeze("", time.Hour)}, overrides: through(-time.Minute)},
		"through an earlier one only": {all: []rollout.Frozen{freeze("", time.Hour)}, overrides: through(-2 * time.Hour), until: time.Hour},
	} {
		r := rollout.Release{Service: "checkout", Overrides: row.overrides}
		f := r.FrozenBy(row.all, now)
		switch {
		case f == nil:
			if row.forever || row.until != 0 {
				t.Errorf("%s: nothing keeps it", name)
			}
		case row.forever != f.Until.IsZero() || !row.forever && f.Until != now.Add(row.until):
			t.Errorf("%s: %+v keeps it", name, f)
		}
	}
}
