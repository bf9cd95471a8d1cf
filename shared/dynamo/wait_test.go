package dynamo_test

import (
	"testing"
	"time"

	"sluice/shared/dynamo"
)

// turns are what a release and whoever has news for it do, one after the other.
type waiting struct {
	t *testing.T
	s *dynamo.Store
}

func (w waiting) looks() (waited bool) {
	w.t.Helper()
	waited, err := w.s.LookAnew(w.t.Context(), "checkout-1", noon)
	if err != nil {
		w.t.Fatal(err)
	}
	return waited
}

func (w waiting) waits(token string) (rung bool) {
	w.t.Helper()
	rung, err := w.s.Await(w.t.Context(), "checkout-1", token, noon)
	if err != nil {
		w.t.Fatal(err)
	}
	return rung
}

func (w waiting) rings() (token string) {
	w.t.Helper()
	token, err := w.s.Ring(w.t.Context(), "checkout-1", noon)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

func TestNewsBetweenTheLookAndTheWaitIsHeard(t *testing.T) {
	w := waiting{t, open(t)}
	w.looks()
	if got := w.rings(); got != "" {
		t.Errorf("a ring wakes %q, and nobody has ever waited", got)
	}
	if !w.waits("first") {
		t.Error("it waits on, though it rang since its look")
	}
	if !w.waits("second") {
		t.Error("its second try waits on: the first may have died before it went on")
	}
	w.looks()
	if w.waits("third") {
		t.Error("it does not wait, though it has looked since the ring")
	}
	if got := w.rings(); got != "third" {
		t.Errorf("a ring wakes %q, want the newest try", got)
	}
}

// A look that Lambda has started twice may go on when the wait that follows has begun: whoever has news then must find the token.
func TestLateTryOfALookLeavesTheWaitAlone(t *testing.T) {
	w := waiting{t, open(t)}
	w.looks()
	w.waits("mine")
	w.looks()
	if got := w.rings(); got != "mine" {
		t.Errorf("a ring wakes %q, want the wait that is on", got)
	}
}

// Gates tells people of what they may not have heard: a look that died before its wait may have told nobody.
func TestLookKnowsWhetherTheOneBeforeCameToItsWait(t *testing.T) {
	w := waiting{t, open(t)}
	if w.looks() {
		t.Error("the first look believes that there was one before")
	}
	w.waits("mine")
	if !w.looks() {
		t.Error("the look before came to its wait")
	}
	if w.looks() {
		t.Error("the look before did not come to its wait")
	}
}

func TestWaitsOfOthersAreNotRung(t *testing.T) {
	w := waiting{t, open(t)}
	w.waits("mine")
	if token, err := w.s.Ring(t.Context(), "checkout-2", time.Now()); token != "" || err != nil {
		t.Errorf("a ring for another wakes %q (%v)", token, err)
	}
}

func TestJobIsFoundByItsName(t *testing.T) {
	s := open(t)
	const build = "arn:aws:codebuild:us-east-1:123456789012:build/checkout:1b2c"
	if err := s.RunsFor(t.Context(), build, "checkout-1", noon); err != nil {
		t.Fatal(err)
	}
	for job, want := range map[string]string{build: "checkout-1", build + "d": ""} {
		if got, err := s.ReleaseOf(t.Context(), job); got != want || err != nil {
			t.Errorf("%s runs for %q (%v), want %q", job, got, err, want)
		}
	}
}
