package draft

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var apiStage = Kind{
	kind.APIStageID,
	[]Field{
		{Flag: "api", Ask: "REST API", Offer: apis, List: "aws apigateway get-rest-apis"},
		{Flag: "stage", Ask: "Stage", Offer: stages, List: "aws apigateway get-stages --rest-api-id API"},
	},
	logged,
}

func apis(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := apigateway.NewGetRestApisPaginator(apigateway.NewFromConfig(in), &apigateway.GetRestApisInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing APIs: %w", err)
		}
		for _, a := range page.Items {
			found = append(found, Choice{aws.ToString(a.Id), aws.ToString(a.Name)})
		}
	}
	return found, nil
}

func stages(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	out, err := apigateway.NewFromConfig(in).GetStages(ctx, &apigateway.GetStagesInput{RestApiId: aws.String(so["api"])})
	if err != nil {
		return nil, fmt.Errorf("listing stages of API %s: %w", so["api"], err)
	}
	for _, s := range out.Item {
		found = append(found, Choice{aws.ToString(s.StageName), "deployment " + aws.ToString(s.DeploymentId)})
	}
	return found, nil
}

// logged is the stage with the access log that it writes: Sluice makes metrics of that.
func logged(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
	s := kind.APIStage{API: so["api"], Stage: so["stage"]}
	out, err := apigateway.NewFromConfig(in).GetStage(ctx, &apigateway.GetStageInput{RestApiId: &s.API, StageName: &s.Stage})
	if err != nil {
		return rollout.Target{}, fmt.Errorf("reading %s: %w", s, err)
	}
	if l := out.AccessLogSettings; l != nil {
		_, s.AccessLog, _ = strings.Cut(aws.ToString(l.DestinationArn), ":log-group:")
		s.AccessLog = strings.TrimSuffix(s.AccessLog, ":*")
	}
	return rollout.Target{APIStage: &s}, nil
}
