package rollout_test

import (
	"testing"
	"time"

	"sluice/shared/rollout"
)

// A move is looked at when those before it held, and then at times further and further apart, so that few looks find out about one of minutes.
func TestAMoveIsLookedAtWhenThoseBeforeItHeld(t *testing.T) {
	begun := time.Unix(0, 0)
	for _, c := range []struct {
		name             string
		takes, lasts     int // seconds
		looks, late, now int // at most so many looks, at most so many seconds late; what is expected of the next move
	}{
		{"nobody knows, and it takes a minute", 0, 60, 8, 16, 75},
		{"as the one before", 60, 58, 1, 2, 58},
		{"much faster than the one before", 100, 10, 1, 90, 97},
		{"longer than the one before", 60, 100, 3, 50, 136},
		{"far longer than anybody waits first", 60, 900, 8, 300, 300},
	} {
		l := rollout.Lease{Since: begun, Takes: c.takes}
		now, looks := begun, 0
		for ; now.Sub(begun) < time.Duration(c.lasts)*time.Second; looks++ {
			now = now.Add(l.Look(now))
		}
		if late := int(now.Sub(begun).Seconds()) - c.lasts; looks > c.looks || late > c.late {
			t.Errorf("%s: %d looks, %d s late; want %d and %d s at most", c.name, looks, late, c.looks, c.late)
		}
		if learned := l.Learned(now).Takes; learned < c.now-1 || learned > c.now+1 {
			t.Errorf("%s: the next is expected to take %d s, want %d", c.name, learned, c.now)
		}
	}
}

// A target that its service still moves is at rest soon, in most cases; where it is not, a release that may wait for days asks as seldom as in a queue.
func TestATargetAtRestIsNoticedSoon(t *testing.T) {
	created := time.Unix(0, 0)
	r := rollout.Release{Created: created, Definition: rollout.Definition{QueueLimit: rollout.Duration(24 * time.Hour)}}
	for waited, want := range map[time.Duration]time.Duration{0: 5 * time.Second, time.Minute: 30 * time.Second, 3 * time.Hour: r.Definition.LookAgain().Std()} {
		if got := r.RestsSoon(created.Add(waited)).Std(); got != want {
			t.Errorf("after %v it looks again in %v, want %v", waited, got, want)
		}
	}
}

// A service that brings the candidate up before its first traffic does not do so before each weight: what the first move took says nothing of the others.
func TestLaterMovesAreLearntByThemselves(t *testing.T) {
	begun := time.Unix(0, 0)
	l := rollout.Lease{Since: begun}.Learned(begun.Add(4 * time.Minute))
	l.Weight = 500
	if look := l.Look(begun); look != 5*time.Second {
		t.Errorf("after a first move of four minutes the next one is looked at in %v", look)
	}
	if l = l.Learned(begun.Add(time.Minute)); l.Takes != 240 || l.TakesLater != 60 {
		t.Errorf("it has learned %d s and %d s", l.Takes, l.TakesLater)
	}
}
