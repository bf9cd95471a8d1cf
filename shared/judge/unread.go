package judge

import (
	"fmt"

	"sluice/shared/rollout"
)

// Unread is why checks could not be read at a look, by Stream.Check. Nothing of them is known to be missing, and nothing to be there.
type Unread map[string]string

// Blind says of each check that could not be read that it could not. What was seen of it before stays enough to take the release back. A check that
// only records does not act when it is blind, either.
func Blind(found []Finding, unread Unread) []Finding {
	for i, f := range found {
		if why, blind := unread[f.Key]; blind && f.Verdict != Fail {
			found[i].Verdict, found[i].Kind, found[i].Missing = Error, rollout.ByBreakdown, 0
			found[i].Why = fmt.Sprintf("CloudWatch could not be read (%s).", why)
		}
	}
	return found
}
