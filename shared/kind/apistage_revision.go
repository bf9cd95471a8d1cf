package kind

import (
	"maps"
	"slices"
	"strings"
)

// StageRevision is what a stage serves: a deployment of its API, which never changes, and the values of the stage variables that belong to it. Both
// are in its name, "eh1sby+alias=v42", so that going back restores both without anybody having kept them.
type StageRevision struct {
	Deployment string
	Variables  map[string]string
}

// Now stands for a deployment that is not made yet: the API as it is when the release is planned. No deployment has such a short id.
const Now = "now"

// ReadStageRevision reads a revision's name.
func ReadStageRevision(name string) StageRevision {
	deployment, rest, _ := strings.Cut(name, "+")
	r := StageRevision{Deployment: deployment}
	for pair := range strings.SplitSeq(rest, "+") {
		if variable, value, ok := strings.Cut(pair, "="); ok {
			r.set(variable, value)
		}
	}
	return r
}

// RevisionOf is what a stage serves that has these variables, as far as they belong to revisions of this target.
func (s APIStage) RevisionOf(deployment string, variables map[string]string) StageRevision {
	r := StageRevision{Deployment: deployment}
	for _, name := range s.Variables {
		if value, ok := variables[name]; ok {
			r.set(name, value)
		}
	}
	return r
}

func (r *StageRevision) set(variable, value string) {
	if r.Variables == nil {
		r.Variables = map[string]string{}
	}
	r.Variables[variable] = value
}

// Names lists the variables in the order in which the revision's name has them.
func (r StageRevision) Names() []string { return slices.Sorted(maps.Keys(r.Variables)) }

// String is the revision's name.
func (r StageRevision) String() string {
	var b strings.Builder
	b.WriteString(r.Deployment)
	for _, name := range r.Names() {
		b.WriteString("+" + name + "=" + r.Variables[name])
	}
	return b.String()
}
