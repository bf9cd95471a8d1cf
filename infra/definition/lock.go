package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sluice/shared/rollout"
)

// A lock is a part of a definition that nobody who extends a template may loosen.
type lock struct {
	path     string
	template string
	said     *node // where the template locks it
	held     *node // what the template says there; nil: nothing, so nobody may say anything there
}

// locksOf reads what a template locks.
func locksOf(name string, template, root *node) ([]lock, Problems) {
	said := template.fields[locked]
	if said == nil {
		return nil, nil
	}
	if said.form != list {
		return nil, Problems{{said.file, said.line, locked, said.short() + " is not a list of paths", "write such as locked: [guard, checks.ceilings]"}}
	}
	var locks []lock
	var problems Problems
	for i, item := range said.items {
		at, is := item.value.(string)
		if !is || !pathForm.MatchString(at) {
			problems = append(problems, Problem{item.file, item.line, fmt.Sprintf("%s[%d]", locked, i), item.short() + " is not the path of a part", "write such as guard or checks.ceilings; the entries of a list are locked with it"})
			continue
		}
		locks = append(locks, lock{at, name, item, root.find(at)})
	}
	for _, l := range locks {
		for _, person := range named(l.path, l.held) {
			at := join("people", person)
			locks = append(locks, lock{at, name, l.said, root.find(at)})
		}
	}
	return locks, problems
}

// named are the people whom a locked part lets decide. Who could say who they are could let anybody decide.
func named(at string, n *node) []string {
	var people []string
	switch last := at[strings.LastIndexByte(at, '.')+1:]; {
	case n == nil:
	case n.form == mapping:
		for _, key := range n.keys() {
			people = append(people, named(join(at, key), n.fields[key])...)
		}
	case n.form == list && (last == "from" || last == "override"):
		for _, item := range n.items {
			if name, is := item.value.(string); is {
				people = append(people, name)
			}
		}
	case n.form == list:
		for _, item := range n.items {
			people = append(people, named(at, item)...)
		}
	}
	return people
}

// pathForm is the path of a part that is in no list.
var pathForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)*$`)

// find is the value at a path, or nil.
func (n *node) find(at string) *node {
	for _, token := range tokens(at) {
		n = n.child(token)
	}
	return n
}

// broken are the locks that a definition loosens. by are the files that may have done so, the last of which is complained of where the value is gone.
func broken(locks []lock, root *node, by ...*node) Problems {
	var problems Problems
	for _, l := range locks {
		at, found := looser(l.path, l.held, root.find(l.path))
		if at == "" {
			continue
		}
		if found == nil {
			found = by[0]
			for _, file := range by {
				if said, _ := file.at(tokens(at)); said != file {
					found = said
				}
			}
		}
		problems = append(problems, Problem{
			found.file, found.line, at, fmt.Sprintf("it loosens what template %s locks (%s:%d)", l.template, l.said.file, l.said.line),
			"leave it as the template has it" + stricter(at),
		})
	}
	return problems
}

// looser is the path at which what is there is looser than what is held, and the value there; it is empty where all is as strict, or stricter.
func looser(at string, held, there *node) (string, *node) {
	switch {
	case held == nil && there == nil:
		return "", nil
	case held == nil && !mayAppear(at), there == nil, held != nil && held.form != there.form:
		return at, there
	case held == nil:
		return "", nil
	}
	switch held.form {
	case mapping:
		return looserMap(at, held, there)
	case list:
		return looserList(at, held, there)
	}
	if asStrict(at, held.value, there.value) {
		return "", nil
	}
	return at, there
}

func looserMap(at string, held, there *node) (string, *node) {
	keys := append(held.keys(), there.keys()...)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if found, n := looser(join(at, key), held.fields[key], there.fields[key]); found != "" {
			return found, n
		}
	}
	return "", nil
}

// looserList wants each entry that is held, or a stricter one, in the same order. More may stand between them where that is stricter.
func looserList(at string, held, there *node) (string, *node) {
	rest, inner := there.items, generic(at)+"[]"
	for i, item := range held.items {
		fits := func(n *node) bool { found, _ := looser(inner, item, n); return found == "" }
		next := slices.IndexFunc(rest, fits)
		if next < 0 || next > 0 && !mayAppear(inner) {
			return fmt.Sprintf("%s[%d]", at, i), there.child(fmt.Sprint(i))
		}
		rest = rest[next+1:]
	}
	if len(rest) > 0 && !mayAppear(inner) {
		return at, there
	}
	return "", nil
}

// A direction is which way a number or a duration is stricter.
type direction int

const (
	higher direction = 1
	lower  direction = -1
)

// numbers are the values that may be changed in one direction. All others that are locked stay as they are.
var numbers = map[string]direction{
	"revertWindow": higher,

	"strategy.allAtOnce.bake": higher, "strategy.linear.bake": higher, "strategy.exponential.bake": higher, "strategy.blueGreen.bake": higher,
	"strategy.canary.steps[].bake": higher, "strategy.linear.step": lower, "strategy.exponential.start": lower, "strategy.exponential.factor": lower,

	"approvals[].quorum": higher, "gates.scan.most": lower,

	"checks.errors[].tolerate": lower, "checks.latency[].tolerate": lower, "checks.ceilings[].percent": lower, "checks.ceilings[].errors": lower,
	"checks.bounds[].atMost": lower, "checks.bounds[].atLeast": higher, "checks.whenInconclusive.noneWorseIn": higher,
}

// additions are the entries of lists, and the members of maps, of which more makes a release stricter: one more alarm, check, gate or question.
var additions = []string{
	"guard.alarms[]", "strategy.canary.steps[]", "approvals[]",
	"checks.errors", "checks.errors[]", "checks.latency", "checks.latency[]", "checks.ceilings", "checks.ceilings[]", "checks.bounds", "checks.bounds[]", "checks.alarms", "checks.alarms[]",
	"gates.windows", "gates.freezes", "gates.freezes[]", "gates.calendars", "gates.calendars[]", "gates.flags", "gates.flags[]", "gates.features", "gates.features[]",
	"gates.config", "gates.config.rules[]", "gates.scan", "gates.tests", "gates.tests[]", "hooks[]",
}

func mayAppear(at string) bool { return slices.Contains(additions, generic(at)) }

// generic is a path without the numbers of entries.
func generic(at string) string { return numbered.ReplaceAllString(at, "[]") }

var numbered = regexp.MustCompile(`\[\d+\]`)

// asStrict says whether a value is what is held, or stricter.
func asStrict(at string, held, there any) bool {
	if held == there {
		return true
	}
	was, is := amount(held), amount(there)
	way, moves := numbers[generic(at)]
	return moves && was != nil && is != nil && float64(way)*(*is-*was) >= 0
}

// amount is a number, or a duration in seconds.
func amount(value any) *float64 {
	var n float64
	switch v := value.(type) {
	case int:
		n = float64(v)
	case float64:
		n = v
	case string:
		var d rollout.Duration
		if d.UnmarshalText([]byte(strings.TrimSpace(v))) != nil {
			return nil
		}
		n = d.Std().Seconds()
	default:
		return nil
	}
	return &n
}

// stricter says in which direction a locked value may be changed.
func stricter(at string) string {
	switch numbers[generic(at)] {
	case higher:
		return ", or write more"
	case lower:
		return ", or write less"
	}
	if mayAppear(at) {
		return "; more may be added"
	}
	return ""
}
