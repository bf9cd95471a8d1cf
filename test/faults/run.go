package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// bound is the virtual time in which every release must end, whatever single thing went wrong: the longest retries of the
// state machine, then the sweep that finds what is dead.
const bound = 6 * time.Hour

// outcome is what a run of a story left behind.
type outcome struct {
	passed     []Point
	happened   []Fault
	violations []string
	took       time.Duration // until the last release had ended
	trail      string        // the audit trails, for a person who looks into a violation
}

// definition is what the stories release: in steps, ECS in one step below 100 %, and a fleet and a configuration, which know none, at once.
func (s story) definition() string {
	if s.kind == nil {
		return canary
	}
	switch id := s.kind.ID(); {
	case id == kind.ECSServiceID:
		return short
	case id == kind.StackID, id == kind.ConfigurationID, id == kind.FleetID:
		return outright
	case kind.Of(id).Most > 0:
		return strings.Replace(canary, `"weight":50`, `"weight":15`, 1)
	}
	return canary
}

// try tells a story with faults in a world of its own, and checks what must hold in the end.
func try(t *testing.T, s story, faults []Fault) (o outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, watch := newInjector(nil), newObserver(s.kind)
		w := scenario.New(t, scenario.Options{Direct: true, Edit: s.edit, Beside: s.beside, Kind: s.kind, Hop: in.hop, Outside: in.outside, Middleware: []wire.Middleware{in.call, watch.call}})
		defer w.Close()
		w.Given(s.definition())
		if s.given != nil {
			s.given(w)
		}
		w.Sandbox.DynamoDB.Remember(2 * behind)
		in.begin(slices.Concat(faults, s.standing))
		levels := post([]*scenario.World{w}, time.Now, in, strict)
		watch.watch(func(string) rollout.Lease { return w.Lease() })
		watch.readingOf(s.kind, w)
		begun := time.Now()
		releases := s.tell(w)
		if in.cleanUp(w) > 0 {
			s.ends = s.anyEnds()
		}
		ended := w.Settled(releases, bound)
		o.took = time.Since(begun)
		o.passed, o.happened = in.passed, in.happened
		o.violations = append(append(watch.violations, levels.relieve()...), checkStory(w, s, releases, ended, in.happened)...)
		if len(faults) == 0 {
			o.violations = append(o.violations, plainly(w, s, releases)...)
		}
		for _, id := range releases {
			o.trail += fmt.Sprintf("%s told %v\n%s", id, w.Told(id), w.Trail(id))
		}
	})
	return o
}

// plainly checks that each release of a story in which nothing went wrong came to the first of its ends.
func plainly(w *scenario.World, s story, releases []string) (violations []string) {
	for i, id := range releases {
		if r, _ := w.Recorded(id); r.End != s.ends[i][0] {
			violations = append(violations, fmt.Sprintf("release %d ended %q although nothing went wrong, want %s", i+1, r.End, s.ends[i][0]))
		}
	}
	return violations
}

// anyEnds are all but the one that people are paged for, unless that is what the story is about: what was said during an outage may have come too late to
// count.
func (s story) anyEnds() [][]rollout.End {
	var all [][]rollout.End
	for _, its := range s.ends {
		all = append(all, slices.DeleteFunc(slices.Clone(rollout.Ends), func(e rollout.End) bool { return e == rollout.Stuck && !slices.Contains(its, e) }))
	}
	return all
}
