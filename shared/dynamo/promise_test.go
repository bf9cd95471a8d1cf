package dynamo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// promoted is a table in which release first brought version 2 and is armed for an hour from noon, until second took the lease to bring 3.
func promoted(t *testing.T) (*dynamo.Store, rollout.Lease) {
	t.Helper()
	s := open(t)
	if err := s.Create(t.Context(), rollout.Release{ID: "first", Service: "checkout", End: rollout.Succeeded, Machines: 1, Created: noon}); err != nil {
		t.Fatal(err)
	}
	letGo(t, s, begun(t, s, "first"), rollout.Armed)
	return s, acquired(t, s, "second")
}

func on(t *testing.T, s *dynamo.Store, l rollout.Lease, stable string, began time.Time) rollout.Lease {
	t.Helper()
	l.Stable, l.Candidate, l.Alarms, l.Began = stable, "3", []string{alarm}, rollout.MomentOf(began)
	l, err := s.Begin(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// moved is on with a release that was permitted to move traffic.
func moved(t *testing.T, s *dynamo.Store, l rollout.Lease) rollout.Lease {
	t.Helper()
	l, err := s.Permit(t.Context(), on(t, s, l, "2", noon), noon)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWhatWasPromisedIsArmedAgainWhenALaterReleaseGoesBack(t *testing.T) {
	const later = 10 * time.Minute
	for name, test := range map[string]struct {
		before func(t *testing.T, s *dynamo.Store, l rollout.Lease) rollout.Lease
		at     time.Duration
		want   rollout.Phase
		began  time.Duration
	}{
		"it had moved traffic":            {before: moved, at: later, want: rollout.Armed, began: later},
		"it had begun, and moved nothing": {before: func(t *testing.T, s *dynamo.Store, l rollout.Lease) rollout.Lease { return on(t, s, l, "2", noon) }, at: later, want: rollout.Armed},
		"it was not let in":               {at: later, want: rollout.Armed},
		"the window is over":              {at: time.Hour, want: rollout.Free},
		"it began on something else": {
			before: func(t *testing.T, s *dynamo.Store, l rollout.Lease) rollout.Lease { return on(t, s, l, "1", noon) }, at: later, want: rollout.Free,
		},
		"the first is being reverted": {before: func(t *testing.T, s *dynamo.Store, l rollout.Lease) rollout.Lease {
			if err := s.Led(t.Context(), rollout.Release{ID: "first", Machines: 2, Reverted: true}); err != nil {
				t.Fatal(err)
			}
			return l
		}, at: later, want: rollout.Free},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := promoted(t)
			if test.before != nil {
				l = test.before(t, s, l)
			}
			now := noon.Add(test.at)
			if err := s.GiveBack(t.Context(), l, "settle", now); err != nil {
				t.Fatal(err)
			}
			got := lease(t, s)
			if got.Phase != test.want {
				t.Fatalf("the lease is %s by %s, want %s", got.Phase, got.Owner, test.want)
			}
			if test.want == rollout.Free {
				return
			}
			want := rollout.Lease{
				Target: target, Service: "checkout", Phase: rollout.Armed, Owner: "first", Epoch: l.Epoch + 1, Expires: l.Expires, Stable: "1", Candidate: "2",
				Weight: rollout.All, Alarms: []string{alarm}, Began: rollout.MomentOf(noon.Add(test.began)), ArmedUntil: noon.Add(time.Hour), Promise: got.Promise,
			}
			if l.Stirred {
				want.Began++
				want.Clears = now.Add(rollout.Recovery)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the lease (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPromotionEndsWhatTheOneBeforePromised(t *testing.T) {
	for name, phase := range map[string]rollout.Phase{"with a window": rollout.Armed, "without one": rollout.Free} {
		t.Run(name, func(t *testing.T) {
			s, l := promoted(t)
			l = on(t, s, l, "2", noon)
			letGo(t, s, l, phase)
			if p := lease(t, s).Promise; p != nil && p.Release != "second" || (p == nil) != (phase == rollout.Free) {
				t.Errorf("the lease promises %+v", p)
			}
		})
	}
}

// An alarm that the promotion had ignored as red guards it since it was green: that stays so when a later release has come and gone.
func TestPromiseKeepsAnAlarmThatWasGreenOnce(t *testing.T) {
	s := open(t)
	if err := s.Create(t.Context(), rollout.Release{ID: "first", Service: "checkout", End: rollout.Succeeded, Created: noon}); err != nil {
		t.Fatal(err)
	}
	l := acquired(t, s, "first")
	l.Stable, l.Candidate, l.Red, l.Began = "1", "2", []string{alarm}, rollout.MomentOf(noon)
	l, err := s.Begin(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	letGo(t, s, l, rollout.Armed)
	if _, err := s.Rearm(t.Context(), lease(t, s), alarm); err != nil {
		t.Fatal(err)
	}
	if err := s.GiveBack(t.Context(), acquired(t, s, "second"), "settle", noon); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, s); !got.Guards(alarm, noon, noon) || len(got.Red) != 0 {
		t.Errorf("the lease guards by %v and ignores %v", got.Alarms, got.Red)
	}
}

// After the way back of a later release the table lets an alarm act by the same rule as the domain.
func TestDomainAndTableAgreeOnAlarmsAfterAWayBack(t *testing.T) {
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return noon.Add(time.Duration(rapid.SampledFrom([]int{-1000, -1, 0, 1, 1000, 299_000, 300_000, 301_000}).Draw(t, "ms")) * time.Millisecond)
	})
	rapid.Check(t, func(rt *rapid.T) {
		s, l := promoted(t)
		if err := s.GiveBack(t.Context(), moved(t, s, l), "settle", noon); err != nil {
			rt.Fatal(err)
		}
		changed, now := moment.Draw(rt, "changed"), moment.Draw(rt, "now")
		want := lease(t, s).Guards(alarm, changed, now)
		if _, err := s.RaiseByAlarm(t.Context(), target, alarm, changed, now, because("red")); (err == nil) != want {
			rt.Errorf("changed %v, now %v: the domain says %v, the table says %v", changed, now, want, err)
		}
	})
}

// A release that is turned away between must not shorten the time in which an alarm may stay red for the sake of the one before it.
func TestReleaseThatIsNotLetInLeavesARecoveryAsItWas(t *testing.T) {
	s, l := promoted(t)
	back := noon.Add(10 * time.Minute)
	if err := s.GiveBack(t.Context(), moved(t, s, l), "settle", back); err != nil {
		t.Fatal(err)
	}
	if err := s.GiveBack(t.Context(), acquired(t, s, "third"), "admit", back.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	got, red := lease(t, s), back.Add(-time.Second)
	if soon := back.Add(rollout.Recovery - time.Second); got.Owner != "first" || got.Guards(alarm, red, soon) || !got.Guards(alarm, red, back.Add(rollout.Recovery)) {
		t.Errorf("%s is guarded since %v, and by older alarms from %v on; want five minutes after %v", got.Owner, got.Began, got.Clears, back)
	}
}
