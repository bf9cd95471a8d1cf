package dynamodb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The condition keys of DynamoDB that a request has here.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
const (
	keyLeading    = "dynamodb:LeadingKeys"
	keyAttributes = "dynamodb:Attributes"
	keyReturns    = "dynamodb:ReturnValues"
)

// A touch is what a request does to one item: which one it is, and the attributes that the request names. Those of the key count
// ("you must specify the names of all of the primary key ... attributes"), and those of a condition ("it cannot perform
// conditional write operations based on any other attributes"). Of a nested path the first segment counts; this is undocumented.
type touch struct {
	key        item // or the whole item
	names      map[string]string
	attributes []string
	returns    types.ReturnValue
}

func keysOf(key item, names map[string]string) *touch {
	return &touch{key: key, names: names, attributes: sortedKeys(key)}
}

// whole is an item that takes the place of another.
func whole(it item, names map[string]string) *touch { return keysOf(it, names) }

func (t *touch) projects(text *string) *touch {
	if text == nil { // everything is read, and the request names nothing
		t.attributes = nil
		return t
	}
	return t.named(compile(&projections, *text, (*parser).projection).heads)
}

func (t *touch) changes(text *string) *touch {
	if text == nil {
		return t
	}
	return t.named(compile(&updates, *text, (*parser).update).heads)
}

func (t *touch) when(text *string) *touch {
	if text == nil {
		return t
	}
	return t.named(compile(&conditions, *text, (*parser).condition).heads)
}

// returning notes what a write shows of the item: "the ReturnValues parameter always has a value (NONE unless otherwise specified)".
func (t *touch) returning(values types.ReturnValue) *touch {
	if t.returns = values; values == "" {
		t.returns = types.ReturnValueNone
	}
	return t
}

func (t *touch) named(heads []segment) *touch {
	names := scope{names: t.names}
	for _, head := range heads {
		t.attributes = append(t.attributes, names.name(head))
	}
	return t
}

// into adds what is touched to the keys of a request. hash is the name of the table's partition key.
func (t *touch) into(keys map[string][]string, hash string) {
	if t == nil || keys == nil {
		return
	}
	if text, scalar := scalarText(t.key[hash]); scalar {
		add(keys, keyLeading, text)
	}
	add(keys, keyAttributes, t.attributes...)
	if t.returns != "" {
		keys[keyReturns] = []string{string(t.returns)}
	}
}

func add(keys map[string][]string, key string, values ...string) {
	for _, v := range values {
		if !slices.Contains(keys[key], v) {
			keys[key] = append(keys[key], v)
		}
	}
}

// hashOf is the name of the partition key of a table or of one of its indexes; "" when there is none of that name.
func (s *Service) hashOf(name, index *string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[tableName(aws.ToString(name))]
	if t == nil {
		return ""
	}
	if index == nil {
		return t.schema().hash.name
	}
	for _, second := range t.secondary {
		if second.name == *index {
			return second.hash.name
		}
	}
	return ""
}

// queryKeys are those of a query: the partition that it reads, of the index when it reads one. That LeadingKeys is then the
// index's own partition key follows from the example "Limit access to certain attributes and partition key values", which names
// table and index in one statement; AWS does not say it in so many words.
func (s *Service) queryKeys(in *awsdynamodb.QueryInput) map[string][]string {
	keys := map[string][]string{}
	hash := s.hashOf(in.TableName, in.IndexName)
	t := &touch{names: in.ExpressionAttributeNames}
	if in.ProjectionExpression != nil {
		t.projects(in.ProjectionExpression).when(in.FilterExpression).when(in.KeyConditionExpression)
	}
	add(keys, keyAttributes, t.attributes...)
	if in.KeyConditionExpression == nil {
		return keys
	}
	names := &scope{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues}
	parsed := compile(&conditions, *in.KeyConditionExpression, (*parser).condition)
	if parsed.err != nil {
		return keys
	}
	given, err := keyConditions(names, parsed.root)
	if err != nil {
		return keys
	}
	for _, c := range given {
		if text, scalar := scalarText(c.values[0]); c.attribute == hash && c.operator == "=" && scalar {
			add(keys, keyLeading, text)
		}
	}
	return keys
}
