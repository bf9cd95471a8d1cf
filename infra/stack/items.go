package stack

import "strings"

// An access is what a function may do to the items of the table whose partition keys begin with one of some words
// (package dynamo says what lies where). Attributes are those that a write may set, remove or depend on, besides the key: IAM
// does not tell these apart. Reads name none.
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

// items allows a function its items, and no others (invariant I10): the functions that meet the outside write items that nobody else decides
// on, and no record and no lease. docs/security.md says what is left to a thief.
func items(accesses ...access) permission {
	return func(w wiring) []grant {
		grants := make([]grant, len(accesses))
		for i, a := range accesses {
			grants[i] = w.access(a)
		}
		return grants
	}
}

// access is one statement. AWS asks for ForAllValues with LeadingKeys, which holds of a request without any; Null refuses that
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
func (w wiring) access(a access) grant {
	operations, words := strings.Fields(a.operations), strings.Fields(a.words)
	sid := "Read"
	if last := operations[len(operations)-1]; last != "GetItem" && last != "Query" {
		sid = strings.TrimSuffix(last, "Item")
	}
	var actions, beginnings []string
	for _, o := range operations {
		actions = append(actions, "dynamodb:"+o)
	}
	for _, word := range words {
		beginnings = append(beginnings, word+"#*")
		sid += title(word)
	}
	g := allow(sid, []string{*w.table.TableArn()}, actions...).
		only("ForAllValues:StringLike", "dynamodb:LeadingKeys", beginnings).only("Null", "dynamodb:LeadingKeys", "false")
	if a.attributes == "" {
		return g
	}
	return g.only("ForAllValues:StringLike", "dynamodb:Attributes", append([]string{"pk", "sk"}, strings.Fields(a.attributes)...)).
		only("Null", "dynamodb:Attributes", "false")
}
