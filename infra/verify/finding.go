package verify

import (
	"cmp"
	"fmt"
	"slices"

	"sluice/infra/definition"
	"sluice/shared/rollout"
)

// Severity says what a finding means for the next release.
type Severity string

// An error keeps a release out, or has it go back whatever it does. A warning is something that people want to know before.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Finding is one thing that stands between a definition and a release of it.
type Finding struct {
	Service  string   `json:"service"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"` // and line of the definition that the finding is about
	Line     int      `json:"line"`
	Path     string   `json:"path,omitempty"` // "guard.alarms[0]"
	What     string   `json:"what"`           // as a clause: "guard alarm checkout-errors does not exist"
	Why      string   `json:"why"`            // why that matters, as a sentence
	Remedy   string   `json:"remedy"`         // the command or the edit that mends it
	Unseen   bool     `json:"unseen,omitempty"`
}

// Where is the place in the definition, as editors and terminals jump to it.
func (f Finding) Where() string { return fmt.Sprintf("%s:%d", f.File, f.Line) }

// What follows from most findings.
const (
	turnedAway = "A release would be rejected."
	unlooked   = "Whether the next release can pass is not known as long as this was not looked at."
)

// rejected is the finding of what has a release rejected.
func rejected(path string, why *rollout.Rejection) Finding {
	return Finding{Severity: Error, Path: path, What: why.Reason, Why: turnedAway, Remedy: why.Remedy}
}

// ofProblem is the finding of what is wrong in a file.
func ofProblem(p definition.Problem) Finding {
	return Finding{Service: p.Service(), Severity: Error, File: p.File, Line: p.Line, Path: p.Path, What: p.Wrong, Why: "It cannot be deployed.", Remedy: p.Remedy}
}

// Problems are the findings of what is wrong in files.
func Problems(all definition.Problems) []Finding {
	var found []Finding
	for _, p := range all {
		found = append(found, ofProblem(p))
	}
	return found
}

// placed says of each finding where in the service's files it is about, and brings them into the order of lines, errors first.
func placed(s definition.Service, found []Finding) []Finding {
	for i, f := range found {
		f.Service = s.Definition.Service
		f.File, f.Line = s.At(f.Path)
		found[i] = f
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
	return found
}

// Errors is how many findings are errors.
func Errors(found []Finding) (n int) {
	return count(found, func(f Finding) bool { return f.Severity == Error })
}

// Unseen is how many findings tell of something that could not be looked at.
func Unseen(found []Finding) (n int) { return count(found, func(f Finding) bool { return f.Unseen }) }

func count(found []Finding, counts func(Finding) bool) (n int) {
	for _, f := range found {
		if counts(f) {
			n++
		}
	}
	return n
}
