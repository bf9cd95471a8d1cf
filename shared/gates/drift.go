package gates

import (
	"strings"
	"time"

	"sluice/shared/rollout"
)

// Drift is what was found out about whether a target is as its template says.
type Drift struct {
	Looking bool     // its service has not found out yet
	Found   []string // what differs, as clauses: "Setting (AWS::SSM::Parameter) was changed: /Value"
	Unknown []string // what cannot be told
}

// InSync is the gate that fails when somebody changed the target by hand. What a release would change then is not all that would happen, and a way back
// would not lead to what serves now.
func InSync(d Drift, now time.Time) rollout.Gate {
	const name = "inSync"
	switch {
	case d.Looking:
		return shut(name, "CloudFormation still looks for what was changed by hand.", now.Add(time.Minute))
	case len(d.Found) > 0:
		return fail(name, sentence(strings.Join(d.Found, "; ")+"; bring it back, or take it into the template"))
	case len(d.Unknown) > 0:
		return pass(name, sentence("Nobody changed the stack past its template, as far as can be told; not known of "+strings.Join(d.Unknown, ", ")))
	}
	return pass(name, "Nobody changed the stack past its template.")
}
