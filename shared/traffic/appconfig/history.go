package appconfig

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

// past is what it takes to read what was deployed.
type past interface {
	ListDeployments(context.Context, *api.ListDeploymentsInput, ...func(*api.Options)) (*api.ListDeploymentsOutput, error)
	GetDeployment(context.Context, *api.GetDeploymentInput, ...func(*api.Options)) (*api.GetDeploymentOutput, error)
}

// history is what was deployed to an environment of one configuration.
type history struct {
	of       kind.Configuration
	ours     []types.DeploymentSummary // of this configuration, the newest first; at least as far back as to what is served
	underWay *types.DeploymentSummary  // of the environment, whatever it is of; nil: none
}

// read lists deployments, the newest first, until it knows what is served. AppConfig lists them with the names of configurations, which need not be unique,
// and not with their ids. So it is asked which one a name stands for, once.
func read(ctx context.Context, of past, c kind.Configuration) (history, error) {
	h, names := history{of: c}, map[string]bool{}
	for next := (*string)(nil); ; {
		out, err := of.ListDeployments(ctx, &api.ListDeploymentsInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment, NextToken: next})
		if err != nil {
			return h, failed("listing the deployments of "+c.String(), err)
		}
		for i, one := range out.Items {
			if next == nil && i == 0 && moving(one.State) {
				h.underWay = &one
			}
			name := aws.ToString(one.ConfigurationName)
			ours, asked := names[name]
			if !asked {
				if ours, err = belongs(ctx, of, c, one.DeploymentNumber); err != nil {
					return h, err
				}
				names[name] = ours
			}
			if ours {
				h.ours = append(h.ours, one)
			}
			if len(h.completed()) == 2 {
				return h, nil
			}
		}
		if next = out.NextToken; next == nil {
			break
		}
	}
	if len(h.completed()) == 0 {
		return h, &traffic.Obstacle{What: "no version of " + c.String() + " was ever deployed, so there is none to come back to", Remedy: "deploy the first one by hand: " + c.Restore("1")}
	}
	return h, nil
}

// belongs says whether a deployment is one of this configuration.
func belongs(ctx context.Context, of past, c kind.Configuration, number int32) (bool, error) {
	out, err := get(ctx, of, c, number)
	if err != nil {
		return false, err
	}
	return aws.ToString(out.ConfigurationProfileId) == c.Profile, nil
}

func get(ctx context.Context, of past, c kind.Configuration, number int32) (*api.GetDeploymentOutput, error) {
	out, err := of.GetDeployment(ctx, &api.GetDeploymentInput{ApplicationId: &c.Application, EnvironmentId: &c.Environment, DeploymentNumber: &number})
	if err != nil {
		return nil, failed(fmt.Sprintf("reading deployment %d of %s", number, c), err)
	}
	return out, nil
}

// failed is what a call came to. What is not there is in the way.
func failed(doing string, err error) error {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return &traffic.Obstacle{What: aws.ToString(missing.Message), Remedy: "write ids of what is there into the definition: aws appconfig list-applications"}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// completed are the deployments that have brought what they were to bring: the first is what is served while nothing is under way, and the second what was
// served before.
func (h history) completed() []types.DeploymentSummary {
	var all []types.DeploymentSummary
	for _, one := range h.ours {
		if one.State == types.DeploymentStateComplete {
			all = append(all, one)
		}
	}
	return all
}

// last is the newest deployment of the configuration.
func (h history) last() types.DeploymentSummary { return h.ours[0] }

func (h history) handle() string { return strconv.Itoa(int(h.last().DeploymentNumber)) }

// foreign says whether a deployment of another configuration is under way in the environment.
func (h history) foreign() bool {
	return h.underWay != nil && h.underWay.DeploymentNumber != h.last().DeploymentNumber
}

// busy says why AppConfig begins no other deployment to the environment; empty when it does.
func (h history) busy() string {
	if h.underWay == nil {
		return ""
	}
	return fmt.Sprintf("AppConfig is not done with deployment %d to the environment, which is %s", h.underWay.DeploymentNumber, h.underWay.State)
}

// rests is the version that is served without a deployment that is under way.
func (h history) rests() string { return aws.ToString(h.completed()[0].ConfigurationVersion) }

// heads is the version that will be served when nothing else happens.
func (h history) heads() string {
	if forward(h.last().State) {
		return aws.ToString(h.last().ConfigurationVersion)
	}
	return h.rests()
}

// reverts is the version to which AppConfig goes back from the last deployment by itself; empty when it does not any more. It reverts what has completed
// in the last 72 hours; a little before that we do not rely on it.
func (h history) reverts(now time.Time) string {
	const sure = 72*time.Hour - 5*time.Minute
	switch last := h.last(); {
	case forward(last.State):
		return h.rests()
	case last.State != types.DeploymentStateComplete || len(h.completed()) < 2 || last.CompletedAt == nil || now.Sub(*last.CompletedAt) > sure:
		return ""
	}
	return aws.ToString(h.completed()[1].ConfigurationVersion)
}

// forward says whether a deployment is on its way to its version, or there and still watched.
func forward(s types.DeploymentState) bool {
	return s == types.DeploymentStateDeploying || s == types.DeploymentStateValidating || s == types.DeploymentStateBaking
}

func moving(s types.DeploymentState) bool { return forward(s) || s == types.DeploymentStateRollingBack }
