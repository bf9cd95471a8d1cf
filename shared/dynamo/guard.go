package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const targetPrefix = "target#"

func (s *Store) watch(ctx context.Context, target string, alarms []string) error {
	writes := make([]types.WriteRequest, len(alarms))
	for i, a := range alarms {
		writes[i].PutRequest = &types.PutRequest{Item: key(guardPK(a), targetPrefix+target)}
	}
	out, err := s.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.table: writes}})
	if err == nil && len(out.UnprocessedItems) > 0 {
		err = errThrottled
	}
	return err
}

// Guarded lists the targets of one kind that an alarm, given by its ARN, guards. prefix is what the ids of that kind begin with. The read is
// consistent: an alarm may come a moment after Watch.
func (s *Store) Guarded(ctx context.Context, alarm, prefix string) ([]string, error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), KeyConditionExpression: aws.String("pk = :pk AND begins_with(sk, :kind)"),
		ExpressionAttributeValues: item{":pk": str(guardPK(alarm)), ":kind": str(targetPrefix + prefix + ":")},
	})
	if err != nil {
		return nil, fmt.Errorf("listing targets of alarm %s: %w", alarm, err)
	}
	targets := make([]string, 0, len(out.Items))
	for _, it := range out.Items {
		if sk, ok := it["sk"].(*types.AttributeValueMemberS); ok {
			targets = append(targets, strings.TrimPrefix(sk.Value, targetPrefix))
		}
	}
	return targets, nil
}
