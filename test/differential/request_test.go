package differential

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// drawRequest draws one call. Keys are few, so that requests meet on the same items.
func drawRequest(r *rapid.T, table string) request {
	d := newDrawing(r)
	switch d.one("operation", "put", "put", "put", "update", "update", "update", "update", "delete", "get", "query", "query", "index", "scan", "scan", "scan") {
	case "put":
		return d.put(table, d.maybe("condition", 2, d.aCondition))
	case "update":
		return d.updateItem(table)
	case "delete":
		return d.deleteItem(table)
	case "get":
		return d.get(table)
	case "query":
		return d.query(table, nil, "pk", "sk")
	case "index":
		return d.query(table, aws.String("open-releases"), "#open", "created")
	}
	return d.scan(table)
}

func (d *drawing) key() item {
	return item{
		"pk": &types.AttributeValueMemberS{Value: d.one("pk", "r", "r", "t")},
		"sk": &types.AttributeValueMemberS{Value: d.one("sk", "1", "1", "2", "3")},
	}
}

// maybe draws an expression, or none.
func (d *drawing) maybe(label string, outOf int, draw func() string) *string {
	if !d.chance(label, outOf) {
		return nil
	}
	text := draw()
	return &text
}

func (d *drawing) aCondition() string { return d.condition(rapid.IntRange(0, 2).Draw(d.r, "depth")) }

func (d *drawing) put(table string, condition *string) request {
	it := d.key()
	for _, name := range []string{"a", "b", "n", "s", "l", "m", "ss", "ns", "open", "created", "status"} {
		switch {
		case !d.chance("has "+name, 2):
		case name == "n":
			it[name] = &types.AttributeValueMemberN{Value: d.one("number", "0", "1", "2", "10")}
		case name == "ss":
			it[name] = &types.AttributeValueMemberSS{Value: []string{"a", d.one("text", "b", "c")}}
		case name == "open" || name == "created" || name == "s":
			it[name] = &types.AttributeValueMemberS{Value: d.one("text", "a", "ab", "b")}
		case name == "l":
			it[name] = &types.AttributeValueMemberL{Value: []types.AttributeValue{drawValue(d.r, 1), drawValue(d.r, 0)}}
		case name == "m":
			it[name] = &types.AttributeValueMemberM{Value: item{"x": drawValue(d.r, 1), "l": drawValue(d.r, 1)}}
		default:
			it[name] = drawValue(d.r, 2)
		}
	}
	in := &dynamodb.PutItemInput{TableName: &table, Item: it, ConditionExpression: condition}
	in.ReturnValues = types.ReturnValue(d.one("return", "", "ALL_OLD", d.seldom("ALL_NEW", "")))
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = d.names, d.values
	what := showRequest("PutItem "+showItem(it), map[string]*string{"if": in.ConditionExpression}, d.names, d.values, in.ReturnValues)
	return request{what, in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.PutItem(ctx, in)
		if err != nil {
			return "", err
		}
		return showItem(out.Attributes), nil
	}}
}

func (d *drawing) updateItem(table string) request {
	in := &dynamodb.UpdateItemInput{TableName: &table, Key: d.key(), ConditionExpression: d.maybe("condition", 3, d.aCondition)}
	in.UpdateExpression = aws.String(d.update())
	in.ReturnValues = types.ReturnValue(d.one("return", "", "ALL_OLD", "ALL_NEW", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"))
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = d.names, d.values
	what := showRequest("UpdateItem "+showItem(in.Key), map[string]*string{"if": in.ConditionExpression, "do": in.UpdateExpression}, d.names, d.values, in.ReturnValues)
	return request{what, in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.UpdateItem(ctx, in)
		if err != nil {
			return "", err
		}
		return showItem(out.Attributes), nil
	}}
}

func (d *drawing) deleteItem(table string) request {
	in := &dynamodb.DeleteItemInput{TableName: &table, Key: d.key(), ConditionExpression: d.maybe("condition", 2, d.aCondition)}
	in.ReturnValues = types.ReturnValue(d.one("return", "", "ALL_OLD", d.seldom("UPDATED_OLD", "")))
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = d.names, d.values
	what := showRequest("DeleteItem "+showItem(in.Key), map[string]*string{"if": in.ConditionExpression}, d.names, d.values, in.ReturnValues)
	return request{what, in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.DeleteItem(ctx, in)
		if err != nil {
			return "", err
		}
		return showItem(out.Attributes), nil
	}}
}

func (d *drawing) projection() string {
	text := d.path()
	for d.chance("one more", 2) {
		text += ", " + d.path()
	}
	return text
}

func (d *drawing) get(table string) request {
	in := &dynamodb.GetItemInput{TableName: &table, Key: d.key(), ProjectionExpression: d.maybe("projection", 2, d.projection)}
	in.ConsistentRead, in.ExpressionAttributeNames = aws.Bool(d.chance("consistent", 2)), d.names
	what := showRequest("GetItem "+showItem(in.Key), map[string]*string{"only": in.ProjectionExpression}, d.names, nil, *in.ConsistentRead)
	return request{what, in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.GetItem(ctx, in)
		if err != nil {
			return "", err
		}
		return showItem(out.Item), nil
	}}
}

// keys draws a key condition over an index's two keys.
func (d *drawing) keys(hash, sort string) string {
	if hash == "#open" {
		d.name("#open", "open")
	}
	text := hash + " = " + d.placeholder(&types.AttributeValueMemberS{Value: d.one("hash", "r", "t", "a", "b")})
	sorted := func() string {
		return d.placeholder(&types.AttributeValueMemberS{Value: d.one("sort", "1", "2", "a", "ab", "")})
	}
	switch d.one("sort key", "none", "none", "compare", "between", "begins", "wrong") {
	case "compare":
		text += " AND " + sort + d.one("comparator", " = ", " < ", " <= ", " > ", " >= ") + sorted()
	case "between":
		text += " AND " + sort + " BETWEEN " + sorted() + " AND " + sorted()
	case "begins":
		text = "begins_with(" + sort + ", " + sorted() + ") AND " + text
	case "wrong":
		text += d.one("what is wrong", " OR ", " AND ") + d.condition(0)
	}
	return text
}

// query draws a Query of the table, or of its index: there, items with the same keys come in any order.
func (d *drawing) query(table string, index *string, hash, sort string) request {
	in := &dynamodb.QueryInput{TableName: &table, IndexName: index, KeyConditionExpression: aws.String(d.keys(hash, sort))}
	in.FilterExpression = d.maybe("filter", 3, d.aCondition)
	in.ProjectionExpression = d.maybe("projection", 4, d.projection)
	in.ScanIndexForward, in.ConsistentRead = aws.Bool(!d.chance("backward", 3)), aws.Bool(d.chance("consistent", 5))
	if index == nil && d.chance("limited", 3) {
		in.Limit = aws.Int32(int32(rapid.IntRange(1, 3).Draw(d.r, "limit")))
	}
	if d.chance("count", 6) {
		in.Select = types.SelectCount
	}
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = d.names, d.values
	expressions := map[string]*string{"where": in.KeyConditionExpression, "filter": in.FilterExpression, "only": in.ProjectionExpression}
	rest := []any{aws.ToString(index), "forward", *in.ScanIndexForward, "consistent", *in.ConsistentRead, "limit", aws.ToInt32(in.Limit), in.Select}
	return request{showRequest("Query", expressions, d.names, d.values, rest), in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.Query(ctx, in)
		if err != nil {
			return "", err
		}
		return showPage(out.Items, out.Count, out.ScannedCount, out.LastEvaluatedKey, index == nil), nil
	}}
}

func (d *drawing) scan(table string) request {
	in := &dynamodb.ScanInput{TableName: &table, FilterExpression: d.maybe("filter", 1, d.aCondition), ProjectionExpression: d.maybe("projection", 3, d.projection)}
	in.ExpressionAttributeNames, in.ExpressionAttributeValues = d.names, d.values
	expressions := map[string]*string{"filter": in.FilterExpression, "only": in.ProjectionExpression}
	return request{showRequest("Scan", expressions, d.names, d.values, ""), in, func(ctx context.Context, s *dynamodb.Client) (string, error) {
		out, err := s.Scan(ctx, in)
		if err != nil {
			return "", err
		}
		return showPage(out.Items, out.Count, out.ScannedCount, out.LastEvaluatedKey, false), nil
	}}
}
