// Package judge decides whether a candidate is good enough to go on.
//
// A check looks at evidence and gives a Finding: a Verdict and the sentence that explains it. Worst joins the findings of
// all checks; Step turns the worst one into what the release does next. No data is never good news (invariant I8):
// a check without evidence is Inconclusive, and the definition says what that means.
package judge

import (
	"slices"
	"strings"

	"sluice/shared/rollout"
)

// Verdict is what a check says. The order is the order of Worst.
type Verdict int

// The verdicts, from good to bad. Inconclusive and Error are not Fail: the first lacks evidence, the second could not look.
const (
	Pass Verdict = iota
	Inconclusive
	Error
	Fail
)

// String is the verdict's name.
func (v Verdict) String() string {
	return [...]string{"Pass", "Inconclusive", "Error", "Fail"}[v]
}

// A Finding is a verdict with its reason, one sentence that a tired person understands, and the numbers behind it.
type Finding struct {
	Verdict Verdict           `json:"verdict"`
	By      string            `json:"by"` // the alarm or check that it comes from
	Why     string            `json:"why"`
	Kind    rollout.FenceKind `json:"kind,omitempty"`    // the kind that a rollback for it is recorded with; empty means ByCheck
	Key     string            `json:"key,omitempty"`     // of the check in the definition: "errors0"
	DryRun  bool              `json:"dryRun,omitempty"`  // recorded, and not acted on
	Weak    bool              `json:"weak,omitempty"`    // it was compared without knowing how many bad requests one client may cause; Why says so
	Missing int               `json:"missing,omitempty"` // requests or periods that are missing for a verdict
	Few     bool              `json:"few,omitempty"`     // only requests are missing: time may bring them
	Arms    Arms              `json:"arms,omitzero"`     // what was compared
	Low     float64           `json:"low,omitempty"`     // of the ratio's interval
	High    float64           `json:"high,omitempty"`    // of the ratio's interval; 0 is open
	LogE    float64           `json:"logE,omitempty"`    // evidence that it is worse, as a natural logarithm
	Needed  float64           `json:"needed,omitempty"`  // what LogE must reach; 0 when nothing was compared
}

// Worst is the finding that counts: the worst of those that act. Without any, nothing was looked at, which is Inconclusive.
func Worst(findings ...Finding) Finding {
	acting := slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.DryRun })
	if len(acting) == 0 {
		return Finding{Verdict: Inconclusive, By: "judge", Why: "Nothing was looked at."}
	}
	worst := acting[0]
	for _, f := range acting[1:] {
		if f.Verdict > worst.Verdict {
			worst = f
		}
	}
	if worst.Verdict == Pass {
		worst.Why = joinWhys(acting)
		worst.Weak = slices.ContainsFunc(acting, func(f Finding) bool { return f.Weak })
	}
	return worst
}

func joinWhys(findings []Finding) string {
	whys := make([]string, len(findings))
	for i, f := range findings {
		whys[i] = f.Why
	}
	return strings.Join(whys, " ")
}
