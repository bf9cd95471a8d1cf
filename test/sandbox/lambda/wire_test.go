package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// client is the real SDK client, connected to the service through the wire.
func client(s *lambda.Service) *awslambda.Client {
	return awslambda.New(awslambda.Options{
		Region: home.Region, BaseEndpoint: new("http://127.0.0.1"), HTTPClient: wire.Client(wire.NewServer(home, s.Wire())),
		Credentials: aws.AnonymousCredentials{}, RetryMaxAttempts: 1,
	})
}

func status(err error) int {
	if e, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		return e.HTTPStatusCode()
	}
	return 0
}

func TestSDKClientReleasesAndIsRefusedWithAWSsStatus(t *testing.T) {
	ctx := t.Context()
	s := service(t, lambda.Options{InProcess: handlers(func(context.Context, []byte) ([]byte, error) { return nil, errors.New("broken") })})
	create(t, s)
	versions(t, s, 2)
	c := client(s)
	arn := "arn:aws:lambda:us-east-1:123456789012:function:checkout"
	got, err := c.GetAlias(ctx, &awslambda.GetAliasInput{FunctionName: &arn, Name: new("live")})
	if err != nil || *got.AliasArn != arn+":live" || got.RoutingConfig != nil {
		t.Fatalf("GetAlias = %+v, %v", got, err)
	}
	in := weighted("2", 0.1)
	in.RevisionId = got.RevisionId
	moved, err := c.UpdateAlias(ctx, in)
	if err != nil || moved.RoutingConfig.AdditionalVersionWeights["2"] != 0.1 {
		t.Fatalf("UpdateAlias = %+v, %v", moved, err)
	}
	if _, err := c.UpdateAlias(ctx, in); !isKind[*types.PreconditionFailedException](err) || status(err) != 412 {
		t.Errorf("stale UpdateAlias = %d %v, want 412", status(err), err)
	}
	clearing := weighted("2", 0)
	clearing.RoutingConfig = &types.AliasRoutingConfiguration{}
	if cleared, err := c.UpdateAlias(ctx, clearing); err != nil || cleared.RoutingConfig != nil {
		t.Errorf("UpdateAlias with an empty RoutingConfig = %+v, %v", cleared, err)
	}
	_, err = c.GetProvisionedConcurrencyConfig(ctx, &awslambda.GetProvisionedConcurrencyConfigInput{FunctionName: &arn, Qualifier: new("live")})
	if !isKind[*types.ProvisionedConcurrencyConfigNotFoundException](err) || status(err) != 404 {
		t.Errorf("GetProvisionedConcurrencyConfig = %d %v, want 404", status(err), err)
	}
	run, err := c.Invoke(ctx, &awslambda.InvokeInput{FunctionName: &arn, Qualifier: new("2"), LogType: types.LogTypeTail})
	if err != nil || *run.ExecutedVersion != "2" || *run.FunctionError != "Unhandled" || run.LogResult == nil || run.StatusCode != 200 {
		t.Errorf("Invoke = %+v, %v", run, err)
	}
	if string(run.Payload) != `{"errorMessage":"broken","errorType":"errorString"}` {
		t.Errorf("payload = %s", run.Payload)
	}
	if out, err := c.Invoke(ctx, &awslambda.InvokeInput{FunctionName: &arn, InvocationType: types.InvocationTypeEvent}); err != nil || out.StatusCode != 202 {
		t.Errorf("Invoke as event = %+v, %v", out, err)
	}
}

// Every operation has a route; one without would be found out only by the first person to call it.
func TestEveryOperationCanBeReached(t *testing.T) {
	s := service(t, lambda.Options{})
	routed := map[string]bool{}
	for _, r := range s.Wire().Routes {
		routed[r.Operation] = true
	}
	for m := range reflect.ValueOf(s).Type().Methods() {
		in := m.Type
		if in.NumIn() == 3 && in.In(2).Kind() == reflect.Pointer && in.In(2).Elem().Name() == m.Name+"Input" && !routed[m.Name] {
			t.Errorf("%s has no route", m.Name)
		}
	}
}

func TestGrantsNameTheResourceThatIAMAuthorises(t *testing.T) {
	s := service(t, lambda.Options{})
	scope := s.Wire().Scope
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
	for _, c := range []struct {
		operation string
		input     any
		want      string
	}{
		{"GetAlias", &awslambda.GetAliasInput{FunctionName: new("checkout"), Name: new("live")}, "[{lambda:GetAlias " + arn + "}]"},
		{"UpdateAlias", &awslambda.UpdateAliasInput{FunctionName: new(arn), Name: new("live")}, "[{lambda:UpdateAlias " + arn + "}]"},
		{"Invoke", &awslambda.InvokeInput{FunctionName: new("checkout")}, "[{lambda:InvokeFunction " + arn + "}]"},
		{"Invoke", &awslambda.InvokeInput{FunctionName: new("checkout"), Qualifier: new("2")}, "[{lambda:InvokeFunction " + arn + ":2}]"},
		{"Invoke", &awslambda.InvokeInput{FunctionName: new(arn + ":live")}, "[{lambda:InvokeFunction " + arn + ":live}]"},
		{"GetFunctionConfiguration", &awslambda.GetFunctionConfigurationInput{FunctionName: new("checkout"), Qualifier: new("2")}, "[{lambda:GetFunctionConfiguration " + arn + ":2}]"},
		{"GetProvisionedConcurrencyConfig", &awslambda.GetProvisionedConcurrencyConfigInput{FunctionName: new("checkout"), Qualifier: new("live")}, "[{lambda:GetProvisionedConcurrencyConfig " + arn + ":live}]"},
		{"ListFunctions", &awslambda.ListFunctionsInput{}, "[{lambda:ListFunctions *}]"},
		{"ListTags", &awslambda.ListTagsInput{Resource: new(arn)}, "[{lambda:ListTags " + arn + "}]"},
		{"CreateFunction", &awslambda.CreateFunctionInput{FunctionName: new("checkout"), Role: new(role)}, "[{lambda:CreateFunction " + arn + "} {iam:PassRole " + role + " map[iam:PassedToService:[lambda.amazonaws.com]]}]"},
	} {
		if got := fmt.Sprint(scope(c.operation, c.input)); got != c.want {
			t.Errorf("%s: %s, want %s", c.operation, got, c.want)
		}
	}
}

func TestPolicyReachesIAMAndGoesWithItsLastStatement(t *testing.T) {
	told := map[string]string{}
	s := service(t, lambda.Options{Policy: func(arn string, document []byte) { told[arn] = string(document) }})
	create(t, s)
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
	add := &awslambda.AddPermissionInput{
		FunctionName: new("checkout"), StatementId: new("rule"), Action: new("lambda:InvokeFunction"),
		Principal: new("events.amazonaws.com"), SourceArn: new("arn:aws:events:us-east-1:123456789012:rule/r"),
	}
	if _, err := s.AddPermission(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPermission(t.Context(), add); !isKind[*types.ResourceConflictException](err) {
		t.Errorf("the same statement again: %v, want ResourceConflictException", err)
	}
	want := `{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"rule","Effect":"Allow",` +
		`"Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + arn +
		`","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:events:us-east-1:123456789012:rule/r"}}}]}`
	if !json.Valid([]byte(told[arn])) || told[arn] != want {
		t.Errorf("IAM was told %s, want %s", told[arn], want)
	}
	out, err := s.GetPolicy(t.Context(), &awslambda.GetPolicyInput{FunctionName: new("checkout")})
	if err != nil || *out.Policy != want {
		t.Errorf("GetPolicy = %+v, %v", out, err)
	}
	if _, err := s.RemovePermission(t.Context(), &awslambda.RemovePermissionInput{FunctionName: new("checkout"), StatementId: new("rule")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GetPolicy(t.Context(), &awslambda.GetPolicyInput{FunctionName: new("checkout")}); !isKind[*types.ResourceNotFoundException](err) || told[arn] != "" {
		t.Errorf("after removal: %v, IAM was told %q", err, told[arn])
	}
}

// A function that too many rules may invoke is refused the next one: one permission for each rule is no plan for thousands.
func TestPolicyOfAFunctionHasALimit(t *testing.T) {
	s := service(t, lambda.Options{})
	create(t, s)
	allow := func(n int) error {
		_, err := s.AddPermission(t.Context(), &awslambda.AddPermissionInput{
			FunctionName: new("checkout"), StatementId: new(fmt.Sprintf("rule-%03d", n)), Action: new("lambda:InvokeFunction"),
			Principal: new("events.amazonaws.com"), SourceArn: new("arn:aws:events:us-east-1:123456789012:rule/" + strings.Repeat("r", 64)),
		})
		return err
	}
	n := 0
	for ; n < 200 && allow(n) == nil; n++ {
	}
	out, err := s.GetPolicy(t.Context(), &awslambda.GetPolicyInput{FunctionName: new("checkout")})
	if err != nil {
		t.Fatal(err)
	}
	if size := len(*out.Policy); size > 20480 || size < 20000 {
		t.Errorf("the policy has %d characters after %d rules", size, n)
	}
	if err := allow(n); !isKind[*types.PolicyLengthExceededException](err) {
		t.Errorf("one more: %v, want PolicyLengthExceededException", err)
	}
}
