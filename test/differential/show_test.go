package differential

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type item = map[string]types.AttributeValue

// show writes a value so that equal values look equal: members and sets in order.
func show(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("%q", v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("b%q", v.Value)
	case *types.AttributeValueMemberBOOL:
		return fmt.Sprint(v.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberM:
		return showItem(v.Value)
	case *types.AttributeValueMemberL:
		parts := make([]string, len(v.Value))
		for i := range v.Value {
			parts[i] = show(v.Value[i])
		}
		return "[" + strings.Join(parts, " ") + "]"
	case *types.AttributeValueMemberSS:
		return fmt.Sprintf("<%q>", slices.Sorted(slices.Values(v.Value)))
	case *types.AttributeValueMemberNS:
		return fmt.Sprintf("<%s>", strings.Join(slices.Sorted(slices.Values(v.Value)), " "))
	}
	return fmt.Sprintf("%T", v)
}

func showItem(it item) string {
	if len(it) == 0 { // what an answer leaves out and what it leaves empty is all the same to a client
		return "none"
	}
	parts := make([]string, 0, len(it))
	for _, name := range slices.Sorted(maps.Keys(it)) {
		parts = append(parts, name+":"+show(it[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// showPage writes what a Query or Scan found. A scan's order is the store's own business.
func showPage(items []item, count, scanned int32, next item, ordered bool) string {
	lines := make([]string, len(items))
	for i := range items {
		lines[i] = showItem(items[i])
	}
	if !ordered {
		slices.Sort(lines)
	}
	return fmt.Sprintf("%d of %d %s, from %s", count, scanned, strings.Join(lines, " "), showItem(next))
}

// showRequest writes a request's expressions with what stands for their placeholders.
func showRequest(operation string, expressions map[string]*string, names map[string]string, values item, rest any) string {
	var b strings.Builder
	b.WriteString(operation)
	for _, name := range slices.Sorted(maps.Keys(expressions)) {
		if e := expressions[name]; e != nil {
			fmt.Fprintf(&b, "\n  %s %s", name, *e)
		}
	}
	text, err := json.Marshal(names)
	if err != nil {
		text = []byte(err.Error())
	}
	fmt.Fprintf(&b, "\n  names %s values %s %v", text, showItem(values), rest)
	return b.String()
}

// newTable is a table like Sluice's: two keys, and an index over some of the items.
func newTable(name string) *dynamodb.CreateTableInput {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &sort, KeyType: types.KeyTypeRange}}
	}
	return &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: keys("pk", "sk"),
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk"), attribute("sk"), attribute("open"), attribute("created")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("open-releases"), KeySchema: keys("open", "created"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
}
