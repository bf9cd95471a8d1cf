package rollout_test

import (
	"strings"
	"testing"

	"sluice/shared/rollout"
)

func TestASplitOfEitherIsSeenFromStable(t *testing.T) {
	either := rollout.Split{Stable: "blue", Candidate: "green", Weight: 500, Tag: "7", Either: true}
	for stable, want := range map[string]rollout.Split{
		"blue":  {Stable: "blue", Candidate: "green", Weight: 500, Tag: "7"},
		"green": {Stable: "green", Candidate: "blue", Weight: 9500, Tag: "7"},
		"red":   either,
	} {
		if got := either.From(stable); got != want {
			t.Errorf("from %s it is %+v, want %+v", stable, got, want)
		}
	}
	known := rollout.Split{Stable: "blue", Candidate: "green", Weight: 500}
	if known.From("green") != known {
		t.Errorf("a split whose stable is known was turned round")
	}
}

func TestSplitsAreTheSameWhicheverIsCalledStable(t *testing.T) {
	either := rollout.Split{Stable: "blue", Candidate: "green", Weight: 500, Either: true}
	for _, c := range []struct {
		other rollout.Split
		same  bool
	}{
		{rollout.Split{Stable: "blue", Candidate: "green", Weight: 500}, true},
		{rollout.Split{Stable: "green", Candidate: "blue", Weight: 9500}, true},
		{rollout.Split{Stable: "green", Candidate: "blue", Weight: 9500, Either: true}, true},
		{rollout.Split{Stable: "green", Candidate: "blue", Weight: 500}, false},
		{rollout.Split{Stable: "blue", Candidate: "red", Weight: 500}, false},
		{rollout.Split{Stable: "blue"}, false},
	} {
		if either.Same(c.other) != c.same || c.other.Same(either) != c.same {
			t.Errorf("%+v and %+v: want same %v", either, c.other, c.same)
		}
	}
}

func TestALeaseKnowsWhatItsReleaseLeft(t *testing.T) {
	pair := rollout.Promise{Stable: "blue", Candidate: "green"}
	for want, l := range map[string]rollout.Lease{
		"green":          {Stable: "blue", Candidate: "green", Weight: rollout.All},
		"blue":           {Stable: "blue", Candidate: "green", Weight: rollout.None},
		"blue, halfway":  {Stable: "blue", Candidate: "green", Weight: 5000},
		"green, rearmed": {Stable: "blue", Candidate: "green", Promise: &pair},
		"green, again":   {Stable: "green", Candidate: "blue", Promise: &pair},
		"":               {},
	} {
		revision, _, _ := strings.Cut(want, ",")
		if got := l.Left(); got != revision {
			t.Errorf("%s: got %q", want, got)
		}
	}
}

// A deployment that rests before its first traffic goes on by a word: a target is not back at stable before somebody has stopped it.
func TestWhatRestsDoesNotServeStableAlone(t *testing.T) {
	rests := rollout.Split{Stable: "1", Candidate: "2", Rests: true}
	if rests.Serves("1") || rests.Same(rollout.Split{Stable: "1"}) || rests.Unrest() == "" {
		t.Errorf("%+v is taken for a target that serves stable and nothing else", rests)
	}
	rests.Weight = 500
	if !rests.Same(rollout.Split{Stable: "1", Candidate: "2", Weight: 500}) {
		t.Errorf("%+v does not serve what it serves", rests)
	}
}
