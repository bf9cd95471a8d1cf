package wire

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

var home = Home{Region: "us-east-1", Account: "123456789012"}

// configFor is the configuration of SDK clients that reach a server in process.
func configFor(s *Server) aws.Config {
	return aws.Config{
		Region:       home.Region,
		HTTPClient:   Client(s),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		BaseEndpoint: aws.String("http://127.0.0.1:4566"),
	}
}

// A table is a fake that keeps the last item and gives it back.
type table struct {
	item map[string]dynamotypes.AttributeValue
}

func (t *table) PutItem(_ context.Context, in *dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error) {
	if aws.ToString(in.ConditionExpression) != "" {
		return nil, &dynamotypes.ConditionalCheckFailedException{Message: aws.String("The conditional request failed"), Item: t.item}
	}
	t.item = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func (t *table) GetItem(context.Context, *dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: t.item}, nil
}

// Aliases is a fake of Lambda.
type aliases struct {
	got     *lambda.UpdateAliasInput
	invoked *lambda.InvokeInput
}

func (a *aliases) UpdateAlias(_ context.Context, in *lambda.UpdateAliasInput) (*lambda.UpdateAliasOutput, error) {
	a.got = in
	if aws.ToString(in.RevisionId) == "stale" {
		return nil, &lambdatypes.PreconditionFailedException{Message: aws.String("stale"), Type: aws.String("User")}
	}
	return &lambda.UpdateAliasOutput{Name: in.Name, RoutingConfig: in.RoutingConfig}, nil
}

func (a *aliases) Invoke(_ context.Context, in *lambda.InvokeInput) (*lambda.InvokeOutput, error) {
	a.invoked = in
	return &lambda.InvokeOutput{Payload: in.Payload, StatusCode: 202, ExecutedVersion: aws.String("7")}, nil
}

func fakeServer(t *testing.T) (*Server, *table, *aliases) {
	t.Helper()
	tb, al := &table{}, &aliases{}
	return NewServer(home,
		Service{Name: "dynamodb", Target: "DynamoDB_20120810", JSONVersion: "1.0", UpperCamel: true, Impl: tb},
		Service{Name: "lambda", UpperCamel: true, Impl: al, Routes: []Route{
			{Method: "PUT", Path: "/2015-03-31/functions/{FunctionName}/aliases/{Name}", Operation: "UpdateAlias"},
			{Method: "POST", Path: "/2015-03-31/functions/{FunctionName}/invocations", Operation: "Invoke"},
		}},
	), tb, al
}
