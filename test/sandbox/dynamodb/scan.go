package dynamodb

import (
	"context"
	"iter"
	"slices"

	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Scan reads a whole table or index, partition after partition in an order that means nothing.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
func (s *Service) Scan(ctx context.Context, in *awsdynamodb.ScanInput) (*awsdynamodb.ScanOutput, error) {
	err := unsupported("Scan", member{"ScanFilter", in.ScanFilter != nil}, member{"AttributesToGet", in.AttributesToGet != nil},
		member{"ConditionalOperator", in.ConditionalOperator != ""}, member{"Segment", in.Segment != nil},
		member{"TotalSegments", in.TotalSegments != nil})
	if err != nil {
		return nil, err
	}
	r, err := request{
		table: in.TableName, index: in.IndexName, projection: in.ProjectionExpression, filter: in.FilterExpression,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues, start: in.ExclusiveStartKey, limit: in.Limit,
		consistent: in.ConsistentRead, choice: in.Select,
	}.reading()
	if err != nil {
		return nil, err
	}
	if err := r.scope.close("FilterExpression"); err != nil {
		return nil, err
	}
	from, found, err := s.scan(ctx, r)
	if err != nil {
		return nil, err
	}
	out := r.result(from, found)
	return &awsdynamodb.ScanOutput{Items: out.items, Count: out.count, ScannedCount: out.scanned, LastEvaluatedKey: out.last}, nil
}

func (s *Service) scan(ctx context.Context, r *reading) (readable, page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := r.open(ctx, s)
	if err != nil {
		return from, page{}, err
	}
	if r.start == nil {
		return from, turn(from.all(), r.limit), nil
	}
	at, err := from.startAt(r.start)
	if err != nil {
		return from, page{}, err
	}
	return from, turn(from.after(at), r.limit), nil
}

func (ix *index) all() iter.Seq[entry] { return everything(ix.order) }

func everything(partitions []*partition) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for _, p := range partitions {
			for _, e := range p.entries {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// after is what follows a position, whether or not an item still stands there.
func (ix *index) after(at position) iter.Seq[entry] {
	here := &partition{hash: at.hash, rank: rankOf(at.hash)}
	i, found := slices.BinarySearchFunc(ix.order, here, (*partition).compare)
	if !found {
		return everything(ix.order[i:])
	}
	entries := ix.order[i].entries
	j, met := slices.BinarySearchFunc(entries, at, entry.compare)
	if met {
		j++
	}
	here.entries = entries[j:]
	return everything(append([]*partition{here}, ix.order[i+1:]...))
}
