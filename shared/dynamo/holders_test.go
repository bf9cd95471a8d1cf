package dynamo_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
)

// TestNoEpochEverHasTwoHolders is invariant I1 and, in the table, I3, over random interleavings of releases that acquire,
// move, raise fences, let go and die. Every write of the store is one conditional call, so an order of calls is all that
// concurrency can be.
func TestNoEpochEverHasTwoHolders(t *testing.T) {
	s, run := open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++ // a target for each run
		w := &contest{
			t: rt, store: s, target: fmt.Sprintf("lambda:checkout:%d", run), now: noon,
			believes: map[string]rollout.Lease{}, holders: map[int]string{}, fenced: map[int]bool{},
		}
		rt.Repeat(map[string]func(*rapid.T){
			"acquire":    w.acquire,
			"raise":      w.raise,
			"red alarm":  w.alarm,
			"go forward": w.forward,
			"let go":     w.letGo,
			"time": func(rt *rapid.T) {
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute)
			},
		})
	})
}

// contest is what several releases believe about one lease, and what a perfect witness knows.
type contest struct {
	t        *rapid.T
	store    *dynamo.Store
	target   string
	now      time.Time
	believes map[string]rollout.Lease // what each release saw last, however long ago
	holders  map[int]string           // who was given each epoch
	fenced   map[int]bool             // epochs whose fence went up
	epoch    int                      // the last one given
	free     bool                     // the last one was let go
}

func (w *contest) someone(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"ada", "bob", "cyd"}).Draw(rt, "release")
}

func (w *contest) acquire(rt *rapid.T) {
	id := w.someone(rt)
	got, err := w.store.Acquire(w.t.Context(), release(id), w.target, w.now, w.now.Add(20*time.Minute))
	if dynamo.IsConflict(err) {
		if got.Owner != w.holders[w.epoch] || got.Epoch != w.epoch {
			rt.Fatalf("%s was told that %s holds epoch %d; it is %s with %d", id, got.Owner, got.Epoch, w.holders[w.epoch], w.epoch)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	if other, given := w.holders[got.Epoch]; given || got.Epoch != w.epoch+1 {
		rt.Fatalf("%s got epoch %d after %d, which %q had", id, got.Epoch, w.epoch, other)
	}
	got.Alarms, got.Began = []string{alarm}, rollout.MomentOf(w.now)
	if got, err = w.store.Begin(w.t.Context(), got); err != nil {
		rt.Fatal(err)
	}
	w.epoch, w.holders[got.Epoch], w.believes[id], w.free = got.Epoch, id, got, false
}

func (w *contest) raise(rt *rapid.T) {
	l := w.believes[w.someone(rt)]
	_, err := w.store.Raise(w.t.Context(), w.target, l.Owner, l.Epoch, because("drawn"))
	if err == nil && w.fenced[l.Epoch] {
		return // it is up already: the answer is the lease as it is
	}
	if err == nil {
		w.stillThere(rt, l, "raised its fence")
		w.fenced[l.Epoch] = true
	} else if !dynamo.IsConflict(err) {
		rt.Fatal(err)
	}
}

func (w *contest) alarm(rt *rapid.T) {
	got, err := w.store.RaiseByAlarm(w.t.Context(), w.target, alarm, w.now, w.now, because("red"))
	if err == nil {
		w.stillThere(rt, got, "was fenced by an alarm")
		w.fenced[got.Epoch] = true
	} else if !dynamo.IsConflict(err) {
		rt.Fatal(err)
	}
}

func (w *contest) forward(rt *rapid.T) {
	l := w.believes[w.someone(rt)]
	write := rapid.SampledFrom([]func(rollout.Lease) error{
		func(l rollout.Lease) error { _, err := w.store.Renew(w.t.Context(), l); return err },
		func(l rollout.Lease) error { _, err := w.store.Moved(w.t.Context(), l); return err },
	}).Draw(rt, "write")
	l.Expires, l.Weight = w.now.Add(20*time.Minute), 500
	if err := write(l); err == nil {
		w.stillThere(rt, l, "moved forward")
		if w.fenced[l.Epoch] {
			rt.Fatalf("%s moved forward in epoch %d, whose fence is up", l.Owner, l.Epoch)
		}
	} else if !dynamo.IsConflict(err) {
		rt.Fatal(err)
	}
}

func (w *contest) letGo(rt *rapid.T) {
	l := w.believes[w.someone(rt)]
	l.Phase = rapid.SampledFrom([]rollout.Phase{rollout.Free, rollout.Armed}).Draw(rt, "phase")
	l.ArmedUntil = w.now.Add(30 * time.Minute)
	if err := w.store.LetGo(w.t.Context(), l); err == nil {
		if l.Phase == rollout.Armed && w.fenced[l.Epoch] {
			rt.Fatalf("%s stayed armed in epoch %d, whose fence is up", l.Owner, l.Epoch)
		}
		w.free = l.Phase == rollout.Free
	} else if !dynamo.IsConflict(err) {
		rt.Fatal(err)
	}
}

// stillThere fails when a release did something in an epoch that is not its own or not the last one, or that was let go.
func (w *contest) stillThere(rt *rapid.T, l rollout.Lease, did string) {
	if l.Epoch != w.epoch || w.holders[l.Epoch] != l.Owner || w.free {
		rt.Fatalf("%s %s in epoch %d; epoch %d belongs to %s, let go: %v", l.Owner, did, l.Epoch, w.epoch, w.holders[w.epoch], w.free)
	}
}
