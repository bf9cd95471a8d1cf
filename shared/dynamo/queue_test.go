package dynamo_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// nth is a release that was created n nanoseconds before or after noon: order must not depend on how many digits a time has.
func nth(n int) rollout.Release {
	return rollout.Release{ID: fmt.Sprintf("checkout-%d", n), Created: noon.Add(time.Duration(n) * 50 * time.Millisecond)}
}

func enqueue(t *testing.T, s *dynamo.Store, releases ...rollout.Release) {
	t.Helper()
	for _, r := range releases {
		if err := s.Enqueue(t.Context(), target, r); err != nil {
			t.Fatal(err)
		}
	}
}

func queue(t *testing.T, s *dynamo.Store) []string {
	t.Helper()
	waiting, err := s.Queue(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, w := range waiting {
		ids = append(ids, w.Release)
	}
	return ids
}

func TestQueueIsOrderedByAgeWhateverTheOrderOfArrival(t *testing.T) {
	s := open(t)
	for _, n := range rand.Perm(60) {
		enqueue(t, s, nth(n-30))
	}
	var want []string
	for n := range 60 {
		want = append(want, nth(n-30).ID)
	}
	if diff := cmp.Diff(want, queue(t, s)); diff != "" {
		t.Errorf("queue (-want +got):\n%s", diff)
	}
}

func TestQueueShowsTheHundredOldest(t *testing.T) {
	s := open(t)
	for n := range 103 {
		enqueue(t, s, nth(n))
	}
	got := queue(t, s)
	if len(got) != 100 || got[0] != nth(0).ID || got[99] != nth(99).ID {
		t.Errorf("%d are shown, from %s to %s; want the hundred oldest", len(got), got[0], got[len(got)-1])
	}
}

func TestQueueOfOneTargetHoldsNeitherItsLeaseNorOtherTargets(t *testing.T) {
	s := open(t)
	acquired(t, s, "first")
	enqueue(t, s, nth(1))
	if err := s.Enqueue(t.Context(), "lambda:checkout:live-2", nth(2)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{nth(1).ID}, queue(t, s)); diff != "" {
		t.Errorf("queue (-want +got):\n%s", diff)
	}
}

func TestEnqueueTwiceKeepsThePlaceAndWhoTakesIt(t *testing.T) {
	s := open(t)
	enqueue(t, s, nth(1), nth(2))
	if err := s.Displace(t.Context(), target, rollout.Waiting{Release: nth(1).ID, Created: nth(1).Created}, "newer"); err != nil {
		t.Fatal(err)
	}
	enqueue(t, s, nth(1))
	got, err := s.Queued(t.Context(), target, nth(1))
	want := rollout.Waiting{Release: nth(1).ID, Created: nth(1).Created, SupersededBy: "newer"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("its place (-want +got), %v:\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{nth(1).ID, nth(2).ID}, queue(t, s)); diff != "" {
		t.Errorf("queue (-want +got):\n%s", diff)
	}
}

// TestWhoLeftTheQueueDoesNotComeBack: a late Displace makes no entry.
func TestWhoLeftTheQueueDoesNotComeBack(t *testing.T) {
	s := open(t)
	enqueue(t, s, nth(1))
	for range 2 { // leaving twice is no error
		if err := s.Dequeue(t.Context(), target, nth(1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Displace(t.Context(), target, rollout.Waiting{Release: nth(1).ID, Created: nth(1).Created}, "newer"); !dynamo.IsConflict(err) {
		t.Errorf("displacing: %v, want a conflict", err)
	}
	if _, err := s.Queued(t.Context(), target, nth(1)); !dynamo.IsNotFound(err) {
		t.Errorf("its place: %v, want not found", err)
	}
	if got := queue(t, s); len(got) != 0 {
		t.Errorf("the queue holds %v", got)
	}
}
