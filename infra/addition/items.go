package addition

import "strings"

// Items allows a function operations on the items of a table whose partition keys begin with one of some words. A write may name these attributes
// alone, besides the key; IAM does not tell apart those that it sets, removes and depends on. Reads name none. AWS asks for ForAllValues with
// LeadingKeys, which is true for a request without any key; Null refuses such a request
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
func Items(table, function, operations, words, attributes string) Grant {
	g := common("Read", function, "", table)
	for operation := range strings.FieldsSeq(operations) {
		g.Actions = append(g.Actions, "dynamodb:"+operation)
	}
	if last := g.Actions[len(g.Actions)-1]; last != "dynamodb:GetItem" && last != "dynamodb:Query" {
		g.Sid = strings.TrimSuffix(strings.TrimPrefix(last, "dynamodb:"), "Item")
	}
	var beginnings []string
	for word := range strings.FieldsSeq(words) {
		beginnings = append(beginnings, word+"#*")
		g.Sid += strings.ToUpper(word[:1]) + word[1:]
	}
	like, null := map[string]any{"dynamodb:LeadingKeys": beginnings}, map[string]any{"dynamodb:LeadingKeys": "false"}
	if attributes != "" {
		like["dynamodb:Attributes"], null["dynamodb:Attributes"] = append([]string{"pk", "sk"}, strings.Fields(attributes)...), "false"
	}
	g.Condition = map[string]map[string]any{"ForAllValues:StringLike": like, "Null": null}
	return g
}
