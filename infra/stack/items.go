package stack

import "sluice/infra/addition"

// An access is what a function may do to the items of the table whose partition keys begin with one of some words
// (package dynamo says what lies where). Attributes are those that a write may set, remove or depend on, besides the key. IAM
// does not tell the three apart. Reads name none.
type access struct{ operations, words, attributes string }

// What the conditional writes of a lease and of a record depend on.
const (
	whoseLease = "owner epoch phase fence "
	unended    = "end reverted "
)

// What a function may do to the record of a release's wait: wake it, wait, or look, which may wake others, too.
var (
	rings = access{"UpdateItem", "wait", "rung ttl"}
	waits = access{"UpdateItem", "wait", "token looking ttl"}
	looks = access{"UpdateItem", "wait", "rung looking ttl"}
)

// items allows a function its items, and no others (invariant I10). Functions that meet the outside write only items on which nobody else
// decides, and no record and no lease. docs/security.md says what a thief can still do.
func items(accesses ...access) permission {
	return func(w wiring) []grant {
		grants := make([]grant, len(accesses))
		for i, a := range accesses {
			grants[i] = w.access(a)
		}
		return grants
	}
}

// access is one statement.
func (w wiring) access(a access) grant {
	return granted(addition.Items(*w.table.TableArn(), "", a.operations, a.words, a.attributes))
}
