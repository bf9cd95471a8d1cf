package lambda_test

import (
	"testing"

	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/lambda"
)

// BenchmarkCall is what one execution in process costs beside its handler: the budget of a simulated release is 5 ms for
// some eighty calls.
func BenchmarkCall(b *testing.B) {
	s := lambda.New(b.Context(), lambda.Options{Home: home, InProcess: handlers(echo)})
	defer s.Close()
	zip, err := lambda.Package(map[string][]byte{"bootstrap": nil})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.CreateFunction(b.Context(), &awslambda.CreateFunctionInput{
		FunctionName: new("checkout"), Role: new(role), Runtime: types.RuntimeProvidedal2023, Handler: new("bootstrap"),
		Code: &types.FunctionCode{ZipFile: zip},
	}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Call(b.Context(), "checkout", []byte(`{"order":7}`)); err != nil {
			b.Fatal(err)
		}
	}
}
