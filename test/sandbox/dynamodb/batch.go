package dynamodb

import (
	"context"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	maxBatchGets   = 100
	maxBatchWrites = 25
)

// BatchGetItem reads up to a hundred items by key. What would exceed 16 MB comes back in UnprocessedKeys.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
func (s *Service) BatchGetItem(_ context.Context, in *awsdynamodb.BatchGetItemInput) (*awsdynamodb.BatchGetItemOutput, error) {
	wanted, err := batchLookups(in.RequestItems)
	if err != nil {
		return nil, err
	}
	found, err := s.findAll(wanted)
	if err != nil {
		return nil, err
	}
	out := &awsdynamodb.BatchGetItemOutput{Responses: map[string][]item{}, UnprocessedKeys: map[string]types.KeysAndAttributes{}}
	bytes := 0
	for i, want := range wanted {
		if out.Responses[want.table] == nil {
			out.Responses[want.table] = []item{}
		}
		if found[i] == nil {
			continue
		}
		if bytes += found[i].size; bytes > maxBatchGetSize {
			leave(out.UnprocessedKeys, in.RequestItems, want)
			continue
		}
		out.Responses[want.table] = append(out.Responses[want.table], want.show(found[i]))
	}
	return out, nil
}

// leave puts a key back for the caller's next attempt, with all that was said about its table.
func leave(unprocessed, asked map[string]types.KeysAndAttributes, want *lookup) {
	rest, begun := unprocessed[want.table]
	if !begun {
		rest = asked[want.table]
		rest.Keys = nil
	}
	rest.Keys = append(rest.Keys, cloneItem(want.key))
	unprocessed[want.table] = rest
}

func batchLookups(asked map[string]types.KeysAndAttributes) ([]*lookup, error) {
	var wanted []*lookup
	for _, name := range sortedKeys(asked) {
		t := asked[name]
		if err := unsupported("BatchGetItem", member{"AttributesToGet", t.AttributesToGet != nil}); err != nil {
			return nil, err
		}
		for _, key := range t.Keys {
			want, err := newLookup(&name, key, t.ProjectionExpression, t.ExpressionAttributeNames)
			if err != nil {
				return nil, err
			}
			wanted = append(wanted, want)
		}
	}
	switch {
	case len(wanted) == 0:
		return nil, invalid("The batch get request list for a table cannot be null or empty")
	case len(wanted) > maxBatchGets:
		return nil, invalid("Too many items requested for the BatchGetItem call")
	}
	return wanted, nil
}

// findAll reads several items at one moment.
func (s *Service) findAll(wanted []*lookup) ([]*record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make([]*record, len(wanted))
	for i, want := range wanted {
		r, err := s.find(want)
		if err != nil {
			return nil, err
		}
		found[i] = r
	}
	return found, s.checkUnlike(wanted)
}

func (s *Service) checkUnlike(wanted []*lookup) error {
	seen := seenKeys{}
	for _, want := range wanted {
		if seen.again(s.tables[tableName(want.table)], want.key) {
			return invalid("Provided list of item keys contains duplicates")
		}
	}
	return nil
}

// seenKeys remembers the items that a request has named.
type seenKeys map[[2]string]bool

func (seen seenKeys) again(t *table, key item) bool {
	id := [2]string{t.name, t.schema().position(key).id()}
	again := seen[id]
	seen[id] = true
	return again
}

// BatchWriteItem puts and deletes up to 25 items, each for itself and without conditions. Nothing is left unprocessed.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
func (s *Service) BatchWriteItem(_ context.Context, in *awsdynamodb.BatchWriteItemInput) (*awsdynamodb.BatchWriteItemOutput, error) {
	writes, err := batchWrites(in.RequestItems)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	outcomes := make([]outcome, len(writes))
	seen := seenKeys{}
	for i, w := range writes {
		if outcomes[i], err = s.stage(w); err != nil {
			return nil, err
		}
		if seen.again(outcomes[i].table, w.key) {
			return nil, invalid("Provided list of item keys contains duplicates")
		}
	}
	for _, o := range outcomes {
		o.commit()
	}
	return &awsdynamodb.BatchWriteItemOutput{UnprocessedItems: map[string][]types.WriteRequest{}}, nil
}

func batchWrites(asked map[string][]types.WriteRequest) ([]*write, error) {
	var writes []*write
	for _, name := range sortedKeys(asked) {
		for _, r := range asked[name] {
			w, err := batchWrite(name, r)
			if err != nil {
				return nil, err
			}
			writes = append(writes, w)
		}
	}
	switch {
	case len(writes) == 0:
		return nil, invalid("The batch write request list for a table cannot be null or empty")
	case len(writes) > maxBatchWrites:
		return nil, invalid("Too many items requested for the BatchWriteItem call")
	}
	return writes, nil
}

func batchWrite(name string, r types.WriteRequest) (*write, error) {
	switch {
	case r.PutRequest != nil && r.DeleteRequest == nil:
		return conditional{table: &name}.put(r.PutRequest.Item)
	case r.DeleteRequest != nil && r.PutRequest == nil:
		return conditional{table: &name}.remove(r.DeleteRequest.Key)
	}
	return nil, invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
}
