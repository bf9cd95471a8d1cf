package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/definition"
)

// standardParameter is the size in bytes up to which a parameter costs nothing
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
const standardParameter = 4096

// parameterPath is the path that holds an environment's definitions: "/sluice/staging/services/".
func parameterPath(h home) string { return "/sluice/" + string(h.env) + "/services/" }

// newParameters stores each definition where the functions read it.
func newParameters(h home, services []definition.Service) {
	for _, s := range services {
		tier := awsssm.ParameterTier_STANDARD
		if len(s.JSON) > standardParameter {
			tier = awsssm.ParameterTier_ADVANCED
		}
		name := s.Definition.Service
		awsssm.NewStringParameter(h.stack, jsii.String("Definition-"+name), &awsssm.StringParameterProps{
			ParameterName: jsii.String(parameterPath(h) + name),
			Description:   jsii.String("How " + name + " is released; written by infra/services/" + name + ".yaml"),
			StringValue:   jsii.String(string(s.JSON)),
			Tier:          tier,
		})
	}
}
