package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
	"sluice/infra/definition"
)

// newFilters has CloudWatch make metrics of the logs by which targets are counted. Each log group is somebody else's and there already.
func newFilters(h home, services []definition.Service) {
	for _, s := range services {
		for _, properties := range addition.Filters(s.Definition) {
			awscdk.NewCfnResource(h.stack, jsii.String("Filter-"+properties["FilterName"].(string)), &awscdk.CfnResourceProps{
				Type: jsii.String("AWS::Logs::MetricFilter"), Properties: &properties,
			})
		}
	}
}
