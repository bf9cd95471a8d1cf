package dynamodb_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/dynamodb"
	"sluice/test/sandbox/wire"
)

// client is the SDK's own, speaking to the service in process.
func client(t *testing.T) *awsdynamodb.Client {
	t.Helper()
	home := wire.Home{Region: "us-east-1", Account: "123456789012"}
	api := awsdynamodb.New(awsdynamodb.Options{
		Region: home.Region, BaseEndpoint: aws.String("http://127.0.0.1"),
		Credentials: aws.AnonymousCredentials{},
		HTTPClient:  wire.Client(wire.NewServer(home, dynamodb.New(home).Wire())),
	})
	_, err := api.CreateTable(t.Context(), &awsdynamodb.CreateTableInput{
		TableName: aws.String("orders"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestTheSDKsClientUnderstandsItemsAndFailures(t *testing.T) {
	api := client(t)
	order := map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: "1"}, "n": &types.AttributeValueMemberN{Value: "1.50"},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberBOOL{Value: true}}},
		"b": &types.AttributeValueMemberB{Value: []byte("\x00\xff")},
	}
	in := &awsdynamodb.PutItemInput{
		TableName: aws.String("orders"), Item: order, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if _, err := api.PutItem(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	_, err := api.PutItem(t.Context(), in)
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	if n, ok := failed.Item["n"].(*types.AttributeValueMemberN); !ok || n.Value != "1.5" {
		t.Errorf("the failure shows %v", failed.Item)
	}
	if b, ok := failed.Item["b"].(*types.AttributeValueMemberB); !ok || string(b.Value) != "\x00\xff" {
		t.Errorf("the failure shows %v", failed.Item)
	}
}

func TestTheSDKsClientUnderstandsCancelledTransactions(t *testing.T) {
	api := client(t)
	key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "1"}}
	_, err := api.TransactWriteItems(t.Context(), &awsdynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{ConditionCheck: &types.ConditionCheck{TableName: aws.String("orders"), Key: key, ConditionExpression: aws.String("attribute_exists(pk)")}},
	}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != 1 || *cancelled.CancellationReasons[0].Code != "ConditionalCheckFailed" {
		t.Errorf("got %v", err)
	}
}

func TestTheSDKsClientSeesValidationErrors(t *testing.T) {
	_, err := client(t).Scan(t.Context(), &awsdynamodb.ScanInput{TableName: aws.String("orders"), FilterExpression: aws.String("attribute_exists(ttl)")})
	var fault smithy.APIError
	if !errors.As(err, &fault) || fault.ErrorCode() != "ValidationException" || !strings.Contains(fault.ErrorMessage(), "reserved keyword: ttl") {
		t.Errorf("got %v", err)
	}
}
