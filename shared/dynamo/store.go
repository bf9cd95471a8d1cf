// Package dynamo keeps releases, leases, the queue and the guard's index in one DynamoDB table.
//
//	pk                  sk                       what
//	release#<id>        release                  the record (rollout.Release), with its audit trail
//	evidence#<id>       ledger                   what its checks have seen so far (judge.Ledger)
//	evidence#<id>       minutes#<time>           minutes that were added up, for replays
//	target#<target id>  lease                    who may touch the target (rollout.Lease)
//	queue#<target id>   <created>#<id>           a release that waits for the target (rollout.Waiting)
//	wait#<id>           wait                     how it waits: the task token that a ring ends, and whether somebody rang (wait)
//	slack#<id>          thread                   its message in Slack (Thread)
//	github#<id>         thread                   its deployment at GitHub (Thread)
//	job#<name>          release                  the release that a build or a test runs for
//	service#<service>   newest                   the newest push to it (newest)
//	delivery#<name>     told                     a push that the bus was told of
//	delivery#<name>     push                     what a push brought to a branch, for the workflow that runs for it
//	alarm#<ARN>         target#<target id>       which targets an alarm guards
//	watch#targets       target#<target id>       a target that has to be watched (Listed)
//	pass#<id>           opened                   a link that was opened
//	freeze#set          all, service#<service>   what somebody froze (rollout.Frozen)
//
// Roles grant writes by the beginning of the partition key (the rows of infra/stack). So a function that meets the outside writes into
// partitions of its own.
//
// Every change of a lease is one conditional write, so a change that is based on an old view fails. The index open-releases holds, for
// sweep, the records of releases for which something is left to do (attribute open). The audit trail is part of the record, and the call
// that makes a change writes its line, too.
package dynamo

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type api interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	BatchWriteItem(context.Context, *dynamodb.BatchWriteItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchWriteItemOutput, error)
}

// Store is Sluice's table. It is safe for concurrent use.
type Store struct {
	db    api
	table string
}

// New opens the table of that name.
func New(cfg aws.Config, table string) *Store {
	return &Store{db: dynamodb.NewFromConfig(cfg), table: table}
}

// ErrNotFound means that there is no such item; ErrConflict that a condition did not hold when the write arrived.
var (
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("changed meanwhile")
)

// IsNotFound says whether an item was missing.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// IsConflict says whether a conditional write lost.
func IsConflict(err error) bool { return errors.Is(err, ErrConflict) }

// IsNoTable says whether there is no such table.
func IsNoTable(err error) bool {
	var none *types.ResourceNotFoundException
	return errors.As(err, &none)
}

type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func key(pk, sk string) item { return item{"pk": str(pk), "sk": str(sk)} }

func releaseKey(id string) item    { return key("release#"+id, "release") }
func leaseKey(target string) item  { return key("target#"+target, "lease") }
func guardPK(alarm string) string  { return "alarm#" + alarm }
func queuePK(target string) string { return "queue#" + target }

// encode turns a domain value into attributes, named as in its JSON.
func encode(v any) (types.AttributeValue, error) {
	return attributevalue.MarshalWithOptions(v, func(o *attributevalue.EncoderOptions) {
		o.TagKey = "json"
		o.UseEncodingMarshalers = true
	})
}

func decode(from item, to any) error {
	return attributevalue.UnmarshalMapWithOptions(from, to, func(o *attributevalue.DecoderOptions) {
		o.TagKey = "json"
		o.UseEncodingUnmarshalers = true
	})
}

// get reads an item consistently: every decision is made on what was really written last.
func (s *Store) get(ctx context.Context, k item, to any) error {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: k, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	if len(out.Item) == 0 {
		return ErrNotFound
	}
	return decode(out.Item, to)
}

// put writes a new item. An item that exists is a conflict, even if this very call has written it: the SDK tries again after an answer
// that was lost.
func (s *Store) put(ctx context.Context, k item, v any) error {
	it, err := attributes(k, v)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &s.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return conflict(err)
}

// attributes is a value as a whole item under a key.
func attributes(k item, v any) (item, error) {
	attrs, err := encode(v)
	if err != nil {
		return nil, fmt.Errorf("encoding item: %w", err)
	}
	it := attrs.(*types.AttributeValueMemberM).Value
	maps.DeleteFunc(it, func(_ string, v types.AttributeValue) bool { // the encoder does not know omitzero
		m, isMap := v.(*types.AttributeValueMemberM)
		return isMap && len(m.Value) == 0
	})
	maps.Copy(it, k)
	return it, nil
}

// conflict turns a condition that did not hold into ErrConflict; other errors stay as they are.
func conflict(err error) error {
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return ErrConflict
	}
	return err
}
