package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/rollout"
)

// serviceIndex holds the records by service and time, with what a list of releases shows of them.
const serviceIndex = "releases-of-service"

// openedItem says which visit opened a link.
type openedItem struct {
	Visit string `json:"visit"`
	TTL   int64  `json:"ttl"`
}

// OpenPass writes that a link was opened, once: ErrConflict means that another visit opened it. A visit may open it again: its first
// attempt may have got through unseen. The item expires with the link.
func (s *Store) OpenPass(ctx context.Context, id, visit string, until time.Time) error {
	it, err := attributes(key("pass#"+id, "opened"), openedItem{Visit: visit, TTL: until.Unix()})
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk) OR #visit = :visit"),
		ExpressionAttributeNames: map[string]string{"#visit": "visit"}, ExpressionAttributeValues: item{":visit": str(visit)},
	})
	if err = conflict(err); err != nil {
		return fmt.Errorf("opening a link: %w", err)
	}
	return nil
}

// Recent lists the newest releases of a service, n at most, with what a list shows of them. The index is eventually consistent.
func (s *Store) Recent(ctx context.Context, service string, n int) ([]rollout.Release, error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String(serviceIndex), KeyConditionExpression: aws.String("#service = :service"),
		ExpressionAttributeNames:  map[string]string{"#service": "service"},
		ExpressionAttributeValues: item{":service": str(service)}, ScanIndexForward: aws.Bool(false), Limit: aws.Int32(int32(n)),
	})
	if err != nil {
		return nil, fmt.Errorf("listing releases of %s: %w", service, err)
	}
	found := make([]rollout.Release, len(out.Items))
	for i, it := range out.Items {
		if err := decode(it, &found[i]); err != nil {
			return nil, fmt.Errorf("decoding release: %w", err)
		}
	}
	return found, nil
}
