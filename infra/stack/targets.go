package stack

import (
	"slices"

	"sluice/infra/addition"
	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// targets are the definitions of an engine. Package addition says what each adds to it; here that becomes statements and rules for them all.
type targets []rollout.Definition

func targetsOf(services []definition.Service) targets {
	t := make(targets, len(services))
	for i, s := range services {
		t[i] = s.Definition
	}
	return t
}

// grants is what a function may touch because definitions name it: a statement for each sort of need, however many definitions there are. What the
// function may do to Sluice's own parts stands in its row.
func (t targets) grants(h home, function string) (all []grant) {
	for _, d := range t {
		for _, g := range addition.Grants(h.Home, d) {
			if !slices.Contains(g.Functions, function) {
				continue
			}
			i := slices.IndexFunc(all, func(o grant) bool { return o.sid == g.Sid })
			if i < 0 {
				all, i = append(all, granted(g)), len(all)
			}
			all[i].resources = sorted(slices.Concat(all[i].resources, g.Resources))
		}
	}
	return all
}

// granted turns a grant of package addition into one of the stack's.
func granted(g addition.Grant) grant {
	if slices.Equal(g.Resources, []string{"*"}) {
		return anywhere(g.Sid, g.Actions...)
	}
	return grant{sid: g.Sid, actions: g.Actions, resources: g.Resources, when: g.Condition, grows: !g.Common}
}

// rules are the rules by which a function hears events because definitions name what the events are about.
func (t targets) rules(function string) (all []rule) {
	var heard []addition.Rule
	for _, d := range t {
		for _, r := range addition.Rules(d) {
			if r.Function != function {
				continue
			}
			i := slices.IndexFunc(heard, func(o addition.Rule) bool { return o.Name == r.Name })
			if i < 0 {
				heard = append(heard, r)
			} else {
				heard[i].Names = slices.Concat(heard[i].Names, r.Names)
			}
		}
	}
	for _, r := range heard {
		all = append(all, naming(rule{name: r.Name, about: r.About}, r.Names, r.Pattern)...)
	}
	return all
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
