// Package splitter is a CDK construct for apps that own a CloudFront distribution: the function and the key value store by which Sluice splits its
// requests between two origins (docs/targets/key-value-store.md).
package splitter

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/edge"
)

// A Splitter is what a definition names under target.keyValueStore.
type Splitter struct {
	Function awscloudfront.Function // associate it with a behavior, FunctionEventType_VIEWER_REQUEST
	Store    awscloudfront.KeyValueStore
}

// New makes the function and its store, both of one name. The store says nothing at first, and then the function changes nothing: write which pool serves
// before the first release.
func New(scope constructs.Construct, id, name string) Splitter {
	within := constructs.NewConstruct(scope, &id)
	store := awscloudfront.NewKeyValueStore(within, jsii.String("Store"), &awscloudfront.KeyValueStoreProps{
		KeyValueStoreName: &name, Comment: jsii.String("Sluice writes here which origin serves"),
	})
	function := awscloudfront.NewFunction(within, jsii.String("Function"), &awscloudfront.FunctionProps{
		FunctionName: &name, Comment: jsii.String("Sends requests to the origin that Sluice chose"), Code: awscloudfront.FunctionCode_FromInline(jsii.String(string(edge.Split))),
		Runtime: awscloudfront.FunctionRuntime_JS_2_0(), KeyValueStore: store, AutoPublish: jsii.Bool(true),
	})
	return Splitter{function, store}
}
