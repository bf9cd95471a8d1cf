package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/shared/rollout"
)

// Listed is a target on the watch list: a release holds it, or was promoted on it and may still be reverted, or has just let go of it.
type Listed struct {
	Target  string    `json:"target"`
	Release string    `json:"release"`           // the release that was let in last
	At      time.Time `json:"at"`                // when it was let in
	Counted bool      `json:"counted,omitempty"` // its checks count: it is looked at while it bakes
	Buys    bool      `json:"buys,omitempty"`    // its looks make requests of their own, which may take long
}

// watchPK is the partition of the watch list. A release writes one item into it, when it is let in.
const watchPK = "watch#targets"

func listedKey(target string) item { return key(watchPK, targetPrefix+target) }

// List puts a target on the watch list. The entry of an earlier release is replaced.
func (s *Store) List(ctx context.Context, l Listed) error {
	attrs, err := encode(l)
	if err != nil {
		return fmt.Errorf("encoding item: %w", err)
	}
	it := attrs.(*types.AttributeValueMemberM).Value
	for name, v := range listedKey(l.Target) {
		it[name] = v
	}
	if _, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: it}); err != nil {
		return fmt.Errorf("listing %s: %w", l.Target, err)
	}
	return nil
}

// WatchList reads the whole list, consistently: a target that was listed before the call is in it.
func (s *Store) WatchList(ctx context.Context) ([]Listed, error) {
	var listed []Listed
	pages := dynamodb.NewQueryPaginator(s.db, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": str(watchPK)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the watch list: %w", err)
		}
		for _, it := range page.Items {
			var l Listed
			if err := decode(it, &l); err != nil {
				return nil, fmt.Errorf("decoding the watch list: %w", err)
			}
			listed = append(listed, l)
		}
	}
	return listed, nil
}

// Strike takes a target off the list, unless a release was let in since the list was read.
func (s *Store) Strike(ctx context.Context, l Listed) error {
	at, err := encode(l.At)
	if err != nil {
		return fmt.Errorf("encoding a time: %w", err)
	}
	_, err = s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &s.table, Key: listedKey(l.Target), ConditionExpression: aws.String("#release = :release AND #at = :at"),
		ExpressionAttributeNames:  map[string]string{"#release": "release", "#at": "at"},
		ExpressionAttributeValues: item{":release": str(l.Release), ":at": at},
	})
	if err = conflict(err); err != nil && !IsConflict(err) {
		return fmt.Errorf("striking %s off the watch list: %w", l.Target, err)
	}
	return nil
}

// mostKeys is the limit of one BatchGetItem
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html).
const mostKeys = 100

// Leases reads the leases of many targets consistently, a hundred in one call. A target without a lease is left out.
func (s *Store) Leases(ctx context.Context, targets []string) (map[string]rollout.Lease, error) {
	leases := make(map[string]rollout.Lease, len(targets))
	for len(targets) > 0 {
		n := min(len(targets), mostKeys)
		if err := s.leases(ctx, targets[:n], leases); err != nil {
			return nil, fmt.Errorf("reading leases: %w", err)
		}
		targets = targets[n:]
	}
	return leases, nil
}

// leases reads one batch. DynamoDB may answer a part of it and name the rest; the rest is asked for again as long as it becomes smaller.
func (s *Store) leases(ctx context.Context, targets []string, into map[string]rollout.Lease) error {
	keys := make([]item, len(targets))
	for i, target := range targets {
		keys[i] = leaseKey(target)
	}
	for len(keys) > 0 {
		out, err := s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			s.table: {Keys: keys, ConsistentRead: aws.Bool(true)},
		}})
		if err != nil {
			return err
		}
		for _, it := range out.Responses[s.table] {
			var l rollout.Lease
			if err := decode(it, &l); err != nil {
				return fmt.Errorf("decoding lease: %w", err)
			}
			into[l.Target] = l
		}
		left := out.UnprocessedKeys[s.table].Keys
		if len(left) == len(keys) {
			return errThrottled
		}
		keys = left
	}
	return nil
}
