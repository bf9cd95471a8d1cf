package stack_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/edge"
	"sluice/infra/splitter"
)

// The function is published, runs the code that the sandbox runs, and reads its own store.
func TestASplittersFunctionReadsItsStore(t *testing.T) {
	needNode(t)
	shop := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	splitter.New(shop, "Split", "shop-split")
	template := assertions.Template_FromStack(shop, nil)
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
func TestASplittersFunctionIsSmallEnough(t *testing.T) {
	if len(edge.Split) > 10<<10 {
		t.Errorf("it has %d bytes", len(edge.Split))
	}
}
