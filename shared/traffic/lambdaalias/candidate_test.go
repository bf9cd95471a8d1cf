package lambdaalias_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic/lambdaalias"
	"sluice/test/sandbox"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/sandboxtest"
)

const (
	role      = "arn:aws:iam::123456789012:role/checkout"
	otherRole = "arn:aws:iam::123456789012:role/other"
)

var target = rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}

// versions say what is published of the function checkout; version 1 is on the alias live.
type versions struct {
	Count   int
	OddLast func(*awslambda.UpdateFunctionConfigurationInput) // changes the function before its last version
}

func publish(t *testing.T, box *sandbox.Sandbox, v versions) {
	t.Helper()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, name := t.Context(), aws.String("checkout")
	must(box.Lambda.CreateFunction(ctx, &awslambda.CreateFunctionInput{
		FunctionName: name, Role: aws.String(role), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Code: &types.FunctionCode{ZipFile: code(t, 0)},
	}))
	for n := 1; n <= v.Count; n++ {
		if n == v.Count && v.OddLast != nil {
			in := &awslambda.UpdateFunctionConfigurationInput{FunctionName: name}
			v.OddLast(in)
			must(box.Lambda.UpdateFunctionConfiguration(ctx, in))
		}
		must(box.Lambda.UpdateFunctionCode(ctx, &awslambda.UpdateFunctionCodeInput{FunctionName: name, ZipFile: code(t, n), Publish: true}))
	}
	must(box.Lambda.CreateAlias(ctx, &awslambda.CreateAliasInput{FunctionName: name, Name: aws.String("live"), FunctionVersion: aws.String("1")}))
}

// code differs by version: AWS publishes nothing that is the same as before.
func code(t *testing.T, version int) []byte {
	t.Helper()
	zip, err := lambda.Package(map[string][]byte{"bootstrap": fmt.Append(nil, version)})
	if err != nil {
		t.Fatal(err)
	}
	return zip
}

func inspector(t *testing.T, v versions, answer func(ctx context.Context, payload []byte) ([]byte, error)) (*lambdaalias.Inspector, *sandbox.Sandbox) {
	t.Helper()
	box := sandboxtest.BootWith(t, sandbox.Options{
		InProcess: func(string, string) func(context.Context, []byte) ([]byte, error) { return answer },
	})
	publish(t, box, v)
	return lambdaalias.NewInspector(box.Config("")), box
}

// inspect is what the inspector says of a version beside version 1.
func inspect(t *testing.T, i *lambdaalias.Inspector, version string) *rollout.Rejection {
	t.Helper()
	why, err := i.Inspect(t.Context(), target, version, "1")
	if err != nil {
		t.Fatal(err)
	}
	return why
}

func TestInspectTellsWhatAWSWouldRefuseLater(t *testing.T) {
	deadLetters := "arn:aws:sqs:us-east-1:123456789012:lost"
	for name, test := range map[string]struct {
		version string
		odd     func(*awslambda.UpdateFunctionConfigurationInput)
		want    string
	}{
		"nothing":                {version: "2"},
		"a version that is not":  {version: "77", want: "has no version 77"},
		"no version":             {version: "", want: "names no revision"},
		"the version that moves": {version: "$LATEST", want: "$LATEST is not a revision"},
		"another role":           {version: "2", odd: func(in *awslambda.UpdateFunctionConfigurationInput) { in.Role = aws.String(otherRole) }, want: "runs with role " + otherRole},
		"other dead-letter queue": {version: "2", odd: func(in *awslambda.UpdateFunctionConfigurationInput) {
			in.DeadLetterConfig = &types.DeadLetterConfig{TargetArn: &deadLetters}
		}, want: "another dead-letter queue"},
	} {
		t.Run(name, func(t *testing.T) {
			i, _ := inspector(t, versions{Count: 2, OddLast: test.odd}, nil)
			why := inspect(t, i, test.version)
			if (why == nil) != (test.want == "") || why != nil && (!strings.Contains(why.Reason, test.want) || why.Remedy == "") {
				t.Errorf("rejection %+v, want %q and a remedy", why, test.want)
			}
		})
	}
}

func TestInspectTellsOfProvisionedConcurrency(t *testing.T) {
	i, box := inspector(t, versions{Count: 2}, nil)
	_, err := box.Lambda.PutProvisionedConcurrencyConfig(t.Context(), &awslambda.PutProvisionedConcurrencyConfigInput{
		FunctionName: aws.String("checkout"), Qualifier: aws.String("live"), ProvisionedConcurrentExecutions: aws.Int32(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	if why := inspect(t, i, "2"); why == nil || !strings.Contains(why.Reason, "provisioned concurrency") || !strings.Contains(why.Remedy, "delete-provisioned-concurrency-config") {
		t.Errorf("rejection %+v, want provisioned concurrency", why)
	}
}

func TestProbeInvokesTheVersionItselfAndTellsItsFailure(t *testing.T) {
	var heard string
	i, _ := inspector(t, versions{Count: 2}, func(_ context.Context, payload []byte) ([]byte, error) {
		heard = string(payload)
		if heard == `{"order":"bad"}` {
			return nil, errors.New("cannot charge")
		}
		return []byte(`"charged"`), nil
	})
	for payload, want := range map[string]struct{ heard, failure string }{
		"":                 {heard: "{}"},
		`{"order":"good"}`: {heard: `{"order":"good"}`},
		`{"order":"bad"}`:  {heard: `{"order":"bad"}`, failure: "cannot charge"},
	} {
		failure, err := i.Probe(t.Context(), target, "2", []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		if heard != want.heard || (failure == "") != (want.failure == "") || !strings.HasSuffix(failure, want.failure) {
			t.Errorf("with %q the version heard %q and failed with %q, want %+v", payload, heard, failure, want)
		}
	}
}
