package gates

import (
	"fmt"
	"slices"
	"time"

	"sluice/shared/rollout"
)

// Inquiry is what scan is asked about a release.
type Inquiry struct {
	Function   string              `json:"function"`
	Revision   string              `json:"revision"`
	Config     *rollout.Compliance `json:"config,omitempty"`
	Scan       *rollout.Scan       `json:"scan,omitempty"`
	Repository string              `json:"repository,omitempty"` // of the candidate's image; empty when it is none
	Digest     string              `json:"digest,omitempty"`
	Features   []rollout.Feature   `json:"features,omitempty"`
}

// What AWS Config says of a resource
// (https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html).
const (
	compliant     = "COMPLIANT"
	nonCompliant  = "NON_COMPLIANT"
	notApplicable = "NOT_APPLICABLE"
)

// Evaluation is what a rule of AWS Config said last about the function; zero when it has said nothing.
type Evaluation struct {
	Said string
	Why  string
	At   time.Time
}

// Rule judges an evaluation. No evaluation is not good news.
func Rule(rule, function string, e Evaluation) rollout.Gate {
	name := "rule " + rule
	switch e.Said {
	case compliant:
		return pass(name, fmt.Sprintf("AWS Config found function %s compliant on %s.", function, moment(e.At.UTC())))
	case nonCompliant:
		why := fmt.Sprintf("AWS Config found function %s not compliant on %s", function, moment(e.At.UTC()))
		if e.Why != "" {
			why += ": " + e.Why
		}
		return fail(name, sentence(why))
	case notApplicable:
		return fail(name, fmt.Sprintf("The rule does not look at function %s: take it out of gates.config, or widen its scope.", function))
	}
	return shut(name, fmt.Sprintf("AWS Config has not said yet whether function %s is compliant.", function), time.Time{})
}

// Findings is what a scanner has found.
type Findings struct {
	Counts  map[rollout.Severity]int
	Pending string // why there is no result yet; empty: there is one
	Failed  string // why there will be none
}

// Scanned judges findings. Those of the severity or above count, and those of an unknown severity.
func Scanned(name string, f Findings, s rollout.Scan) rollout.Gate {
	switch {
	case f.Failed != "":
		return fail(name, sentence(f.Failed))
	case f.Pending != "":
		return shut(name, sentence(f.Pending), time.Time{})
	}
	n := 0
	limit := slices.Index(rollout.Severities, s.Severity)
	for severity, count := range f.Counts {
		if slices.Index(rollout.Severities, severity) <= limit { // an unknown one has no index: -1
			n += count
		}
	}
	if n > s.Most {
		return fail(name, fmt.Sprintf("%d findings are %s or worse, and %d are let pass.", n, s.Severity, s.Most))
	}
	return pass(name, fmt.Sprintf("%d findings are %s or worse, and %d are let pass.", n, s.Severity, s.Most))
}

// NotTheImage is the gate of a function whose image is not in the repository that the definition names.
func NotTheImage(name, want, is string) rollout.Gate {
	if is == "" {
		return fail(name, "The candidate is no container image: leave out gates.scan.ecr.")
	}
	return fail(name, fmt.Sprintf("The candidate's image is in repository %s, and gates.scan.ecr names %s.", is, want))
}
