package wire

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSmoke(t *testing.T) {
	s, _, al := fakeServer(t)
	db := dynamodb.NewFromConfig(configFor(s))
	item := map[string]dynamotypes.AttributeValue{
		"pk": &dynamotypes.AttributeValueMemberS{Value: "a\"\n\x01é"},
		"m":  &dynamotypes.AttributeValueMemberM{Value: map[string]dynamotypes.AttributeValue{"n": &dynamotypes.AttributeValueMemberN{Value: "1.50"}}},
		"l":  &dynamotypes.AttributeValueMemberL{Value: []dynamotypes.AttributeValue{&dynamotypes.AttributeValueMemberBOOL{Value: false}, &dynamotypes.AttributeValueMemberNULL{Value: true}}},
		"b":  &dynamotypes.AttributeValueMemberB{Value: []byte{0, 255}},
		"bs": &dynamotypes.AttributeValueMemberBS{Value: [][]byte{{1}}},
		"ss": &dynamotypes.AttributeValueMemberSS{Value: []string{"x", ""}},
	}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: item}); err != nil {
		t.Fatal(err)
	}
	got, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("t"), Key: item})
	if err != nil {
		t.Fatal(err)
	}
	opts := cmpopts.IgnoreUnexported(dynamotypes.AttributeValueMemberS{}, dynamotypes.AttributeValueMemberM{}, dynamotypes.AttributeValueMemberN{}, dynamotypes.AttributeValueMemberL{}, dynamotypes.AttributeValueMemberBOOL{}, dynamotypes.AttributeValueMemberNULL{}, dynamotypes.AttributeValueMemberB{}, dynamotypes.AttributeValueMemberBS{}, dynamotypes.AttributeValueMemberSS{})
	if d := cmp.Diff(item, got.Item, opts); d != "" {
		t.Error(d)
	}
	_, err = db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: item, ConditionExpression: aws.String("x")})
	var failed *dynamotypes.ConditionalCheckFailedException
	if !errors.As(err, &failed) || len(failed.Item) != 6 {
		t.Error(err)
	}
	lam := lambda.NewFromConfig(configFor(s))
	arn := home.ARN("lambda", "function:checkout")
	up, err := lam.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: &arn, Name: aws.String("live"), RoutingConfig: &lambdatypes.AliasRoutingConfiguration{AdditionalVersionWeights: map[string]float64{"2": 0.1}}})
	if err != nil || *al.got.FunctionName != arn || up.RoutingConfig.AdditionalVersionWeights["2"] != 0.1 {
		t.Error(err, up)
	}
	_, err = lam.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: &arn, Name: aws.String("live"), RevisionId: aws.String("stale")})
	var pre *lambdatypes.PreconditionFailedException
	if !errors.As(err, &pre) || *pre.Type != "User" {
		t.Error(err)
	}
	inv, err := lam.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &arn, Qualifier: aws.String("live"), Payload: []byte("{\"x\":1}"), LogType: "Tail"})
	if err != nil || inv.StatusCode != 202 || *inv.ExecutedVersion != "7" || string(inv.Payload) != "{\"x\":1}" || *al.invoked.Qualifier != "live" || al.invoked.LogType != "Tail" {
		t.Error(err, inv)
	}
	_, err = db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("t")})
	t.Log(err)
	_, err = lam.GetAlias(t.Context(), &lambda.GetAliasInput{FunctionName: &arn, Name: aws.String("live")})
	t.Log(err)
}

func BenchmarkGetItem(b *testing.B) {
	tb := &table{}
	s := NewServer(home, Service{Name: "dynamodb", Target: "DynamoDB_20120810", JSONVersion: "1.0", UpperCamel: true, Impl: tb})
	tb.item = map[string]dynamotypes.AttributeValue{}
	for _, k := range []string{"pk", "sk", "state", "stable", "candidate", "epoch", "owner", "step"} {
		tb.item[k] = &dynamotypes.AttributeValueMemberS{Value: "some ordinary value"}
	}
	db := dynamodb.NewFromConfig(configFor(s))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.PutItem(b.Context(), &dynamodb.PutItemInput{TableName: aws.String("t"), Item: tb.item}); err != nil {
			b.Fatal(err)
		}
	}
}
