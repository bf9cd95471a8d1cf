package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sluice/events"
)

// A Problem is one thing that is wrong in a file, and what would be right.
type Problem struct {
	File   string
	Line   int
	Path   string // "strategy.canary.steps[2].weight"; empty for the file as a whole
	Wrong  string // "150 is not a percentage"
	Remedy string // "write a number from 0 to 100"
}

// String is the problem as one line that editors and terminals can jump from.
func (p Problem) String() string {
	at := ""
	if p.Path != "" {
		at = p.Path + ": "
	}
	return events.Line(fmt.Sprintf("%s:%d: %s%s; %s", p.File, p.Line, at, p.Wrong, p.Remedy))
}

// Problems is everything that is wrong with the definitions, in the order of files and lines. It is an error.
type Problems []Problem

// Error is one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders problems and drops those that were found twice.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Wrong, b.Wrong))
	})
	return slices.Compact(p)
}

// about says whether a problem is known already with this path, with a part of it, or with what it is a part of.
func (p Problems) about(path string) bool {
	return slices.ContainsFunc(p, func(known Problem) bool { return within(path, known.Path) || within(known.Path, path) })
}

// within says whether a path is the same as, or a part of, another one.
func within(path, whole string) bool {
	rest, ok := strings.CutPrefix(path, whole)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
