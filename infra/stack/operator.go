package stack

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
)

// newOperator makes the policy of those who use the command line, and answers its ARN. It is attached to nobody.
func newOperator(w wiring) *string {
	return awsiam.NewCfnManagedPolicy(w.stack, jsii.String("Operator"), &awsiam.CfnManagedPolicyProps{
		ManagedPolicyName: jsii.String(w.Name("operator")),
		Description:       jsii.String("To read releases of " + w.Name("") + " and to speak to them by the command line"),
		PolicyDocument:    writtenDocument(ofOperators(w)),
	}).Ref()
}

// ofOperators is what the command line does: it calls the address of the function command, and reads records. An address takes two permissions
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). Neither lets anybody invoke the function past its address: there they could
// state themselves who they are.
func ofOperators(w wiring) []grant {
	spoken := []string{w.ARN("lambda", "function:"+w.Name(command.name))}
	records := allow("ReadReleases", []string{*w.table.TableArn()}, "dynamodb:GetItem", "dynamodb:Query")
	return []grant{
		allow("Speak", spoken, "lambda:InvokeFunctionUrl").only("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"),
		allow("SpeakByTheAddress", spoken, "lambda:InvokeFunction").only("Bool", "lambda:InvokedViaFunctionUrl", "true"),
		allow("FindTheAddress", spoken, "lambda:GetFunctionUrlConfig"),
		records.only("ForAllValues:StringLike", "dynamodb:LeadingKeys", []string{"release#*", "evidence#*", "freeze#*"}).only("Null", "dynamodb:LeadingKeys", "false"),
		allow("ListReleases", []string{*w.table.TableArn() + "/index/" + releasesOfService}, "dynamodb:Query"),
		anywhere("ListLogs", "logs:DescribeLogGroups"),
		allow("ReadLogs", []string{w.ARN("logs", "log-group:/aws/lambda/"+w.Name("")+"-*")}, "logs:FilterLogEvents"),
		allow("ListServices", []string{w.ARN("ssm", "parameter"+strings.TrimSuffix(addition.DefinitionPath(w.Environment), "/"))}, "ssm:GetParametersByPath"),
	}
}
