package dynamo_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/shared/dynamo"
	"sluice/shared/judge"
	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
)

// forgetful carries out every write twice while it is on: the first answer never arrives, and the SDK tries again.
type forgetful struct {
	mu   sync.Mutex
	on   bool
	heed bool // the next one is the second try
	lost int
	then func() // happens between the two, once
}

func (f *forgetful) lose(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		f.mu.Lock()
		writes := strings.HasPrefix(call.Operation, "Put") || strings.HasPrefix(call.Operation, "Update") || strings.HasPrefix(call.Operation, "Delete")
		lost := f.on && writes && !f.heed
		if writes {
			f.heed = lost
		}
		then := f.then
		if lost {
			f.then = nil
			f.lost++
		}
		f.mu.Unlock()
		if !lost {
			return next(ctx, call)
		}
		_, _ = next(ctx, call) // whatever it was, nobody hears it
		if then != nil {
			then()
		}
		return nil, wire.ErrHangUp
	}
}

// losing gives a test a table in a bubble of virtual time, and what makes it lose answers.
func losing(t *testing.T, test func(t *testing.T, s *dynamo.Store, f *forgetful)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &forgetful{}
		test(t, open(t, f.lose), f)
	})
}

// during has the answers of all writes lost while something is done.
func (f *forgetful) during(t *testing.T, do func() error) {
	t.Helper()
	f.on = true
	err := do()
	f.on = false
	if err != nil {
		t.Errorf("its own first try is held against it: %v", err)
	}
	if f.lost == 0 {
		t.Error("no answer was lost")
	}
}

// Whoever is told that somebody else was first must not have been first themselves.
func TestNoWriteLosesToItsOwnFirstTry(t *testing.T) {
	writes := map[string]func(t *testing.T, s *dynamo.Store, l rollout.Lease) error{}
	for name, way := range ways {
		writes[name] = way.write
	}
	ctx, other := context.Background(), rollout.Release{ID: "other", Service: "checkout", Created: noon}
	for name, write := range map[string]func(s *dynamo.Store, l rollout.Lease) error{
		"Raise": func(s *dynamo.Store, l rollout.Lease) error {
			_, err := s.Raise(ctx, target, l.Owner, l.Epoch, because("red"))
			return err
		},
		"OpenPass":     func(s *dynamo.Store, _ rollout.Lease) error { return s.OpenPass(ctx, "1", "visit", noon) },
		"KeepDelivery": func(s *dynamo.Store, _ rollout.Lease) error { return s.KeepDelivery(ctx, "1", true, noon) },
		"Enqueue":      func(s *dynamo.Store, _ rollout.Lease) error { return s.Enqueue(ctx, target, other) },
		"Newest": func(s *dynamo.Store, _ rollout.Lease) error {
			_, _, err := s.Newest(ctx, "checkout", "other", noon)
			return err
		},
		"Led": func(s *dynamo.Store, _ rollout.Lease) error {
			return s.Led(ctx, rollout.Release{ID: "r1", Machines: 2})
		},
		"Closed": func(s *dynamo.Store, _ rollout.Lease) error {
			return s.Closed(ctx, rollout.Release{ID: "r1", Machines: 1})
		},
		"AskAbort": func(s *dynamo.Store, _ rollout.Lease) error {
			return s.AskAbort(ctx, "r1", because("wrong"), line("Stop."))
		},
		"Strike": func(s *dynamo.Store, _ rollout.Lease) error {
			return s.Strike(ctx, dynamo.Listed{Target: target, Release: "r1", At: noon})
		},
		"InTurn": func(s *dynamo.Store, _ rollout.Lease) error {
			return s.InTurn(ctx, dynamo.InSlack, "r1", "writer", time.Now, func(_ context.Context, _ string, t dynamo.Thread) (dynamo.Thread, error) { return t, nil })
		},
	} {
		writes[name] = func(_ *testing.T, s *dynamo.Store, l rollout.Lease) error { return write(s, l) }
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
				create(t, s, rollout.Release{ID: "r1", Service: "checkout", Machines: 1, Created: noon})
				l := begun(t, s, "first")
				f.during(t, func() error { return write(t, s, l) })
			})
		})
	}
}

// An alarm that was red before the release would not guard it when it goes red again.
func TestAlarmGuardsAgainThoughTheAnswerWasLost(t *testing.T) {
	losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
		l := acquired(t, s, "first")
		l.Stable, l.Candidate, l.Red, l.Began = "1", "2", []string{alarm}, rollout.MomentOf(noon)
		l, err := s.Begin(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		f.during(t, func() error {
			l, err = s.Rearm(t.Context(), l, alarm)
			return err
		})
		if len(l.Alarms) != 1 || len(l.Red) != 0 {
			t.Errorf("the lease is guarded by %v, and %v are red", l.Alarms, l.Red)
		}
	})
}

// Nobody would know that the guard of the earlier promotion is awake again.
func TestPromiseThatIsArmedAgainIsToldThoughTheAnswerWasLost(t *testing.T) {
	losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
		create(t, s, rollout.Release{ID: "first", Service: "checkout", End: rollout.Succeeded, Machines: 1, Created: noon})
		letGo(t, s, begun(t, s, "first"), rollout.Armed)
		l := moved(t, s, acquired(t, s, "second"))
		f.during(t, func() error { return s.GiveBack(t.Context(), l, "settle", noon) })
		if got := recorded(t, s, "first").Lines(); len(got) != 1 || lease(t, s).Owner != "first" {
			t.Errorf("the lease is %s's, and the record says %v", lease(t, s).Owner, got)
		}
	})
}

// Another invocation has said already how fast the traffic was back; a repetition says it itself.
func TestWayBackIsWrittenByOneInvocation(t *testing.T) {
	s := open(t)
	l := begun(t, s, "first")
	for _, try := range []struct {
		by    string
		taken bool
	}{{"one", true}, {"one", true}, {"another", false}} {
		if err := s.Returned(t.Context(), l, try.by); (err == nil) != try.taken || dynamo.IsConflict(err) == try.taken {
			t.Errorf("by %s: %v", try.by, err)
		}
	}
}

// The override counted, and the record would say that it did not.
func TestOverrideIsNotDeniedWhenTheReleaseBeginsAtOnce(t *testing.T) {
	losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
		r := rollout.Release{ID: "r1", Service: "checkout", Machines: 1, Created: noon}
		create(t, s, r)
		f.then = func() {
			r.Epoch = 1
			if err := s.Started(t.Context(), r, line("Started.")); err != nil {
				t.Error(err)
			}
		}
		o := rollout.Override{By: "grace", Reason: "I know", Gates: []string{"windows"}, At: noon}
		f.during(t, func() error { return s.Overridden(t.Context(), "r1", o, line("Overrides.")) })
		late := rollout.Override{By: "linus", Reason: "me too", Gates: []string{"windows"}, At: noon}
		if err := s.Overridden(t.Context(), "r1", late, line("Overrides.")); !dynamo.IsConflict(err) {
			t.Errorf("an override that comes too late: %v", err)
		}
	})
}

// A full record loses two hundred lines, and not twice as many.
func TestFullTrailIsCutOnce(t *testing.T) {
	losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
		said := func(i int) rollout.Line {
			return rollout.Line{At: noon.Add(time.Duration(i) * time.Second), Who: "guard", What: fmt.Sprintf("%d: %s", i, strings.Repeat("x", 480))}
		}
		r := rollout.Release{ID: "r1", Service: "checkout", Machines: 1, Created: noon}
		for i := range 700 {
			r.Audit = append(r.Audit, said(i))
		}
		create(t, s, r)
		f.on = true
		for before := 700; ; before++ {
			if err := s.Note(t.Context(), "r1", said(before)); err != nil {
				t.Fatal(err)
			}
			if now := len(recorded(t, s, "r1").Audit); now < before {
				if gone := before - now; gone > 200 {
					t.Errorf("of %d lines %d were cut", before, gone)
				}
				return
			}
			before++ // the line was written twice
		}
	})
}

// A link would let a second visitor in as the first.
func TestLinkOpensForOneVisit(t *testing.T) {
	s := open(t)
	if err := s.OpenPass(t.Context(), "1", "one", noon); err != nil {
		t.Fatal(err)
	}
	if err := s.OpenPass(t.Context(), "1", "another", noon); !dynamo.IsConflict(err) {
		t.Errorf("a second visit: %v", err)
	}
}

// The look that wrote is one of two that say the same: neither may be an error to it.
func TestLookIsKeptThoughTheAnswerWasLost(t *testing.T) {
	losing(t, func(t *testing.T, s *dynamo.Store, f *forgetful) {
		f.during(t, func() error {
			if err := s.KeepLedger(t.Context(), "r1", judge.Ledger{Version: 1}); !dynamo.IsConflict(err) {
				return err
			}
			return nil // which evidence.Book takes for another look's
		})
		if l, err := s.Ledger(t.Context(), "r1"); err != nil || l.Version != 1 {
			t.Errorf("version %d, %v", l.Version, err)
		}
	})
}
