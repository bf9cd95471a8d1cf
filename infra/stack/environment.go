package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/addition"
	"sluice/infra/typed"
)

// An Environment is one installation of Sluice with its own stack: "production", "staging", "sandbox".
type Environment string

// Production is the environment whose data outlives mistakes: its stack and table are protected from deletion.
const Production Environment = "production"

// ParseEnvironment checks a name that a person wrote; an empty one means production.
func ParseEnvironment(name string) (Environment, error) {
	if name == "" {
		return Production, nil
	}
	return Environment(name), typed.Environment(name)
}

// Production says whether mistakes must not cost data.
func (e Environment) Production() bool { return e == Production }

// home is where the constructs live: the stack to which they are added, and the environment after which they are named.
type home struct {
	addition.Home // its names are literal where they are known, otherwise tokens that become references
	stack         awscdk.Stack
	env           Environment

	functions []function // of the engine
}

func newHome(stack awscdk.Stack, env Environment) home {
	at := addition.Home{Environment: string(env), Partition: *stack.Partition(), Region: *stack.Region(), Account: *stack.Account()}
	return home{Home: at, stack: stack, env: env}
}

// service is an AWS service that acts for this account, and not for another account whose resources name a role of this one
// (https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html#prevent-cross-service-confused-deputy;
// for Lambda AWS's own templates write the same: github.com/aws/agent-toolkit-for-aws, lambda-trust-policy.json).
func (h home) service(name string) awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(jsii.String(name), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": h.Account}},
	})
}

// removal keeps data in production and leaves nothing behind elsewhere.
func (h home) removal() awscdk.RemovalPolicy {
	if h.env.Production() {
		return awscdk.RemovalPolicy_RETAIN
	}
	return awscdk.RemovalPolicy_DESTROY
}
