// Package judge decides whether a candidate is good enough to go on.
//
// A check looks at evidence and gives a Finding: a Verdict and the sentence that explains it. Worst joins the findings of
// all checks; Step turns the worst one into what the release does next. No data is never good news (invariant I8):
// a check without evidence is Inconclusive, and the definition says what that means.
package judge

import "strings"

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

// A Finding is a verdict with its reason, one sentence that a tired person understands.
type Finding struct {
	Verdict Verdict
	By      string // alarm or check that said so
	Why     string
}

// Worst is the finding that counts: the worst of all. Without any finding nothing was looked at, which is Inconclusive.
func Worst(findings ...Finding) Finding {
	if len(findings) == 0 {
		return Finding{Verdict: Inconclusive, By: "judge", Why: "Nothing was looked at."}
	}
	worst := findings[0]
	for _, f := range findings[1:] {
		if f.Verdict > worst.Verdict {
			worst = f
		}
	}
	if worst.Verdict == Pass {
		worst.Why = joinWhys(findings)
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
