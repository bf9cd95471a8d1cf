package stack

import (
	"maps"
	"slices"
	"strconv"
	"strings"

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
			same := func(o grant) bool { return o.sid == g.Sid }
			if g.Condition != nil {
				same = func(o grant) bool {
					return strings.TrimRight(o.sid, "0123456789") == g.Sid && mostValues >= values(joined(o.when, g.Condition))
				}
			}
			i := slices.IndexFunc(all, same)
			if i < 0 {
				full := slices.ContainsFunc(all, func(o grant) bool { return o.sid == g.Sid })
				if all, i = append(all, granted(g)), len(all); full {
					all[i].sid += strconv.Itoa(len(all))
				}
			}
			all[i].resources, all[i].when = sorted(slices.Concat(all[i].resources, g.Resources)), joined(all[i].when, g.Condition)
		}
	}
	return all
}

// mostValues is how many values the conditions of a statement have at most. Nothing splits conditions where a policy is full, and a name of a record may
// have 255 characters; those of one definition are never split, because a batch has to meet one statement.
const mostValues = 20

// joined are conditions of two grants that are one statement: lists of values are joined, and single values are the same.
func joined(a, b map[string]map[string]any) map[string]map[string]any {
	if a == nil {
		return b
	}
	both := map[string]map[string]any{}
	for operator, keys := range a {
		both[operator] = maps.Clone(keys)
		for key, value := range keys {
			if list, is := value.([]string); is {
				more, _ := b[operator][key].([]string)
				both[operator][key] = sorted(slices.Concat(list, more))
			}
		}
	}
	return both
}

// values counts the values of conditions.
func values(when map[string]map[string]any) (count int) {
	for _, keys := range when {
		for _, value := range keys {
			if list, is := value.([]string); is {
				count += len(list)
			}
		}
	}
	return count
}

// granted turns a grant of package addition into one of the stack's.
func granted(g addition.Grant) grant {
	if slices.Equal(g.Resources, []string{"*"}) {
		everything := anywhere(g.Sid, g.Actions...)
		everything.grows = g.Condition != nil // by the values of several definitions
		return everything
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
