package dynamo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

func TestFirstFenceStands(t *testing.T) {
	s := open(t)
	first := fenced(t, s, "first")
	again, err := s.Raise(t.Context(), target, first.Owner, first.Epoch, because("second"))
	if err != nil {
		t.Fatalf("raising again: %v", err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the second raise changed the lease (-first +second):\n%s", diff)
	}
	if again.Fence.Reason != "first" {
		t.Errorf("the reason is %q, want the first", again.Fence.Reason)
	}
	byAlarm, err := s.RaiseByAlarm(t.Context(), target, alarm, noon, noon, because("third"))
	if !dynamo.IsConflict(err) || byAlarm.Fence == nil || byAlarm.Fence.Reason != "first" {
		t.Errorf("an alarm after the fence: %+v, %v; want a conflict that shows the first fence", byAlarm.Fence, err)
	}
}

func TestFreeLeaseHasNoFence(t *testing.T) {
	s := open(t)
	l := begun(t, s, "first")
	letGo(t, s, l, rollout.Free)
	before := lease(t, s)
	if _, err := s.Raise(t.Context(), target, l.Owner, l.Epoch, because("late")); !dynamo.IsConflict(err) {
		t.Errorf("raising on a free lease: %v, want a conflict", err)
	}
	unchanged(t, s, before)
}

func TestFenceProlongsTheLeaseForTheWayBack(t *testing.T) {
	s := open(t)
	l := begun(t, s, "first")
	late := noon.Add(9 * time.Minute)
	raised, err := s.Raise(t.Context(), target, l.Owner, l.Epoch, rollout.Fence{Kind: rollout.ByCheck, At: late})
	if err != nil || !raised.Expires.Equal(late.Add(rollout.Margin)) {
		t.Errorf("raised: it expires %v, %v; want %v", raised.Expires, err, late.Add(rollout.Margin))
	}
}

// TestRaiseByAlarmWantsAllOfItsConditions takes each condition away from an alarm that would raise the fence.
func TestRaiseByAlarmWantsAllOfItsConditions(t *testing.T) {
	held := func(t *testing.T, s *dynamo.Store) { begun(t, s, "first") }
	armed := func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Armed) }
	for name, test := range map[string]struct {
		before  func(t *testing.T, s *dynamo.Store)
		alarm   string
		changed time.Duration // after noon, when the release began
		now     time.Duration
		raised  bool
	}{
		"held":                                    {before: held, alarm: alarm, changed: time.Minute, now: time.Minute, raised: true},
		"held, the alarm changed as it began":     {before: held, alarm: alarm, raised: true},
		"held, the alarm changed before":          {before: held, alarm: alarm, changed: -time.Second, now: time.Minute},
		"held, the alarm changed a moment before": {before: held, alarm: alarm, changed: -time.Millisecond, now: time.Minute},
		"held, another alarm":                     {before: held, alarm: "checkout-latency", changed: time.Minute, now: time.Minute},
		"held, an alarm that is part of a name":   {before: held, alarm: "checkout", changed: time.Minute, now: time.Minute},
		"held, long past its time":                {before: held, alarm: alarm, changed: time.Hour, now: time.Hour, raised: true},
		"armed, inside the window":                {before: armed, alarm: alarm, changed: 59 * time.Minute, now: 59 * time.Minute, raised: true},
		"armed, at the end of the window":         {before: armed, alarm: alarm, changed: 59 * time.Minute, now: time.Hour},
		"armed, an old alarm inside the window":   {before: armed, alarm: alarm, changed: -time.Minute, now: time.Minute},
		"acquired, nothing moved yet":             {before: func(t *testing.T, s *dynamo.Store) { acquired(t, s, "first") }, alarm: alarm, changed: time.Minute, now: time.Minute},
		"free":                                    {before: func(t *testing.T, s *dynamo.Store) { letGo(t, s, begun(t, s, "first"), rollout.Free) }, alarm: alarm, changed: time.Minute, now: time.Minute},
		"up already":                              {before: func(t *testing.T, s *dynamo.Store) { fenced(t, s, "first") }, alarm: alarm, changed: time.Minute, now: time.Minute},
		"never held":                              {before: func(*testing.T, *dynamo.Store) {}, alarm: alarm, changed: time.Minute, now: time.Minute},
		"taken over, guarded by nobody's alarms":  {before: takenOver, alarm: alarm, changed: 2 * time.Hour, now: 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test.before(t, s)
			before, now := lease(t, s), noon.Add(test.now)
			got, err := s.RaiseByAlarm(t.Context(), target, test.alarm, noon.Add(test.changed), now, because("red"))
			if (err == nil) != test.raised || dynamo.IsConflict(err) == test.raised {
				t.Fatalf("raising: %v, want raised = %v", err, test.raised)
			}
			want := before
			if test.raised {
				fence := because("red")
				want.Fence, want.Phase, want.Expires = &fence, rollout.Held, now.Add(rollout.Margin)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the answer (-want +got):\n%s", diff)
			}
			if test.before != nil && before.Epoch > 0 {
				unchanged(t, s, want)
			}
		})
	}
}

func takenOver(t *testing.T, s *dynamo.Store) {
	begun(t, s, "first")
	late := noon.Add(time.Hour)
	if _, err := s.Acquire(t.Context(), release("second"), target, late, late.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// TestDomainAndTableAgreeOnWhatAnAlarmGuards compares Lease.Guards, which the guard uses to explain itself, with the
// condition of the write, to the fraction of a second.
func TestDomainAndTableAgreeOnWhatAnAlarmGuards(t *testing.T) {
	s := open(t)
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "halves")) * 500 * time.Millisecond)
	})
	rapid.Check(t, func(rt *rapid.T) {
		l := acquired(t, s, "first")
		l.Began = rollout.MomentOf(moment.Draw(rt, "began"))
		l.Alarms = rapid.SampledFrom([][]string{nil, {alarm}, {"other", alarm}, {"other"}}).Draw(rt, "alarms")
		if _, err := s.Begin(t.Context(), l); err != nil {
			rt.Fatal(err)
		}
		l.Phase, l.ArmedUntil = rapid.SampledFrom([]rollout.Phase{rollout.Held, rollout.Armed, rollout.Free}).Draw(rt, "phase"), moment.Draw(rt, "armed until")
		if l.Phase != rollout.Held {
			if err := s.LetGo(t.Context(), l); err != nil {
				rt.Fatal(err)
			}
		}
		changed, now := moment.Draw(rt, "changed"), moment.Draw(rt, "now")
		want := lease(t, s).Guards(alarm, changed, now)
		raised, err := s.RaiseByAlarm(t.Context(), target, alarm, changed, now, because("red"))
		if (err == nil) != want {
			rt.Errorf("the domain says %v, the table says %v", want, err)
		}
		letGo(t, s, raised, rollout.Free)
	})
}
