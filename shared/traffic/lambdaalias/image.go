package lambdaalias

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/rollout"
)

type imageAPI interface {
	GetFunction(context.Context, *lambda.GetFunctionInput, ...func(*lambda.Options)) (*lambda.GetFunctionOutput, error)
}

// Images finds the images that versions of functions are made of.
type Images struct{ lambda imageAPI }

// Image implements traffic.Images. Lambda pins the digest when a version is published
// (https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html).
func (i *Images) Image(ctx context.Context, t rollout.Target, version string) (repository, digest string, err error) {
	function := t.LambdaAlias.Function
	out, err := i.lambda.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &function, Qualifier: &version})
	if err != nil {
		return "", "", fmt.Errorf("reading the code of version %s of %s: %w", version, function, err)
	}
	if out.Code == nil {
		return "", "", nil
	}
	image, digest, _ := strings.Cut(aws.ToString(out.Code.ResolvedImageUri), "@") // 123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout@sha256:...
	_, repository, _ = strings.Cut(image, "/")
	return repository, digest, nil
}
