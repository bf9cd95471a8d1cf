package wire_test

import (
	"context"
	"errors"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

type fakeDynamo struct {
	put      op[dynamodb.PutItemInput, dynamodb.PutItemOutput]
	transact op[dynamodb.TransactWriteItemsInput, dynamodb.TransactWriteItemsOutput]
}

func (f *fakeDynamo) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput) (*dynamodb.TransactWriteItemsOutput, error) {
	return f.transact.call(ctx, in)
}

func (f *fakeDynamo) PutItem(ctx context.Context, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	return f.put.call(ctx, in)
}

func dynamoServer(f *fakeDynamo) *wire.Server {
	return wire.NewServer(home, wire.Service{Name: "dynamodb", Target: "DynamoDB_20120810", JSONVersion: "1.0", UpperCamel: true, Impl: f})
}

// everyAttribute has a value of each member of the AttributeValue union, and strings that JSON must escape.
func everyAttribute() map[string]dynamotypes.AttributeValue {
	return map[string]dynamotypes.AttributeValue{
		"S":    &dynamotypes.AttributeValueMemberS{Value: "quote \" slash \\ line\n tab\t bell\a é 😀 \u2028"},
		"N":    &dynamotypes.AttributeValueMemberN{Value: "1.50"},
		"B":    &dynamotypes.AttributeValueMemberB{Value: []byte{0, 1, 255}},
		"SS":   &dynamotypes.AttributeValueMemberSS{Value: []string{"a", ""}},
		"NS":   &dynamotypes.AttributeValueMemberNS{Value: []string{"1", "-2"}},
		"BS":   &dynamotypes.AttributeValueMemberBS{Value: [][]byte{{1}, {2}}},
		"BOOL": &dynamotypes.AttributeValueMemberBOOL{Value: false},
		"NULL": &dynamotypes.AttributeValueMemberNULL{Value: true},
		"L": &dynamotypes.AttributeValueMemberL{Value: []dynamotypes.AttributeValue{
			&dynamotypes.AttributeValueMemberS{Value: ""},
			&dynamotypes.AttributeValueMemberL{Value: []dynamotypes.AttributeValue{}},
		}},
		"M": &dynamotypes.AttributeValueMemberM{Value: map[string]dynamotypes.AttributeValue{
			"nested": &dynamotypes.AttributeValueMemberM{Value: map[string]dynamotypes.AttributeValue{}},
		}},
	}
}

func TestEveryAttributeValueSurvivesBothWays(t *testing.T) {
	f := &fakeDynamo{}
	f.put.out = &dynamodb.PutItemOutput{Attributes: everyAttribute()}
	client := dynamodb.NewFromConfig(configFor(dynamoServer(f)))
	in := &dynamodb.PutItemInput{TableName: aws.String("sluice"), Item: everyAttribute(), ReturnValues: dynamotypes.ReturnValueAllOld}
	out, err := client.PutItem(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.put.in)
	same(t, f.put.out, out)
}

func TestModelledErrorsKeepTheirMembers(t *testing.T) {
	f := &fakeDynamo{}
	f.put.err = &dynamotypes.ConditionalCheckFailedException{Message: aws.String("The conditional request failed"), Item: everyAttribute()}
	_, err := dynamodb.NewFromConfig(configFor(dynamoServer(f))).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()})
	var failed *dynamotypes.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	same(t, f.put.err, failed)

	f.transact.err = &dynamotypes.TransactionCanceledException{CancellationReasons: []dynamotypes.CancellationReason{{Code: aws.String("ConditionalCheckFailed"), Item: everyAttribute()}, {Code: aws.String("None")}}}
	_, err = dynamodb.NewFromConfig(configFor(dynamoServer(f))).TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []dynamotypes.TransactWriteItem{}})
	var canceled *dynamotypes.TransactionCanceledException
	if !errors.As(err, &canceled) {
		t.Fatalf("got %v", err)
	}
	same(t, f.transact.err, canceled)
}

func TestUnmodelledErrorsKeepCodeAndMessage(t *testing.T) {
	f := &fakeDynamo{}
	f.put.err = wire.Validation("bad %s", "key")
	_, err := dynamodb.NewFromConfig(configFor(dynamoServer(f))).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: everyAttribute()})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" || api.ErrorMessage() != "bad key" {
		t.Fatalf("got %v", err)
	}
}

func TestFaultsOfTheServiceAreServerErrors(t *testing.T) {
	f := &fakeDynamo{}
	header := map[string]string{"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "text/odd"}
	for _, c := range []struct {
		err    error
		status int
	}{
		{&dynamotypes.InternalServerError{}, 500},
		{&dynamotypes.ResourceNotFoundException{}, 400}, // REST's 404 has no place in awsJson
		{wire.Internal("broken"), 500},
		{errors.New("a bug"), 500},
		{context.Canceled, 503},
	} {
		f.put.err = c.err
		status, body, got := asked(t, dynamoServer(f), "POST", "/", `{}`, header)
		if status != c.status || got.Get("Content-Type") != "application/x-amz-json-1.0" {
			t.Errorf("%v: %d %s %v", c.err, status, body, got)
		}
	}
}

func TestDynamoAnswersCarryTheirChecksum(t *testing.T) {
	f := &fakeDynamo{}
	header := map[string]string{"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0"}
	for _, f.put.err = range []error{nil, wire.Validation("no")} {
		_, body, got := asked(t, dynamoServer(f), "POST", "/", `{"TableName":"t"}`, header)
		if want := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(body))), 10); got.Get("X-Amz-Crc32") != want {
			t.Errorf("checksum of %s: got %s, want %s", body, got.Get("X-Amz-Crc32"), want)
		}
	}
}

func TestBodiesThatDoNotFitAreSerializationErrors(t *testing.T) {
	header := map[string]string{"X-Amz-Target": "DynamoDB_20120810.PutItem"}
	for _, body := range []string{`{"TableName":1}`, `{"Item":[]}`, `{"Item":{"a":{"S":"x","N":"1"}}}`, `{"Item":{"a":{"B":"%"}}}`, `{"Item":{"a":{"NULL":"true"}}}`, `{`, `[]`} {
		status, answer, _ := asked(t, dynamoServer(&fakeDynamo{}), "POST", "/", body, header)
		if status != 400 || !strings.Contains(answer, `"__type":"SerializationException"`) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
}

func TestNullsAndUnknownMembersAreIgnored(t *testing.T) {
	f := &fakeDynamo{}
	header := map[string]string{"X-Amz-Target": "DynamoDB_20120810.PutItem"}
	status, answer, _ := asked(t, dynamoServer(f), "POST", "/", `{"TableName":"t","ReturnValues":null,"Item":null,"Novelty":{"x":1}}`, header)
	if status != 200 {
		t.Fatal(status, answer)
	}
	same(t, &dynamodb.PutItemInput{TableName: aws.String("t")}, f.put.in)
}

type fakeStates struct {
	start    op[sfn.StartExecutionInput, sfn.StartExecutionOutput]
	describe op[sfn.DescribeExecutionInput, sfn.DescribeExecutionOutput]
}

func (f *fakeStates) StartExecution(ctx context.Context, in *sfn.StartExecutionInput) (*sfn.StartExecutionOutput, error) {
	return f.start.call(ctx, in)
}

func (f *fakeStates) DescribeExecution(ctx context.Context, in *sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error) {
	return f.describe.call(ctx, in)
}

// sfn's types carry no schema, so these names come from the rule alone.
func TestLowerCamelMembersAndEpochTimes(t *testing.T) {
	f := &fakeStates{}
	client := sfn.NewFromConfig(configFor(wire.NewServer(home, wire.Service{Name: "states", Target: "AWSStepFunctions", JSONVersion: "1.0", Impl: f})))
	f.describe.out = &sfn.DescribeExecutionOutput{
		ExecutionArn: aws.String("arn"), Status: sfntypes.ExecutionStatusRunning, RedriveCount: aws.Int32(0),
		StartDate: aws.Time(time.Date(2026, 11, 23, 1, 2, 3, 456e6, time.UTC)), StopDate: aws.Time(time.Unix(1, 0).UTC()),
	}
	got, err := client.DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn"), IncludedData: sfntypes.IncludedDataMetadataOnly})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.describe.out, got)
	same(t, &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn"), IncludedData: sfntypes.IncludedDataMetadataOnly}, f.describe.in)

	f.start.err = &sfntypes.ExecutionAlreadyExists{Message: aws.String("Execution Already Exists: 'x'")}
	_, err = client.StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: aws.String("arn")})
	var exists *sfntypes.ExecutionAlreadyExists
	if !errors.As(err, &exists) {
		t.Fatalf("got %v", err)
	}
	same(t, f.start.err, exists)
}

type fakeEvents struct {
	put op[eventbridge.PutEventsInput, eventbridge.PutEventsOutput]
}

func (f *fakeEvents) PutEvents(ctx context.Context, in *eventbridge.PutEventsInput) (*eventbridge.PutEventsOutput, error) {
	return f.put.call(ctx, in)
}

func TestEpochTimesInRequests(t *testing.T) {
	f := &fakeEvents{}
	client := eventbridge.NewFromConfig(configFor(wire.NewServer(home, wire.Service{Name: "events", Target: "AWSEvents", JSONVersion: "1.1", UpperCamel: true, Impl: f})))
	f.put.out = &eventbridge.PutEventsOutput{FailedEntryCount: 1, Entries: []eventtypes.PutEventsResultEntry{{EventId: aws.String("1")}, {ErrorCode: aws.String("InternalFailure")}}}
	in := &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{{
		Time: aws.Time(time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)), Source: aws.String("sluice"), Detail: aws.String(`{"a":1}`), Resources: []string{"arn:1"},
	}}}
	out, err := client.PutEvents(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.put.in)
	same(t, f.put.out, out)
}

type fakeSQS struct {
	send    op[sqs.SendMessageInput, sqs.SendMessageOutput]
	receive op[sqs.ReceiveMessageInput, sqs.ReceiveMessageOutput]
}

func (f *fakeSQS) SendMessage(ctx context.Context, in *sqs.SendMessageInput) (*sqs.SendMessageOutput, error) {
	return f.send.call(ctx, in)
}

func (f *fakeSQS) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
	return f.receive.call(ctx, in)
}

func sqsServer(f *fakeSQS) *wire.Server {
	return wire.NewServer(home, wire.Service{Name: "sqs", Target: "AmazonSQS", JSONVersion: "1.0", UpperCamel: true, QueryVersion: "2012-11-05", XMLNamespace: "http://queue.amazonaws.com/doc/2012-11-05/", Impl: f})
}

func TestServicesThatLeftTheQueryProtocolKeepItsErrorCodes(t *testing.T) {
	f := &fakeSQS{}
	f.send.err = &sqstypes.QueueDoesNotExist{Message: aws.String("gone")}
	_, err := sqs.NewFromConfig(configFor(sqsServer(f))).SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String("q"), MessageBody: aws.String("m")})
	var gone *sqstypes.QueueDoesNotExist
	if !errors.As(err, &gone) || gone.ErrorCode() != "AWS.SimpleQueueService.NonExistentQueue" || gone.ErrorMessage() != "gone" {
		t.Fatalf("got %v", err)
	}
}
