package limits

import (
	"fmt"
	"maps"
	"slices"
)

// A Use is how much of one limit is taken, at the place where most of it is.
type Use struct {
	Limit Limit
	Stack string
	Whose string // what in the stack is nearest to the limit; empty for the stack itself
	Used  int
}

// Percent is how much of the limit is taken.
func (u Use) Percent() int { return u.Used * 100 / u.Limit.Most }

// Near says that people should prepare: four fifths of the limit are taken, and it is not one that is filled on purpose.
func (u Use) Near() bool { return !u.Limit.Filled && u.Used*5 >= u.Limit.Most*4 }

// Beyond says that AWS would refuse the stack.
func (u Use) Beyond() bool { return u.Used > u.Limit.Most }

func (u Use) String() string {
	where := u.Stack
	if u.Whose != "" {
		where += ", " + u.Whose
	}
	return fmt.Sprintf("%3d %%  %d of %d %s (%s)", u.Percent(), u.Used, u.Limit.Most, u.Limit.What, where)
}

// Measure finds, for each limit, where most of it is taken in the templates of an engine's stacks; the fullest first.
// It leaves out limits of which the templates take nothing.
func Measure(templates map[string][]byte) ([]Use, error) {
	var all []Use
	parsed := map[string]template{}
	for name, text := range templates {
		t, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("measuring the template of %s: %w", name, err)
		}
		parsed[name] = t
	}
	for _, limit := range Limits {
		if use, found := most(limit, parsed); found {
			all = append(all, use)
		}
	}
	slices.SortStableFunc(all, func(a, b Use) int { return b.Percent() - a.Percent() })
	return all, nil
}

func most(limit Limit, templates map[string]template) (most Use, found bool) {
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		taken := limit.measure(templates[name])
		for _, whose := range slices.Sorted(maps.Keys(taken)) {
			if used := taken[whose]; !found || used > most.Used {
				most, found = Use{Limit: limit, Stack: name, Whose: whose, Used: used}, true
			}
		}
	}
	return most, found
}
