package apistage

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

type inspectorAPI interface {
	getter
	GetDeployment(context.Context, *apigateway.GetDeploymentInput, ...func(*apigateway.Options)) (*apigateway.GetDeploymentOutput, error)
}

// Inspector looks at deployments before they get traffic.
type Inspector struct{ api inspectorAPI }

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, revision, stable string) (*rollout.Rejection, error) {
	target, wants := *t.APIStage, kind.ReadStageRevision(revision)
	if why := named(target, wants, kind.ReadStageRevision(stable)); why != nil {
		return why, nil
	}
	_, err := i.api.GetDeployment(ctx, &apigateway.GetDeploymentInput{RestApiId: &target.API, DeploymentId: &wants.Deployment})
	if isNotFound(err) {
		return rollout.Because(fmt.Sprintf("API %s has no deployment %s", target.API, wants.Deployment),
			"deploy the API without a stage (aws apigateway create-deployment --rest-api-id "+target.API+"), or choose one of: aws apigateway get-deployments --rest-api-id "+target.API), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading deployment %s of API %s: %w", wants.Deployment, target.API, err)
	}
	return i.counted(ctx, target)
}

// Survey implements traffic.Surveyor.
func (i *Inspector) Survey(ctx context.Context, t rollout.Target, _ string) (*rollout.Rejection, error) {
	return i.counted(ctx, *t.APIStage)
}

// named refuses a revision by its name alone. With stable's own deployment the canary would be another deployment in nothing but its variables: the
// stage's cache, and its access log, would not tell the two apart.
func named(target kind.APIStage, wants, stable kind.StageRevision) *rollout.Rejection {
	if why := complete(target, wants); why != nil {
		return why
	}
	if wants.Deployment == stable.Deployment {
		return rollout.Because(fmt.Sprintf("stable is deployment %s already, with other variables: API Gateway's cache and access log could not tell the two apart", stable.Deployment),
			"deploy the API once more (aws apigateway create-deployment --rest-api-id "+target.API+") and release that deployment")
	}
	return nil
}

// example is how a revision of a deployment is written.
func example(deployment string, variables []string) string {
	for _, name := range variables {
		deployment += "+" + name + "=<value>"
	}
	return deployment
}

func list(names []string) string {
	if len(names) == 0 {
		return "no variables"
	}
	return strings.Join(names, ", ")
}

// counted refuses a stage whose access log Sluice cannot count, although the definition says that it does: nothing would be compared.
func (i *Inspector) counted(ctx context.Context, target kind.APIStage) (*rollout.Rejection, error) {
	if target.AccessLog == "" {
		return nil, nil
	}
	out, err := i.api.GetStage(ctx, &apigateway.GetStageInput{RestApiId: &target.API, StageName: &target.Stage})
	if err != nil {
		return nil, fmt.Errorf("reading the access log of %v: %w", target, err)
	}
	group, format := "", ""
	if l := out.AccessLogSettings; l != nil {
		_, group, _ = strings.Cut(strings.TrimSuffix(aws.ToString(l.DestinationArn), ":*"), ":log-group:")
		format = aws.ToString(l.Format)
	}
	if group == target.AccessLog && kind.LogCounts(format) {
		return nil, nil
	}
	return rollout.Because(fmt.Sprintf("the access log of %v does not say in log group %s which deployment answered each request", target, target.AccessLog),
		"have the stage log in this format: aws apigateway update-stage --rest-api-id "+target.API+" --stage-name "+target.Stage+
			" --patch-operations '[{\"op\":\"replace\",\"path\":\"/accessLogSettings/destinationArn\",\"value\":\"<ARN of the log group>\"},{\"op\":\"replace\",\"path\":\"/accessLogSettings/format\",\"value\":\"<"+
			"the format in docs/targets/api-stage.md>\"}]'"), nil
}
