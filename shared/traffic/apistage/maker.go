package apistage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type makerAPI interface {
	GetDeployments(context.Context, *apigateway.GetDeploymentsInput, ...func(*apigateway.Options)) (*apigateway.GetDeploymentsOutput, error)
	CreateDeployment(context.Context, *apigateway.CreateDeploymentInput, ...func(*apigateway.Options)) (*apigateway.CreateDeploymentOutput, error)
}

// Maker deploys APIs as they are now.
type Maker struct{ api makerAPI }

var _ traffic.Maker = (*Maker)(nil)

// Make implements traffic.Maker. The deployment's description names the release, so that a second try finds what the first has made. No stage is named:
// the deployment serves nobody. API Gateway takes one in five seconds from an account
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html). The SDK is not to try again by itself, because it could not know that an
// answer was lost, and would deploy twice.
func (m *Maker) Make(ctx context.Context, t rollout.Target, wants, release string) (string, *rollout.Rejection, error) {
	target, revision := *t.APIStage, kind.ReadStageRevision(wants)
	if revision.Deployment != kind.Now {
		return wants, nil, nil
	}
	if why := complete(target, revision); why != nil { // before anything is made
		return wants, why, nil
	}
	about := "Sluice: release " + release
	id, err := m.made(ctx, target, about)
	if err == nil && id == "" {
		var out *apigateway.CreateDeploymentOutput
		once := func(o *apigateway.Options) { o.RetryMaxAttempts = 1 }
		if out, err = m.api.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: &target.API, Description: &about}, once); err == nil {
			id = aws.ToString(out.Id)
		}
	}
	var busy *types.TooManyRequestsException
	switch {
	case errors.As(err, &busy):
		return wants, nil, &rollout.NotReady{What: fmt.Sprintf("API Gateway deploys one API in five seconds, and %s has to wait for its turn", target.API)}
	case isNotFound(err):
		o := traffic.ObstacleOf(gone(target, err))
		return wants, rollout.Because(o.What, o.Remedy), nil
	case isBadRequest(err): // an API without methods
		return wants, rollout.Because(fmt.Sprintf("API Gateway does not deploy API %s as it is: %s", target.API, reasonOf(err)), "mend the API, and release it again"), nil
	case err != nil:
		return wants, nil, fmt.Errorf("deploying API %s: %w", target.API, err)
	}
	revision.Deployment = id
	return revision.String(), nil, nil
}

// made is the deployment of this description; empty when there is none. Of several, which no try of ours leaves, it is the first by its id.
func (m *Maker) made(ctx context.Context, target kind.APIStage, about string) (string, error) {
	var found []string
	in := &apigateway.GetDeploymentsInput{RestApiId: &target.API, Limit: aws.Int32(500)}
	for {
		out, err := m.api.GetDeployments(ctx, in)
		if err != nil {
			return "", err
		}
		for _, d := range out.Items {
			if aws.ToString(d.Description) == about {
				found = append(found, aws.ToString(d.Id))
			}
		}
		if in.Position = out.Position; aws.ToString(in.Position) == "" {
			break
		}
	}
	if len(found) == 0 {
		return "", nil
	}
	return slices.Min(found), nil
}

// complete refuses a revision without a value for each variable that belongs to it.
func complete(target kind.APIStage, wants kind.StageRevision) *rollout.Rejection {
	belong := slices.Sorted(slices.Values(target.Variables))
	if slices.Equal(wants.Names(), belong) {
		return nil
	}
	return rollout.Because(fmt.Sprintf("revision %v gives values to %s, and %s belong to a revision of %v", wants, list(wants.Names()), list(belong), target), "write "+example(wants.Deployment, belong))
}

func reasonOf(err error) string {
	if r := new(types.BadRequestException); errors.As(err, &r) {
		return strings.TrimSpace(r.ErrorMessage())
	}
	return err.Error()
}
