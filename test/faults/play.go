package faults

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// A stage is a world with the services of a cast, in which a schedule is played.
type stage struct {
	services []string
	world    map[string]*scenario.World
	releases map[string][]string // by service, in the order in which they were asked for
	skew     *atomic.Int64       // of every function's clock
}

// deeds are what the acts do. They go by what is there at that moment, if anything is.
var deeds = map[string]func(st *stage, a Act){
	"release": func(st *stage, a Act) {
		st.releases[a.Service] = append(st.releases[a.Service], st.world[a.Service].Requested(a.Version))
	},
	"red": func(st *stage, a Act) { st.world[a.Service].AlarmRed(a.Service + "-errors") },
	"stay red": func(st *stage, a Act) {
		w := st.world[a.Service]
		w.StaysRed(a.Service + "-errors")
		time.AfterFunc(10*time.Minute, func() { w.GreenAlarm(a.Service + "-errors") })
	},
	"flap": func(st *stage, a Act) {
		w := st.world[a.Service]
		for range 3 {
			w.AlarmRed(a.Service + "-errors")
			w.Pass(5 * time.Second)
			w.AlarmGreen(a.Service + "-errors")
			w.Pass(5 * time.Second)
		}
	},
	"abort":   func(st *stage, a Act) { st.last(a, func(id string) { st.world[a.Service].Aborted(id) }) },
	"promote": func(st *stage, a Act) { st.last(a, func(id string) { st.world[a.Service].PromotedNow(id) }) },
	"approve": func(st *stage, a Act) {
		st.last(a, func(id string) { st.world[a.Service].Answered(id, "grace", events.Approve) })
	},
	"reject": func(st *stage, a Act) {
		st.last(a, func(id string) { st.world[a.Service].Answered(id, "linus", events.Reject) })
	},
	"stop":   func(st *stage, a Act) { st.last(a, func(id string) { st.world[a.Service].Stopped(id) }) },
	"jump":   func(st *stage, _ Act) { st.skew.Add(int64(90 * time.Second)) },
	"expire": func(st *stage, a Act) { st.world[a.Service].Pass(40 * time.Minute) },
}

// of is the world of a service; not every call that moves traffic names one, and then there is only one.
func (st *stage) of(service string) *scenario.World {
	return st.world[cmp.Or(service, st.services[0])]
}

func (st *stage) last(a Act, do func(id string)) {
	if ids := st.releases[a.Service]; len(ids) > 0 {
		do(ids[len(ids)-1])
	}
}

// Play has a cast play a schedule in a world of its own and checks what must hold in the end.
func Play(t *testing.T, c cast, s Schedule) (o outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, watch := newInjector(nil), newObserver(c.kind)
		st := &stage{services: c.services, world: map[string]*scenario.World{}, releases: map[string][]string{}, skew: &atomic.Int64{}}
		w := scenario.New(t, scenario.Options{
			Direct: true, Edit: c.edit, Services: c.crowded(), Kind: c.kind, Hop: in.hop, Middleware: []wire.Middleware{in.call, watch.call},
			Now: func() time.Time { return time.Now().Add(time.Duration(st.skew.Load())) },
		})
		defer w.Close()
		for _, name := range c.services {
			st.world[name] = w
			if c.crowded() {
				st.world[name] = w.For(name)
			}
			st.world[name].Given(c.definitions[name])
		}
		if c.given != nil {
			c.given(w)
		}
		w.Sandbox.DynamoDB.Remember(2 * behind)
		in.begin(s.Faults)
		now := func() time.Time { return time.Now().Add(time.Duration(st.skew.Load())) }
		levels := post(slices.Collect(maps.Values(st.world)), now, in, lenient)
		watch.watch(func(service string) rollout.Lease { return st.of(service).Lease() })
		watch.readingOf(c.kind, w)
		begun := time.Now()
		for _, a := range s.Acts {
			w.Pass(max(0, a.At-time.Since(begun)))
			deeds[a.Do](st, a)
		}
		ended := w.Settled(nil, bound)
		o.took = time.Since(begun)
		o.passed, o.happened = in.passed, in.happened
		o.violations = append(append(watch.violations, levels.relieve()...), st.check(w, ended)...)
		for _, name := range st.services {
			for _, id := range st.releases[name] {
				o.trail += fmt.Sprintf("%s told %v\n%s", id, w.Told(id), w.Trail(id))
			}
		}
	})
	return o
}

// check says what of the invariants does not hold when a schedule is over. What each release ends as is left open, but
// for one thing: nobody may be paged for what Sluice can bring back by itself.
func (st *stage) check(w *scenario.World, ended bool) []string {
	var v []string
	if !ended {
		v = append(v, fmt.Sprintf("I6: not every release ended within %v", bound))
	}
	lost := 0
	for _, name := range st.services {
		found, missing := st.records(name)
		lost += missing
		v = append(v, ends(st.world[name], found, "")...)
		v = append(v, leftovers(st.world[name])...)
		v = append(v, strays(found)...)
		v = append(v, carried(st.world[name], found)...)
	}
	if letters := w.DeadLetters("trigger"); letters < lost {
		v = append(v, fmt.Sprintf("I5: %d requests left no record, and %d lie in the dead-letter queue", lost, letters))
	}
	return v
}

func (st *stage) records(name string) (found []rollout.Release, missing int) {
	for _, id := range st.releases[name] {
		if r, ok := st.world[name].Recorded(id); ok {
			found = append(found, r)
		} else {
			missing++
		}
	}
	slices.SortFunc(found, func(a, b rollout.Release) int { return a.Epoch - b.Epoch })
	return found, missing
}
