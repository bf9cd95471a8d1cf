package plan

import (
	"fmt"
	"slices"

	"sluice/shared/rollout"
)

// A Difference is one thing that two definitions of a service say otherwise, in the words of the page.
type Difference struct {
	What string   `json:"what"` // "Steps", "Guard alarms": the heading
	Was  []string `json:"was"`  // the lines that only the first has
	Is   []string `json:"is"`   // the lines that only the second has
}

// Differences says what a release would do otherwise by another definition, in the order of the page.
func Differences(was, is rollout.Definition) []Difference {
	was, is = was.WithDefaults(), is.WithDefaults()
	before, now := everything(was), everything(is)
	var headings []string
	for _, f := range slices.Concat(now, before) {
		if !slices.Contains(headings, f.heading) {
			headings = append(headings, f.heading)
		}
	}
	var found []Difference
	for _, h := range headings {
		d := Difference{h, only(lines(before, h), lines(now, h)), only(lines(now, h), lines(before, h))}
		if len(d.Was)+len(d.Is) > 0 {
			found = append(found, d)
		}
	}
	return found
}

// A fact is one line under a heading.
type fact struct{ heading, line string }

// everything is all that the page says of a definition, line by line.
func everything(d rollout.Definition) []fact {
	var all []fact
	steps := d.Steps()
	for i, s := range steps {
		all = append(all, fact{"Steps", fmt.Sprintf("step %d: %s", i+1, inWords(s))})
	}
	heading := ""
	for _, f := range facts(d, steps) {
		if f[0] != "" {
			heading = f[0]
		}
		all = append(all, fact{heading, f[1]})
	}
	return all
}

// inWords is what a step does: "5 % for 10m, tested".
func inWords(s rollout.Step) string {
	text := s.Weight.String()
	if s.Marked {
		text = "marked requests"
	}
	if s.Bake > 0 {
		text += " for " + s.Bake.String()
	}
	if s.Test != nil {
		text += ", tested"
	}
	return text
}

func lines(all []fact, heading string) (found []string) {
	for _, f := range all {
		if f.heading == heading {
			found = append(found, f.line)
		}
	}
	return found
}

// only are the lines of one list that are not in another.
func only(of, other []string) []string {
	return slices.DeleteFunc(slices.Clone(of), func(line string) bool { return slices.Contains(other, line) })
}
