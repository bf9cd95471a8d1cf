package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// newGitHubAPI makes a parameter of the template for those who use GitHub Enterprise Server, which has an address of its own.
func newGitHubAPI(h home) string {
	return *awscdk.NewCfnParameter(h.stack, jsii.String("GitHubApi"), &awscdk.CfnParameterProps{
		Type: jsii.String("String"), Default: jsii.String("https://api.github.com"),
		Description: jsii.String("Where GitHub's REST API is; https://<host>/api/v3 for GitHub Enterprise Server"),
	}).ValueAsString()
}

// githubSecret is the name of the secret that holds the token. The stack does not make the secret: whoever wants GitHub to be told does.
func githubSecret(h home) string { return h.Name("") + "/github" }
