package dynamo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

func TestTargetThatNeverHadALeaseIsFree(t *testing.T) {
	got := lease(t, open(t))
	if diff := cmp.Diff(rollout.Lease{Target: target, Phase: rollout.Free}, got); diff != "" {
		t.Errorf("lease (-want +got):\n%s", diff)
	}
}

// TestAcquireTakesOnlyWhatNobodyNeeds is invariant I1. The second asks at noon plus the given time.
func TestAcquireTakesOnlyWhatNobodyNeeds(t *testing.T) {
	free := func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Free) }
	held := func(t *testing.T, s *dynamo.Store) { begun(t, s, "first") }
	armed := func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Armed) }
	goingBack := func(t *testing.T, s *dynamo.Store) { fenced(t, s, "first") }
	reverting := func(t *testing.T, s *dynamo.Store) {
		armed(t, s)
		if _, err := s.RaiseByAlarm(t.Context(), target, alarm, noon, noon, because("red")); err != nil {
			t.Fatal(err)
		}
	}
	retiring := func(t *testing.T, s *dynamo.Store) {
		free(t, s)
		if err := s.Retire(t.Context(), lease(t, s), noon); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		before func(t *testing.T, s *dynamo.Store)
		asker  string
		after  time.Duration
		taken  bool
	}{
		"never held":                        {before: func(*testing.T, *dynamo.Store) {}, asker: "second", taken: true},
		"free":                              {before: free, asker: "second", taken: true},
		"armed":                             {before: armed, asker: "second", taken: true},
		"held":                              {before: held, asker: "second"},
		"held by the asker":                 {before: held, asker: "first"},
		"held, at the end of its time":      {before: held, asker: "second", after: 10 * time.Minute},
		"held, past its time":               {before: held, asker: "second", after: 10*time.Minute + time.Second, taken: true},
		"held by the asker, past time":      {before: held, asker: "first", after: time.Hour},
		"going back":                        {before: goingBack, asker: "second"},
		"going back, past its time":         {before: goingBack, asker: "second", after: rollout.Margin + time.Second, taken: true},
		"reverted inside its window":        {before: reverting, asker: "second"},
		"reverted, its machine is dead":     {before: reverting, asker: "second", after: rollout.Margin + time.Second, taken: true},
		"free, and a pool is being retired": {before: retiring, asker: "second", after: rollout.Retirement - time.Second},
		"free, and whoever retired is dead": {before: retiring, asker: "second", after: rollout.Retirement, taken: true},
		"armed, past the time it was held":  {before: armed, asker: "second", after: time.Hour, taken: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test.before(t, s)
			before, now := lease(t, s), noon.Add(test.after)
			got, err := s.Acquire(t.Context(), release(test.asker), target, now, now.Add(time.Hour))
			if dynamo.IsConflict(err) == test.taken || (err != nil) == test.taken {
				t.Fatalf("acquiring: %v, want taken = %v", err, test.taken)
			}
			want := before
			if test.taken {
				want = rollout.Lease{
					Target: target, Service: "checkout", Phase: rollout.Held, Owner: test.asker, Epoch: before.Epoch + 1, Expires: now.Add(time.Hour),
					Stable: before.Stable, Candidate: before.Candidate, Guard: before.Guard, Promise: before.Promise,
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the answer (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(got, lease(t, s)); diff != "" {
				t.Errorf("what is stored (-answered +stored):\n%s", diff)
			}
		})
	}
}

// ways are all writes that an owner makes, by whether they need the fence to be down.
var ways = map[string]struct {
	forward bool
	write   func(t *testing.T, s *dynamo.Store, l rollout.Lease) error
}{
	"Begin": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		_, err := s.Begin(t.Context(), l)
		return err
	}},
	"Moved": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		_, err := s.Moved(t.Context(), l)
		return err
	}},
	"Permit": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		_, err := s.Permit(t.Context(), l, noon)
		return err
	}},
	"Renew": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		_, err := s.Renew(t.Context(), l)
		return err
	}},
	"Promote": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		_, err := s.Promote(t.Context(), l, "grace")
		return err
	}},
	"LetGo, armed": {forward: true, write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		l.Phase = rollout.Armed
		return s.LetGo(t.Context(), l)
	}},
	"LetGo, free": {write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		l.Phase = rollout.Free
		return s.LetGo(t.Context(), l)
	}},
	"GiveBack": {write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		return s.GiveBack(t.Context(), l, "settle", noon)
	}},
	"Free": {write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		return s.Free(t.Context(), l)
	}},
	"Hold": {write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		return s.Hold(t.Context(), l, alarm, noon, noon)
	}},
	"Returned": {write: func(t *testing.T, s *dynamo.Store, l rollout.Lease) error {
		return s.Returned(t.Context(), l, "invocation")
	}},
}

// TestFenceStopsForwardWritesOnly is invariant I3 in the table: after the fence is raised nothing goes forward, whatever
// the owner believes, and the way back stays open.
func TestFenceStopsForwardWritesOnly(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			l := begun(t, s, "first")
			if err := way.write(t, s, l); err != nil {
				t.Fatalf("with the fence down: %v", err)
			}
			s = open(t)
			l = begun(t, s, "first") // and does not see that the fence goes up
			if _, err := s.Raise(t.Context(), target, l.Owner, l.Epoch, because("red")); err != nil {
				t.Fatal(err)
			}
			before := lease(t, s)
			if err := way.write(t, s, l); dynamo.IsConflict(err) != way.forward {
				t.Errorf("with the fence up: %v, want conflict = %v", err, way.forward)
			}
			if way.forward {
				unchanged(t, s, before)
			}
		})
	}
}

func TestWhoWasTakenOverWritesNothingMore(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			old := begun(t, s, "first")
			late := noon.Add(time.Hour)
			if _, err := s.Acquire(t.Context(), release("second"), target, late, late.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			before := lease(t, s)
			if err := way.write(t, s, old); !dynamo.IsConflict(err) {
				t.Errorf("the old owner's write: %v, want a conflict", err)
			}
			unchanged(t, s, before)
		})
	}
}

// TestEpochTellsTwoTurnsOfOneOwnerApart: a release that is taken over and comes back is fenced off from its first turn.
func TestEpochTellsTwoTurnsOfOneOwnerApart(t *testing.T) {
	s := open(t)
	first := begun(t, s, "first")
	letGo(t, s, first, rollout.Free)
	again := acquired(t, s, "first")
	if _, err := s.Renew(t.Context(), first); !dynamo.IsConflict(err) {
		t.Errorf("renewing the first turn: %v, want a conflict", err)
	}
	if _, err := s.Raise(t.Context(), target, first.Owner, first.Epoch, because("late")); !dynamo.IsConflict(err) {
		t.Errorf("raising the first turn's fence: %v, want a conflict", err)
	}
	if _, err := s.Renew(t.Context(), again); err != nil {
		t.Errorf("renewing the second turn: %v", err)
	}
}

func TestMovedWritesWhatWasReadBackAndRenewKeepsIt(t *testing.T) {
	s := open(t)
	l := begun(t, s, "first")
	l.Weight, l.Tag, l.Baking, l.Expires = 500, "lock", noon, noon.Add(time.Hour)
	moved, err := s.Moved(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, moved); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
	renewed, err := s.Renew(t.Context(), moved)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, renewed); diff != "" {
		t.Errorf("renewed (-want +got):\n%s", diff)
	}
}

func TestHoldKeepsEveryUnclearAlarm(t *testing.T) {
	s := open(t)
	l := begun(t, s, "first")
	for _, name := range []string{"latency", "errors.p99 (eu)"} {
		if err := s.Hold(t.Context(), l, name, noon, noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		l = lease(t, s)
	}
	want := map[string]time.Time{"latency": noon.Add(time.Minute), "errors.p99 (eu)": noon.Add(time.Minute)}
	if diff := cmp.Diff(want, l.Held); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
}

func unchanged(t *testing.T, s *dynamo.Store, before rollout.Lease) {
	t.Helper()
	if diff := cmp.Diff(before, lease(t, s)); diff != "" {
		t.Errorf("the lease changed (-before +after):\n%s", diff)
	}
}

// A release that was told to go to 100 % at once, and died, does not hand that word on to the next.
func TestWordToPromoteIsNotPassedOnWithTheLease(t *testing.T) {
	s := open(t)
	if _, err := s.Promote(t.Context(), begun(t, s, "first"), "grace"); err != nil {
		t.Fatal(err)
	}
	later := noon.Add(10*time.Minute + time.Second)
	if got, err := s.Acquire(t.Context(), release("second"), target, later, later.Add(time.Hour)); err != nil || got.Promote != "" {
		t.Errorf("the lease of the second says %q (%v): it would get 100 %% without its bakes", got.Promote, err)
	}
}
