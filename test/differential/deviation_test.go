package differential

import "strings"

// excuse is why the two may differ on a request: what is known to be dynalite's fault, with the page that decides.
func excuse(q request, theirs, ours string) string {
	for _, d := range deviations {
		if d.applies(q, theirs, ours) {
			return d.reason
		}
	}
	return ""
}

type deviation struct {
	reason  string
	applies func(q request, theirs, ours string) bool
}

// refusedWith says whether the sandbox alone refuses a request as invalid, with these words.
func refusedWith(words string) func(q request, theirs, ours string) bool {
	return func(_ request, theirs, ours string) bool {
		return !invalid(theirs) && invalid(ours) && strings.Contains(ours, words)
	}
}

// alone says whether dynalite alone refuses a request as invalid, with these words.
func alone(words string) func(q request, theirs, ours string) bool {
	return func(_ request, theirs, ours string) bool {
		return invalid(theirs) && !invalid(ours) && strings.Contains(theirs, words)
	}
}

var deviations = []deviation{
	{
		"dynalite orders what has no order: DynamoDB refuses <, <=, > and >= with a value that is no string, number or binary, before it looks at the item",
		refusedWith("Incorrect operand type for operator or function; operator: "),
	},
	{
		"dynalite projects what is only counted: Select COUNT takes no ProjectionExpression (API_Query.html)",
		refusedWith("Cannot specify the ProjectionExpression when choosing to get only the Count"),
	},
	{
		"dynalite stores sums of any length: a number has 38 digits at most (HowItWorks.NamingRulesDataTypes.html)",
		refusedWith("more than 38 significant digits"),
	},
	{
		"dynalite takes any ReturnValues of a DeleteItem, which recognizes NONE and ALL_OLD only (API_DeleteItem.html)",
		refusedWith("ReturnValues can only be ALL_OLD or NONE"),
	},
	{
		"the sandbox lets a path lead into a key, where it finds nothing, since keys are scalars; DynamoDB refuses the request",
		alone("Key attributes must be scalars"),
	},
	{
		"dynalite looks at the type of a new index key before the condition; in which order DynamoDB looks is not documented",
		alone("Type mismatch for Index Key"),
	},
	{
		"dynalite looks for empty keys, which no item can have (HowItWorks.NamingRulesDataTypes.html)",
		refusedWith("cannot contain an empty string value"),
	},
}
