package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
)

// standardParameter is the size in bytes up to which a parameter costs nothing
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html).
const standardParameter = 4096

// newParameters stores what functions read, of one sort, for example "Definition".
func newParameters(h home, sort string, parameters []addition.Parameter) {
	if len(parameters) == 0 {
		// A stack must have something in it, and a stack that is left out of the app would keep what it had.
		awscdk.NewCfnWaitConditionHandle(h.stack, jsii.String("Nothing"), nil)
	}
	for _, p := range parameters {
		tier := awsssm.ParameterTier_STANDARD
		if len(p.Value) > standardParameter {
			tier = awsssm.ParameterTier_ADVANCED
		}
		awsssm.NewStringParameter(h.stack, jsii.String(sort+"-"+p.Key), &awsssm.StringParameterProps{
			ParameterName: jsii.String(p.Name), Description: jsii.String(p.About), StringValue: jsii.String(p.Value), Tier: tier,
		})
	}
}
