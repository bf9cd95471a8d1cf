package judge

import (
	"fmt"

	"sluice/shared/rollout"
)

// Unread says why checks could not be read at a look, by Stream.Check. Whether their data exists is not known.
type Unread map[string]string

// Blind turns the finding of each check that could not be read into an Error. A Fail stays: what was seen before is enough to take the release back.
// A check that is a dry run does not act when it is blind, either.
func Blind(found []Finding, unread Unread) []Finding {
	for i, f := range found {
		if why, blind := unread[f.Key]; blind && f.Verdict != Fail {
			found[i].Verdict, found[i].Kind, found[i].Missing = Error, rollout.ByBreakdown, 0
			found[i].Why = fmt.Sprintf("CloudWatch could not be read (%s).", why)
		}
	}
	return found
}
