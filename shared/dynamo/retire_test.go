package dynamo_test

import (
	"testing"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// Whoever retires a pool takes away what a release could come back to.
func TestPoolIsRetiredOnlyWhenNobodyMayComeBack(t *testing.T) {
	for name, test := range map[string]struct {
		before func(t *testing.T, s *dynamo.Store)
		after  time.Duration
		may    bool
	}{
		"held":                          {before: func(t *testing.T, s *dynamo.Store) { begun(t, s, "first") }},
		"armed":                         {before: func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Armed) }, after: time.Minute},
		"armed, past its revert window": {before: func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Armed) }, after: 48 * time.Hour, may: true},
		"free":                          {before: func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Free) }, may: true},
		"being reverted": {before: func(t *testing.T, s *dynamo.Store) {
			letGo(t, s, begun(t, s, "first"), rollout.Armed)
			if _, err := s.RaiseByAlarm(t.Context(), target, alarm, noon, noon, because("red")); err != nil {
				t.Fatal(err)
			}
		}, after: 48 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test.before(t, s)
			l, now := lease(t, s), noon.Add(test.after)
			err := s.Retire(t.Context(), l, now)
			if dynamo.IsConflict(err) == test.may || (err != nil) == test.may {
				t.Fatalf("retiring: %v, want %v", err, test.may)
			}
			if !test.may {
				unchanged(t, s, l)
				return
			}
			if err := s.Retire(t.Context(), l, now.Add(time.Second)); !dynamo.IsConflict(err) {
				t.Errorf("a second one at the same time: %v, want a conflict", err)
			}
			if _, err := s.Raise(t.Context(), target, l.Owner, l.Epoch, because("late")); !dynamo.IsConflict(err) {
				t.Errorf("an abort that comes late: %v, want a conflict", err)
			}
			if err := s.Retired(t.Context(), l, "is retired"); err != nil {
				t.Fatal(err)
			}
			if err := s.Retire(t.Context(), l, now.Add(time.Hour)); !dynamo.IsConflict(err) {
				t.Errorf("once more: %v, want a conflict", err)
			}
		})
	}
}
