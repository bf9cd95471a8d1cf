package kind

import (
	"fmt"
	"time"
)

// FleetID is the kind of fleets in memory.
const FleetID ID = "fleet"

// fleet is no service of AWS. It exists only in the sandbox, for tests of what is the same for all services that bring out a revision by
// themselves. The schema has no word for it, so definitions that people write cannot name it.
var fleet = Facts{
	ID: FleetID, Title: "fleet in memory", Prefix: "fleet", Suffix: "-fleet", Revision: inMemory,
	Smallest: 500, Spreads: SpreadRequests, Silence: GoesOn, Way: Way{During: time.Hour, After: time.Hour},
	Can:         Uses{Evicts: true},
	SandboxOnly: true,
}

// Fleet is a fleet of the sandbox's service memory.
type Fleet struct {
	Fleet string `json:"name"`
}

// Kind implements Spec.
func (Fleet) Kind() ID { return FleetID }

// Name implements Spec.
func (f Fleet) Name() string { return f.Fleet }

// String implements Spec.
func (f Fleet) String() string { return "fleet " + f.Fleet + " in memory" }

// Problems implements Spec.
func (f Fleet) Problems() []Problem { return Memory{f.Fleet}.Problems() }

// Metrics implements Spec.
func (f Fleet) Metrics(revision string) Metrics { return Memory{f.Fleet}.Metrics(revision) }

// Underway implements Deploying.
func (f Fleet) Underway(handle string) (what, end string) {
	return "deployment " + handle, fmt.Sprintf("memory stop-deployment --name %s --handle %s", f.Fleet, handle)
}

// Restore implements Spec.
func (f Fleet) Restore(revision string) string {
	return fmt.Sprintf("memory stop-deployment --name %s --stable %s", f.Fleet, revision)
}

// Needs implements Spec.
func (f Fleet) Needs(function string, u Uses) []Need {
	need := func(sid string, actions ...string) []Need {
		return []Need{{sid, actions, "memory", "target/" + f.Fleet}}
	}
	if function == "admit" && u.Evicts {
		return need("MoveTarget", "memory:DescribeFleet", "memory:StopDeployment")
	}
	switch function {
	case "plan", "admit":
		return need("ReadTarget", "memory:DescribeFleet")
	case "shift":
		return need("MoveTarget", "memory:DescribeFleet", "memory:StartDeployment", "memory:AdvanceDeployment", "memory:DescribeDeployment", "memory:StopDeployment")
	case "rollback", "settle":
		return need("MoveTarget", "memory:DescribeFleet", "memory:DescribeDeployment", "memory:StopDeployment")
	case "guard":
		return need("MoveTarget", "memory:DescribeFleet", "memory:StopDeployment")
	}
	return nil
}
