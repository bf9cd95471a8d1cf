package faults

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// A race is two invocations that meet. Setting brings the world right before that; meet sets both going.
type race struct {
	name       string
	definition string
	rivals     map[string]int
	pauses     int // how often time may pass between two of their calls, so that the rest of the world gets on
	setting    func(w *scenario.World) (release string)
	meet       func(w *scenario.World, release string) (releases []string)
	ends       []rollout.End         // of each release, where only one will do
	most       int                   // orders of it are run at most: of calls that all depend on each other there are too many
	kind       scenario.Kind         // of the target; nil for an alias
	edit       func(t *cfn.Template) // of the deployed template
}

// enough says whether so many orders are enough, when a number of them is asked for; 0 asks for all. Where worlds take long, a fifth is enough, and
// slowOrders if the search is not to be thorough.
func (x race) enough(runs, asked int, thorough bool) bool {
	most := x.most
	if slow(x.kind) {
		asked = (asked + 4) / 5
		if !thorough {
			most = min(most, slowOrders)
		}
	}
	return asked > 0 && runs >= asked || most > 0 && runs >= most
}

// Where worlds take long, a search that can be run in one go takes a part of the outages and orders: what is the same above the port is searched whole
// where worlds are quick.
const (
	slowOutages = 24 // from one that is tried to the next
	slowOrders  = 500
)

// slow says whether a world takes several times as long as others, because it has a load balancer, an edge or name servers. What is broken in it is the
// same above the port, so samples take a part of it.
func slow(k scenario.Kind) bool { return k != nil && !kind.Of(k.ID()).SandboxOnly }

// run tells one interleaving.
func (x race) run(t *testing.T, e *explorer) (violations []string, trail string) {
	t.Helper()
	e.begin()
	synctest.Test(t, func(t *testing.T) {
		ref, watch := newReferee(x.rivals), newObserver(x.kind)
		w := scenario.New(t, scenario.Options{Direct: true, Kind: x.kind, Edit: x.edit, Middleware: []wire.Middleware{ref.call, watch.call}})
		defer w.Close()
		w.Given(x.definition)
		release := x.setting(w)
		watch.watch(func(string) rollout.Lease { return w.Lease() })
		watch.readingOf(x.kind, w)
		ref.begin()
		releases := x.meet(w, release)
		complete := ref.referee(w, e, x.pauses)
		if !complete {
			watch.watch(nil)
			ref.end()
			return
		}
		ref.end()
		ended := w.Settled(releases, bound)
		violations = append(watch.violations, x.check(w, releases, ended)...)
		for _, id := range releases {
			trail += fmt.Sprintf("told %v\n%s", w.Told(id), w.Trail(id))
		}
	})
	return violations, trail
}

// pause is the move of the clock. It is shorter than the time-out of any function.
const pause = 15 * time.Second

var clock = move{rival: "the clock", what: "goes on by 15 s", writes: true}

// referee lets one move after the other happen. It is over when nobody has wanted one for a while.
func (r *referee) referee(w *scenario.World, e *explorer, pauses int) (complete bool) {
	for idle := 0; idle < 90; {
		synctest.Wait()
		moves := r.moves()
		if len(moves) == 0 {
			w.Pass(time.Second)
			idle++
			continue
		}
		idle = 0
		if pauses > 0 {
			moves = append(moves, clock)
		}
		m, ok := e.choose(moves)
		switch {
		case !ok:
			return false
		case m == clock:
			pauses--
			w.Pass(pause)
		default:
			r.let(m)
		}
	}
	return true
}

// check leaves open how the releases end, unless the race says it, but not that somebody has to be paged.
func (x race) check(w *scenario.World, releases []string, ended bool) []string {
	var s story
	for i := range releases {
		allowed := []rollout.End{rollout.Succeeded, rollout.RolledBack, rollout.Aborted, rollout.Superseded, rollout.Rejected}
		if x.ends != nil {
			allowed = x.ends[i : i+1]
		}
		s.ends = append(s.ends, allowed)
	}
	return checkStory(w, s, releases, ended, nil)
}

// label is a race's name as a test's.
func (x race) label() string { return strings.ReplaceAll(x.name, " ", "-") }
