package page

import (
	"math"
	"time"
	"unicode"

	"sluice/shared/judge"
)

// Check is what one check said at the last look.
type Check struct {
	Name   string `json:"name"`
	Word   string `json:"word"` // Pass, Inconclusive, Error, Fail
	Why    string `json:"why"`
	Weak   bool   `json:"weak,omitempty"`   // clients keep to one version, so the evidence is weak; Why says so
	DryRun bool   `json:"dryRun,omitempty"` // recorded, and not acted on
	Stake  *int   `json:"stake,omitempty"`  // percent of the evidence that would take the release back; absent when nothing is compared
}

// checks are the findings of the last look, in the order of the definition.
func checks(l judge.Ledger) []Check {
	var all []Check
	for _, f := range l.Findings {
		c := Check{Name: capital(f.By), Word: f.Verdict.String(), Why: f.Why, Weak: f.Weak, DryRun: f.DryRun}
		if f.Needed > 0 {
			c.Stake = stake(f)
		}
		all = append(all, c)
	}
	return all
}

// stake is how much of the needed evidence there is, in percent. Evidence is a logarithm: equal steps multiply the odds equally.
func stake(f judge.Finding) *int {
	part := int(math.Round(100 * min(1, max(0, f.LogE/f.Needed))))
	return &part
}

func capital(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// looked is when the last look was.
func looked(l judge.Ledger, now time.Time) *Moment { return moment(l.At, now) }
