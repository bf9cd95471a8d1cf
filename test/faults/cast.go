package faults

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/memory"
	"sluice/test/scenario"
)

// A cast is who plays a schedule: the services, each with its definition, and the kind of their targets.
type cast struct {
	name        string
	kind        scenario.Kind // nil for an alias
	services    []string
	definitions map[string]string
	edit        func(t *cfn.Template)   // of the deployed template
	given       func(w *scenario.World) // changes the world before the schedule begins
}

// aliases play most of the schedules: two services at once, of which the second one's people have to approve releases.
var aliases = cast{name: "aliases", services: []string{scenario.Service, "basket"}, definitions: map[string]string{scenario.Service: canary, "basket": asking}}

// withHooks is an alias whose releases have hooks of every sort.
var withHooks = cast{name: "aliases with hooks", services: []string{scenario.Service}, definitions: map[string]string{scenario.Service: everyHook}, edit: scenario.WithHooks, given: everyJob}

// crowded says whether several services are in one world.
func (c cast) crowded() bool { return len(c.services) > 1 }

// casts are all of them. An engine of a sample may touch one target, so a cast of another kind has one service.
func casts() []cast {
	all := []cast{aliases, withHooks}
	for _, k := range []struct {
		name string
		scenario.Kind
	}{
		{"targets without a lock", scenario.InMemory{Traits: memory.Traits{}}},
		{"targets whose moves take minutes", scenario.InMemory{Traits: memory.Traits{Locked: true, Takes: 3 * time.Minute}}},
		{"fleets", scenario.Fleet{Pace: memory.Pace{Takes: 6 * time.Minute}}},
		{"API stages", scenario.APIStage{}},
		{"record sets", scenario.Records{Numbered: true}},
		{"distributions", scenario.Edge{Takes: 3 * time.Minute}},
		{"key value stores", scenario.EdgeFunction{}},
		{"load balancer rules", scenario.External{Green: "2"}},
		{"load balancer rules of ECS", scenario.Tasks{}},
		{"load balancer rules of Auto Scaling groups", scenario.Instances{}},
		{"services of ECS", scenario.OnECS{}},
		{"stacks", scenario.Stacks{}},
		{"configurations", scenario.Configured{Grows: 5}},
		{"feature flags", scenario.Flag{}},
	} {
		all = append(all, cast{name: k.name, kind: k.Kind, services: []string{scenario.Service}, definitions: map[string]string{scenario.Service: story{kind: k.Kind}.definition()}})
	}
	return all
}

// share is how many schedules a cast plays when aliases play so many: what is the same above the port is searched with aliases.
func (c cast) share(schedules int) int {
	switch {
	case c.crowded():
		return schedules
	case slow(c.kind): // a world of it takes several times as long
		return max(1, schedules/50)
	default:
		return max(1, schedules/20)
	}
}

// points are those that the stories of the cast's kind pass, by function and operation: a fault of another kind's function would never happen.
func (c cast) points(t *testing.T) []Point {
	var all []Point
	for _, s := range stories {
		if idOf(s.kind) != idOf(c.kind) {
			continue
		}
		for _, p := range try(t, s, nil).passed {
			if !p.delivery() && !p.isAWS() {
				continue
			}
			p.N = 0
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.SortFunc(all, func(a, b Point) int {
		return cmp.Or(strings.Compare(a.Function, b.Function), strings.Compare(a.Operation, b.Operation))
	})
	return all
}

// idOf is the kind's id, and nothing for an alias.
func idOf(k scenario.Kind) kind.ID {
	if k == nil {
		return ""
	}
	return k.ID()
}
