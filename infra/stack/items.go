package stack

import (
	"slices"
	"strings"
)

// An access is what a function may do to the items of the table whose partition keys begin with one of some words
// (package dynamo says what lies where). Attributes are those that a write may set, remove or depend on, besides the key: IAM
// does not tell these apart. Reads name none.
type access struct{ operations, words, attributes string }

// What the conditional writes of a lease and of a record depend on.
const (
	whoseLease = "owner epoch phase fence "
	unended    = "end reverted "
)

// items says what each function may do to which items (invariant I10). Whatever is not here it may not do: the functions that meet
// the outside write items that nobody else decides on, and no record and no lease. docs/security.md says what is left to a thief.
var items = map[string][]access{
	"trigger": {
		{"GetItem", "release service build queue bell", ""},
		{"PutItem", "release", "id service revision authors unlisted building reason by event fixes page abort definition state step created started bakeUntil end ended rejection execution machines open audit"},
		{"UpdateItem", "release", unended + "abort epoch audit"},
		{"UpdateItem", "service", "release at older seen"},
	},
	"plan": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "release", unended + "state definition steps building revision served abort rejection audit"},
	},
	"build": {
		{"GetItem", "release", ""},
		{"UpdateItem", "release", unended + "state building revision rejection audit"},
		{"UpdateItem", "build", "token ttl"},
	},
	"progress": {
		{"GetItem", "build", ""},
	},
	"gate": {
		{"GetItem Query", "release target queue", ""},
		{"UpdateItem", "release", unended + "state epoch stable started step served abort rejection audit"},
		{"UpdateItem", "target", whoseLease + "target service expires returned token promote held heard alarms red guard armedUntil began clears promise stable candidate weight tag"},
		{"PutItem UpdateItem DeleteItem", "queue", "release created token supersededBy"},
		{"BatchWriteItem", "alarm", ""},
		{"PutItem", "watch", ""},
	},
	"inspect": {
		{"GetItem Query", "release queue bell", ""},
		{"UpdateItem", "release", unended + "state gates rejection audit"},
		{"UpdateItem", "bell", "token rung ttl"},
		{"DeleteItem", "queue", ""},
	},
	"ask": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "release", unended + "state asked audit"},
		{"UpdateItem", "target", whoseLease + "token expires"},
	},
	"answer": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "release", unended + "state asked given approved rejection audit"},
		{"UpdateItem", "target", whoseLease + "expires"},
	},
	"wait": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "queue bell", "token ttl"},
	},
	"shift": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "release", unended + "state step bakeUntil unread audit"},
		{"UpdateItem", "target", whoseLease + "expires token stable candidate weight tag"},
	},
	"judge": {
		{"GetItem", "release target evidence", ""},
		{"UpdateItem", "release", unended + "state verdict extended unread holds audit"},
		{"UpdateItem", "evidence", "version ledger minutes ttl"},
		{"UpdateItem", "target", whoseLease + "expires alarms red"},
	},
	"look": {
		{"GetItem", "release target evidence", ""},
		{"UpdateItem", "release", "verdict audit"},
		{"UpdateItem", "evidence", "version ledger minutes ttl"},
		{"UpdateItem", "target", whoseLease + "expires alarms red"},
	},
	"rollback": {
		{"GetItem", "release target", ""},
		{"UpdateItem", "release", unended + "state cause audit"},
		{"UpdateItem", "target", whoseLease + "expires returned token weight tag"},
	},
	"settle": {
		{"GetItem Query", "release target queue", ""},
		{"UpdateItem", "release", unended + "state ended cause rejection obstacle byHand unseen open machines audit"},
		{"UpdateItem", "target", whoseLease + "expires returned token promote promise held heard alarms red guard armedUntil began clears stable candidate weight tag"},
		{"DeleteItem", "queue", ""},
	},
	"guard": {
		{"GetItem Query", "release target alarm", ""},
		{"UpdateItem", "release", unended + "execution open machines audit"},
		{"UpdateItem", "target", whoseLease + "expires returned token held heard alarms red armedUntil began clears promise weight tag"},
	},
	"decide": {
		{"GetItem", "release target build queue bell", ""},
		{"UpdateItem", "release", unended + "abort answers given asked overrides epoch execution open machines audit"},
		{"UpdateItem", "target", whoseLease + "expires promote"},
		{"UpdateItem", "bell", "rung ttl"},
	},
	"watch": {
		{"BatchGetItem", "target", ""},
		{"Query DeleteItem", "watch", ""},
	},
	"sweep": {
		{"GetItem", "release", ""},
		{"Query", "watch", ""},
		{"UpdateItem", "release", unended + "state ended cause rejection obstacle byHand execution open machines audit"},
	},
	"pipeline": {{"GetItem", "release", ""}},
	"slack": {
		{"GetItem", "release", ""},
		{"UpdateItem", "slack", ""},
	},
	"github": {
		{"GetItem", "release", ""},
		{"UpdateItem", "github", ""},
	},
	"webhook": {{"GetItem PutItem", "delivery", ""}},
	"button":  {{"GetItem", "release", ""}},
	"notify":  {{"GetItem", "release", ""}},
	"console": {
		{"GetItem Query", "release evidence", ""},
		{"PutItem", "pass", ""},
	},
}

// keep allows a function its items.
func (w wiring) keep(name string, more ...access) []grant {
	var grants []grant
	for _, a := range append(slices.Clip(items[name]), more...) {
		grants = append(grants, w.access(a))
	}
	return grants
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
