package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sluice/shared/rollout"
)

// A trespass is something that the role of a build must not be allowed to do: with it, what somebody pushes could release itself.
type trespass struct {
	action, resource string // {function}, {service}, {environment}, {region}, {account} and {partition} are filled in
	why              string
}

var trespasses = []trespass{
	{"lambda:UpdateAlias", "arn:{partition}:lambda:{region}:{account}:function:{function}", "it could move traffic past Sluice"},
	{"events:PutEvents", "arn:{partition}:events:{region}:{account}:event-bus/sluice-{environment}", "it could ask, promote and answer in anybody's name"},
	{"dynamodb:UpdateItem", "arn:{partition}:dynamodb:{region}:{account}:table/sluice-{environment}", "it could write itself an approval"},
	{"dynamodb:PutItem", "arn:{partition}:dynamodb:{region}:{account}:table/sluice-{environment}", "it could write itself a release"},
	{"dynamodb:DeleteItem", "arn:{partition}:dynamodb:{region}:{account}:table/sluice-{environment}", "it could take away a lease"},
	{"lambda:InvokeFunction", "arn:{partition}:lambda:{region}:{account}:function:sluice-{environment}-decide", "it could say what people say by events"},
	{"lambda:InvokeFunction", "arn:{partition}:lambda:{region}:{account}:function:sluice-{environment}-command", "it could say what anybody types"},
	{"lambda:InvokeFunction", "arn:{partition}:lambda:{region}:{account}:function:sluice-{environment}-decide:console", "it could say what people say on the page"},
	{"secretsmanager:GetSecretValue", "arn:{partition}:secretsmanager:{region}:{account}:secret:sluice-{environment}/people-aaaaaa", "it could sign links as anybody"},
	{"secretsmanager:GetSecretValue", "arn:{partition}:secretsmanager:{region}:{account}:secret:sluice-{environment}/links-aaaaaa", "it could sign links to look with"},
	{"ssm:PutParameter", "arn:{partition}:ssm:{region}:{account}:parameter/sluice/{environment}/services/{service}", "it could write its own definition"},
}

// An account is what AWS knows of the roles of builds.
type account interface {
	// Role is the ARN of the role that a CodeBuild project's builds have.
	Role(ctx context.Context, project string) (arn string, err error)
	// May says whether a role's own policies allow an action on a resource.
	May(ctx context.Context, role, action, resource string) (allowed bool, err error)
	Region() string
}

// errNoAccount means that there are no credentials to look with.
var errNoAccount = errors.New("there are no AWS credentials or no region")

// errManyRoles means that nobody can say which role publishes: the actions of a pipeline have roles of their own.
var errManyRoles = errors.New("the actions of a pipeline have roles of their own")

// buildRole says what the role of the service's build must not be allowed, and, where that can be read, whether it is.
func buildRole(ctx context.Context, d rollout.Definition, environment string, open func(context.Context) (account, error)) string {
	if d.Source == nil || d.Source.Build == nil {
		return ""
	}
	var page strings.Builder
	whose, role, err := "role", "", error(errManyRoles)
	var a account
	if b := d.Source.Build; b.CodePipeline != nil {
		whose = "roles"
	} else if a, err = open(ctx); err == nil {
		role, err = a.Role(ctx, b.CodeBuild)
	}
	fmt.Fprintf(&page, "\n  The %s of %s must not have:\n", whose, d.Source.Build)
	for _, t := range trespasses {
		if strings.Contains(t.resource, "{function}") && d.Target.LambdaAlias == nil {
			continue
		}
		said := ""
		if err == nil {
			said, err = t.look(ctx, a, role, environment, d)
		}
		fmt.Fprintf(&page, "  %-9s %-30s %s\n", said, t.action, t.why)
	}
	switch {
	case err != nil:
		fmt.Fprintf(&page, "  SKIPPED: what it has was not looked at: %v\n", err)
	default:
		fmt.Fprintf(&page, "  That is what the policies of %s say; a policy of the bus or of a secret may allow more.\n", role)
	}
	return page.String()
}

// look says in a few words, for a row, whether the role is allowed the trespass.
func (t trespass) look(ctx context.Context, a account, role, environment string, d rollout.Definition) (string, error) {
	parts := strings.Split(role, ":")
	if len(parts) < 6 {
		return "", fmt.Errorf("%q is not the ARN of a role", role)
	}
	function := ""
	if l := d.Target.LambdaAlias; l != nil {
		function = l.Function
	}
	resource := strings.NewReplacer("{partition}", parts[1], "{region}", a.Region(), "{account}", parts[4], "{environment}", environment,
		"{service}", d.Service, "{function}", function).Replace(t.resource)
	allowed, err := a.May(ctx, role, t.action, resource)
	switch {
	case err != nil:
		return "", err
	case allowed:
		return "IT HAS IT", nil
	}
	return "has not", nil
}
