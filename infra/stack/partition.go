package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// conditions tell where a stack is deployed, as far as AWS offers less there. They are evaluated at the deployment, so that one
// template fits every Region.
type conditions struct {
	china, gov         awscdk.CfnCondition
	addresses, nowhere awscdk.CfnCondition // functions have addresses on the internet, or none
	traces             awscdk.CfnCondition // functions can be traced
}

// newConditions makes the conditions. In China functions have no addresses, and X-Ray does not trace them
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html), but it traces Step Functions
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/step-functions.html). The other Regions without addresses
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html) become fewer, so whoever deploys says so.
func newConditions(h home) conditions {
	china := newCondition(h, "China", awscdk.Fn_ConditionEquals(h.Partition, "aws-cn"))
	wanted := awscdk.NewCfnParameter(h.stack, jsii.String("FunctionAddresses"), &awscdk.CfnParameterProps{
		Type: jsii.String("String"), Default: jsii.String("yes"), AllowedValues: jsii.Strings("yes", "no"),
		Description: jsii.String("no: in a Region where Lambda has no function URLs; in China this is known"),
	})
	addresses := newCondition(h, "Addresses", awscdk.Fn_ConditionAnd(
		awscdk.Fn_ConditionNot(china), awscdk.Fn_ConditionEquals(wanted.ValueAsString(), "yes")))
	return conditions{
		china: china, gov: newCondition(h, "GovCloud", awscdk.Fn_ConditionEquals(h.Partition, "aws-us-gov")),
		addresses: addresses, nowhere: newCondition(h, "NoAddresses", awscdk.Fn_ConditionNot(addresses)),
		traces: newCondition(h, "Traces", awscdk.Fn_ConditionNot(china)),
	}
}

func newCondition(h home, id string, expression awscdk.ICfnConditionExpression) awscdk.CfnCondition {
	return awscdk.NewCfnCondition(h.stack, jsii.String(id), &awscdk.CfnConditionProps{Expression: expression})
}

// either is one of two values; the deployment chooses which.
func either(c awscdk.CfnCondition, yes, no any) *string {
	return awscdk.Token_AsString(awscdk.Fn_ConditionIf(c.LogicalId(), yes, no), nil)
}
