package splitter_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/edge"
	"sluice/infra/splitter"
)

func TestMain(m *testing.M) {
	os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// The function is published, runs the code that the sandbox runs, and reads its own store.
func TestTheFunctionReadsItsStore(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("SKIPPED: node is not on PATH, so nothing here shows what the construct makes")
	}
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	splitter.New(stack, "Split", "shop-split")
	template := assertions.Template_FromStack(stack, nil)
	store := assertions.NewCapture(nil)
	template.HasResourceProperties(jsii.String("AWS::CloudFront::Function"), map[string]any{
		"Name": "shop-split", "AutoPublish": true, "FunctionCode": string(edge.Split),
		"FunctionConfig": map[string]any{
			"Runtime":                   "cloudfront-js-2.0",
			"KeyValueStoreAssociations": []any{map[string]any{"KeyValueStoreARN": map[string]any{"Fn::GetAtt": []any{store, "Arn"}}}},
		},
	})
	if (*template.FindResources(jsii.String("AWS::CloudFront::KeyValueStore"), nil))[*store.AsString()] == nil {
		t.Errorf("the function reads %s, which the construct does not make", *store.AsString())
	}
}

// CloudFront takes functions of ten kilobytes (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html).
func TestTheFunctionIsSmallEnough(t *testing.T) {
	if len(edge.Split) > 10<<10 {
		t.Errorf("it has %d bytes", len(edge.Split))
	}
}
