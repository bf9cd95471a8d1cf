package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/rollout"
)

// freezePK is the partition of all freezes, so that one read tells of those of a service and of those of all. There is one of each at most.
const freezePK = "freeze#set"

func freezeKey(service string) item {
	if service == "" {
		return key(freezePK, "all")
	}
	return key(freezePK, "service#"+service)
}

// outlived is how long a freeze that has ended may still be read.
const outlived = 24 * time.Hour

// Freeze sets a freeze, in place of an earlier one of the same service or of all.
func (s *Store) Freeze(ctx context.Context, f rollout.Frozen) error {
	u := change().set("by", f.By).set("how", f.How).set("reason", f.Reason).set("at", f.At)
	if f.Service != "" {
		u.set("service", f.Service)
	}
	if f.Until.IsZero() {
		u.remove("until", "ttl")
	} else {
		u.set("until", f.Until).set("ttl", f.Until.Add(outlived).Unix())
	}
	if err := s.apply(ctx, freezeKey(f.Service), u, nil); err != nil {
		return fmt.Errorf("freezing %s: %w", f.Subject(), err)
	}
	return nil
}

// Thaw lifts a freeze, of a service or of all; it need not be there.
func (s *Store) Thaw(ctx context.Context, service string) error {
	if _, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: freezeKey(service)}); err != nil {
		return fmt.Errorf("lifting the freeze of %s: %w", rollout.Subject(service), err)
	}
	return nil
}

// Freezes lists the freezes that were set, consistently. Some may have ended (Frozen.Holds).
func (s *Store) Freezes(ctx context.Context) ([]rollout.Frozen, error) {
	var found []rollout.Frozen
	pages := dynamodb.NewQueryPaginator(s.db, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: item{":pk": str(freezePK)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading what is frozen: %w", err)
		}
		for _, it := range page.Items {
			var f rollout.Frozen
			if err := decode(it, &f); err != nil {
				return nil, fmt.Errorf("decoding a freeze: %w", err)
			}
			found = append(found, f)
		}
	}
	return found, nil
}
