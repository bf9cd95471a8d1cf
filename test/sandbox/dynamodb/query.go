package dynamodb

import (
	"context"
	"iter"
	"slices"
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Query reads one partition of a table or an index in the order of its sort key.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
func (s *Service) Query(ctx context.Context, in *awsdynamodb.QueryInput) (*awsdynamodb.QueryOutput, error) {
	err := unsupported("Query", member{"KeyConditions", in.KeyConditions != nil}, member{"QueryFilter", in.QueryFilter != nil},
		member{"AttributesToGet", in.AttributesToGet != nil}, member{"ConditionalOperator", in.ConditionalOperator != ""})
	if err != nil {
		return nil, err
	}
	q, err := newQuery(in)
	if err != nil {
		return nil, err
	}
	from, found, err := s.query(ctx, q)
	if err != nil {
		return nil, err
	}
	r := q.result(from, found)
	return &awsdynamodb.QueryOutput{Items: r.items, Count: r.count, ScannedCount: r.scanned, LastEvaluatedKey: r.last}, nil
}

type query struct {
	*reading
	keys     []keyCondition
	filtered []string // the attributes of the filter
	backward bool
}

func newQuery(in *awsdynamodb.QueryInput) (*query, error) {
	r, err := request{
		table: in.TableName, index: in.IndexName, projection: in.ProjectionExpression, filter: in.FilterExpression,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, start: in.ExclusiveStartKey, limit: in.Limit,
		consistent: in.ConsistentRead, choice: in.Select,
	}.reading()
	if err != nil {
		return nil, err
	}
	if in.KeyConditionExpression == nil {
		return nil, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	parsed, err := r.scope.condition("KeyConditionExpression", in.KeyConditionExpression)
	if err != nil {
		return nil, err
	}
	keys, err := keyConditions(r.scope, parsed)
	if err != nil {
		return nil, invalid("%s", err)
	}
	q := &query{
		reading: r, keys: keys, filtered: r.scope.attributes(in.FilterExpression),
		backward: in.ScanIndexForward != nil && !aws.ToBool(in.ScanIndexForward),
	}
	return q, r.scope.close("FilterExpression", "KeyConditionExpression")
}

// query finds the page.
func (s *Service) query(ctx context.Context, q *query) (readable, page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := q.open(ctx, s)
	if err != nil {
		return from, page{}, err
	}
	within, err := from.keyRange(q.keys)
	if err != nil {
		return from, page{}, err
	}
	for _, name := range q.filtered {
		if from.has(name) {
			return from, page{}, invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", name)
		}
	}
	entries, err := q.entries(from, within)
	if err != nil {
		return from, page{}, err
	}
	return from, turn(entries, q.limit), nil
}

// entries cuts the partition down to the range and to what follows the start, in the order that was asked for.
func (q *query) entries(from readable, within keyRange) (iter.Seq[entry], error) {
	var entries []entry
	if p := from.partitions[within.hash]; p != nil {
		entries = p.entries
	}
	low := sort.Search(len(entries), func(i int) bool { return !within.below(entries[i].sort) })
	high := sort.Search(len(entries), func(i int) bool { return within.above(entries[i].sort) })
	if q.start != nil {
		at, err := from.startAt(q.start)
		if err != nil {
			return nil, err
		}
		if err := within.checkStart(at); err != nil {
			return nil, err
		}
		i, found := slices.BinarySearchFunc(entries, at, entry.compare)
		if q.backward {
			high = min(high, i)
		} else {
			low = max(low, i)
			if found {
				low = max(low, i+1)
			}
		}
	}
	if q.backward {
		return backward(entries[low:max(low, high)]), nil
	}
	return slices.Values(entries[low:max(low, high)]), nil
}

func (within keyRange) checkStart(at position) error {
	switch {
	case at.hash != within.hash:
		return invalid("The provided starting key is outside query boundaries based on provided conditions")
	case within.below(at.sort) || within.above(at.sort):
		return invalid("The provided starting key does not match the range key predicate")
	}
	return nil
}

func backward(entries []entry) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for _, e := range slices.Backward(entries) {
			if !yield(e) {
				return
			}
		}
	}
}
