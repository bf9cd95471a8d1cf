package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"sluice/shared/rollout"
)

// queueSK is a sort key that sorts by age: fixed width, UTC.
func queueSK(w rollout.Waiting) string {
	return w.Created.UTC().Format("2006-01-02T15:04:05.000000000Z") + "#" + w.Release
}

func entry(r rollout.Release) rollout.Waiting {
	return rollout.Waiting{Release: r.ID, Created: r.Created}
}

// Enqueue puts a release at its place by age; it may be there already.
func (s *Store) Enqueue(ctx context.Context, target string, r rollout.Release) error {
	w := entry(r)
	if err := s.put(ctx, key(queuePK(target), queueSK(w)), w); err != nil && !IsConflict(err) {
		return fmt.Errorf("queueing release %s: %w", r.ID, err)
	}
	return nil
}

// Displace marks a queued release as superseded. ErrConflict means that it is gone.
func (s *Store) Displace(ctx context.Context, target string, w rollout.Waiting, by string) error {
	u := change().set("supersededBy", by).when("attribute_exists(pk)")
	if err := s.apply(ctx, key(queuePK(target), queueSK(w)), u, nil); err != nil {
		return fmt.Errorf("changing queue of %s: %w", target, err)
	}
	return nil
}

// Queued reads a release's place in the queue. ErrNotFound means that it has none.
func (s *Store) Queued(ctx context.Context, target string, r rollout.Release) (rollout.Waiting, error) {
	var w rollout.Waiting
	if err := s.get(ctx, key(queuePK(target), queueSK(entry(r))), &w); err != nil {
		return w, fmt.Errorf("reading queue of %s: %w", target, err)
	}
	return w, nil
}

// Dequeue takes a release out of the queue; it need not be there.
func (s *Store) Dequeue(ctx context.Context, target string, r rollout.Release) error {
	_, err := s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: key(queuePK(target), queueSK(entry(r)))})
	if err != nil {
		return fmt.Errorf("leaving queue of %s: %w", target, err)
	}
	return nil
}

// Leave takes a release out of the queue and returns the oldest release that still waits there; empty when none does.
func (s *Store) Leave(ctx context.Context, target string, r rollout.Release) (next string, err error) {
	if err := s.Dequeue(ctx, target, r); err != nil {
		return "", err
	}
	queue, err := s.Queue(ctx, target)
	if err != nil || len(queue) == 0 {
		return "", err
	}
	return queue[0].Release, nil
}

// Queue lists the releases that wait for a target, oldest first, a hundred at most.
func (s *Store) Queue(ctx context.Context, target string) ([]rollout.Waiting, error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(100),
		KeyConditionExpression: aws.String("pk = :pk"), ExpressionAttributeValues: item{":pk": str(queuePK(target))},
	})
	if err != nil {
		return nil, fmt.Errorf("listing queue of %s: %w", target, err)
	}
	waiting := make([]rollout.Waiting, len(out.Items))
	for i, it := range out.Items {
		if err := decode(it, &waiting[i]); err != nil {
			return nil, fmt.Errorf("decoding queue of %s: %w", target, err)
		}
	}
	return waiting, nil
}
