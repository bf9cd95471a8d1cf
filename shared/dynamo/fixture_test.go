package dynamo_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"sluice/shared/dynamo"
	"sluice/shared/rollout"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

const (
	table  = "sluice-test"
	target = "lambda:checkout:live"
	alarm  = "checkout-errors"
)

// noon is when the stories of these tests begin; the store has no clock of its own.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// open makes an empty table with Sluice's keys and index, and a store on it.
func open(t *testing.T, middleware ...wire.Middleware) *dynamo.Store {
	t.Helper()
	box := sandboxtest.Boot(t, middleware...)
	hash := func(name string) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeHash}
	}
	sorted := func(name string) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: types.KeyTypeRange}
	}
	in := &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{hash("pk"), sorted("sk")},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("open-releases"), KeySchema: []types.KeySchemaElement{hash("open"), sorted("created")},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
	for _, name := range []string{"pk", "sk", "open", "created"} {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS})
	}
	if _, err := box.DynamoDB.CreateTable(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return dynamo.New(box.Config(""), table)
}

// counter counts the calls of each operation.
type counter struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *counter) watch(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		c.mu.Lock()
		if c.calls == nil {
			c.calls = map[string]int{}
		}
		c.calls[call.Operation]++
		c.mu.Unlock()
		return next(ctx, call)
	}
}

func release(id string) rollout.Release {
	return rollout.Release{ID: id, Service: "checkout", Created: noon}
}

// acquired gives the lease to a release, for ten minutes from noon.
func acquired(t *testing.T, s *dynamo.Store, id string) rollout.Lease {
	t.Helper()
	l, err := s.Acquire(t.Context(), release(id), target, noon, noon.Add(10*time.Minute))
	if err != nil {
		t.Fatalf("acquiring for %s: %v", id, err)
	}
	return l
}

// begun is an acquired lease that is guarded by the alarm from noon on.
func begun(t *testing.T, s *dynamo.Store, id string) rollout.Lease {
	t.Helper()
	l := acquired(t, s, id)
	l.Stable, l.Candidate, l.Alarms, l.Began = "1", "2", []string{alarm}, rollout.MomentOf(noon)
	l, err := s.Begin(t.Context(), l)
	if err != nil {
		t.Fatalf("beginning %s: %v", id, err)
	}
	return l
}

// fenced is a begun lease whose fence is up.
func fenced(t *testing.T, s *dynamo.Store, id string) rollout.Lease {
	t.Helper()
	l := begun(t, s, id)
	l, err := s.Raise(t.Context(), target, l.Owner, l.Epoch, because("first"))
	if err != nil {
		t.Fatalf("raising: %v", err)
	}
	return l
}

// letGo leaves a lease in a phase; armed lasts an hour from noon.
func letGo(t *testing.T, s *dynamo.Store, l rollout.Lease, phase rollout.Phase) {
	t.Helper()
	l.Phase = phase
	if phase == rollout.Armed {
		l.ArmedUntil = noon.Add(time.Hour)
	}
	if err := s.LetGo(t.Context(), l); err != nil {
		t.Fatalf("letting go: %v", err)
	}
}

func because(reason string) rollout.Fence {
	return rollout.Fence{Kind: rollout.ByPerson, By: "grace", Reason: reason, At: noon}
}

func lease(t *testing.T, s *dynamo.Store) rollout.Lease {
	t.Helper()
	l, err := s.Lease(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
