package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// linksSecret is the name of the secret that signs links for looking. The stack does not make the secret: whoever wants the pages does,
// and nobody else pays for it.
func linksSecret(h home) string { return h.Name("") + "/links" }

// peopleSecret is the name of the secret that signs links and sessions that name a person. Only the functions that find out who somebody
// is read it.
func peopleSecret(h home) string { return h.Name("") + "/people" }

// webhookSecret is the name of the secret with which a host of code signs.
func webhookSecret(host string) func(home) string {
	return func(h home) string { return h.Name("") + "/webhook-" + host }
}

// readRepositorySecrets allows reading the secrets of repositories, which lie below their host's. It does not take their names from the
// definitions: a repository from which nothing is released may have a secret, too, and the role does not grow with them.
func readRepositorySecrets(hosts ...string) permission {
	return func(w wiring) []grant {
		var below []string
		for _, host := range hosts {
			below = append(below, w.ARN("secretsmanager", "secret:"+webhookSecret(host)(w.home)+"/*"))
		}
		return one(allow("KnowRepositories", below, "secretsmanager:GetSecretValue"))
	}
}

// newURL gives a function an address on the internet. Where signers wake it, AWS lets in whom IAM lets in (operator.go). Elsewhere everybody may
// call it, and the function itself checks who calls. Since October 2025 that takes two permissions
// (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). They are of CloudFormation's own type, so that
// both are written here. Where functions have no addresses, none of the three is made.
func newURL(h home, f function, made awslambda.Function, where conditions) *string {
	auth := "NONE"
	if f.woken == bySigner {
		auth = "AWS_IAM"
	}
	url := awslambda.NewCfnUrl(h.stack, jsii.String(title(f.name)+"Url"), &awslambda.CfnUrlProps{
		AuthType: &auth, TargetFunctionArn: made.FunctionArn(),
	})
	url.CfnOptions().SetCondition(where.addresses)
	if f.woken == bySigner {
		return url.AttrFunctionUrl()
	}
	visited := awslambda.NewCfnPermission(h.stack, jsii.String(title(f.name)+"MayBeVisited"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunctionUrl"), FunctionName: made.FunctionArn(), Principal: jsii.String("*"), FunctionUrlAuthType: jsii.String("NONE"),
	})
	visited.CfnOptions().SetCondition(where.addresses)
	invoked := awslambda.NewCfnPermission(h.stack, jsii.String(title(f.name)+"MayBeInvoked"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: made.FunctionArn(), Principal: jsii.String("*"), InvokedViaFunctionUrl: jsii.Bool(true),
	})
	invoked.CfnOptions().SetCondition(where.addresses)
	return url.AttrFunctionUrl()
}
