package appconfig

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
)

// revertible is how long a deployment that has completed may be reverted
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-deploying-reverting.html).
const revertible = 72 * time.Hour

// deployment brings one version of a profile to the callers of an environment.
type deployment struct {
	to          *environment
	number      int32
	of          *profile
	version     *version
	before      *version // what was served when it began; nil: nothing
	strategy    *types.DeploymentStrategy
	description string
	state       types.DeploymentState
	percent     float64
	log         []types.DeploymentEvent // the newest first
	began       time.Time
	completed   time.Time
	associated  []*association
	turned      chan struct{} // closed when it goes back
}

// moving says whether a deployment is still under way: then no other one can begin in its environment.
func (d *deployment) moving() bool {
	switch d.state {
	case types.DeploymentStateDeploying, types.DeploymentStateBaking, types.DeploymentStateValidating, types.DeploymentStateRollingBack:
		return true
	}
	return false
}

// underWay is the deployment that moves in an environment: one configuration is deployed to it at a time
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-deploying.html).
func (e *environment) underWay() *deployment {
	if n := len(e.deployments); n > 0 && e.deployments[n-1].moving() {
		return e.deployments[n-1]
	}
	return nil
}

// StartDeployment begins to bring a version out. There is no token: a call that is repeated while the deployment is under way is a conflict. Belief: a
// deployment that bakes is under way, too.
func (s *Service) StartDeployment(ctx context.Context, in *api.StartDeploymentInput) (*api.StartDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.environment(in.ApplicationId, in.EnvironmentId)
	if err != nil {
		return nil, err
	}
	d, err := s.wanted(e, in)
	if err != nil {
		return nil, err
	}
	if other := e.underWay(); other != nil {
		return nil, &types.ConflictException{Message: aws.String(fmt.Sprintf("Deployment number %d already in progress.", other.number))}
	}
	if err := d.of.validate(d.version.content); err != nil {
		return nil, err
	}
	d.number, d.before, d.began = int32(len(e.deployments)+1), e.serves[d.of.id], time.Now()
	d.state, d.turned, d.associated = types.DeploymentStateDeploying, make(chan struct{}), s.associatedWith(e, d.of)
	e.deployments = append(e.deployments, d)
	d.note(types.DeploymentEventTypeDeploymentStarted, types.TriggeredByUser, "Deployment started")
	s.notify(d, "On Deployment Start", "OnDeploymentStart")
	go s.run(d)
	return (*api.StartDeploymentOutput)(d.described()), nil
}

// wanted is the deployment that a request asks for.
func (s *Service) wanted(e *environment, in *api.StartDeploymentInput) (*deployment, error) {
	p, err := s.profile(in.ApplicationId, in.ConfigurationProfileId)
	if err != nil {
		return nil, err
	}
	strategy := s.strategies[aws.ToString(in.DeploymentStrategyId)]
	if strategy == nil {
		return nil, missing("DeploymentStrategy", aws.ToString(in.DeploymentStrategyId))
	}
	v := p.named(aws.ToString(in.ConfigurationVersion))
	switch {
	case v == nil:
		return nil, missing("HostedConfigurationVersion", aws.ToString(in.ConfigurationVersion))
	case len(aws.ToString(in.Description)) > 1024:
		return nil, bad("Description is longer than 1024.")
	}
	return &deployment{to: e, of: p, version: v, strategy: strategy, description: aws.ToString(in.Description)}, nil
}

// StopDeployment turns a deployment round that is under way, or, with AllowRevert, takes one back that has completed in the last 72 hours. Anything else
// is refused (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-deploying-reverting.html). Beliefs: one that bakes is under way; only
// the last deployment of a profile can be reverted, and none while another one is under way; a deployment before which nothing was deployed cannot.
func (s *Service) StopDeployment(_ context.Context, in *api.StopDeploymentInput) (*api.StopDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.deployment(in.ApplicationId, in.EnvironmentId, in.DeploymentNumber)
	switch {
	case err != nil:
		return nil, err
	case d.state == types.DeploymentStateDeploying || d.state == types.DeploymentStateBaking:
		s.turn(d, types.TriggeredByUser, "Deployment stopped by user")
	case d.state != types.DeploymentStateComplete || !aws.ToBool(in.AllowRevert):
		return nil, bad("Cannot stop a deployment in state %s.", d.state)
	case time.Since(d.completed) > revertible:
		return nil, bad("Deployment %d completed more than 72 hours ago and can't be reverted.", d.number)
	case d.to.underWay() != nil || d.to.serves[d.of.id] != d.version || d.before == nil:
		return nil, bad("Deployment %d can't be reverted.", d.number)
	default:
		d.state = types.DeploymentStateReverted
		d.to.serves[d.of.id] = d.before
		d.note(types.DeploymentEventTypeRevertCompleted, types.TriggeredByUser, "Deployment reverted")
		s.notify(d, "On Deployment Rollback", "OnDeploymentRolledBack")
	}
	return (*api.StopDeploymentOutput)(d.described()), nil
}

// GetDeployment tells how far a deployment is.
func (s *Service) GetDeployment(_ context.Context, in *api.GetDeploymentInput) (*api.GetDeploymentOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.deployment(in.ApplicationId, in.EnvironmentId, in.DeploymentNumber)
	if err != nil {
		return nil, err
	}
	return d.described(), nil
}

// ListDeployments lists the deployments of an environment, the newest first
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_ListDeployments.html). It does not say of which profile they are but by its name.
func (s *Service) ListDeployments(_ context.Context, in *api.ListDeploymentsInput) (*api.ListDeploymentsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.environment(in.ApplicationId, in.EnvironmentId)
	if err != nil {
		return nil, err
	}
	most := int(aws.ToInt32(in.MaxResults))
	switch {
	case in.MaxResults == nil:
		most = 50
	case most < 1 || most > 50:
		return nil, bad("MaxResults is %d, and must be from 1 to 50.", most)
	}
	newest := slices.Clone(e.deployments)
	slices.Reverse(newest)
	from, _ := strconv.Atoi(aws.ToString(in.NextToken))
	out := &api.ListDeploymentsOutput{}
	for i := from; i < len(newest) && i < from+most; i++ {
		out.Items = append(out.Items, newest[i].summary())
	}
	if from+most < len(newest) {
		out.NextToken = aws.String(strconv.Itoa(from + most))
	}
	return out, nil
}

func (s *Service) deployment(app, env *string, number *int32) (*deployment, error) {
	e, err := s.environment(app, env)
	if err != nil {
		return nil, err
	}
	if n := int(aws.ToInt32(number)); n >= 1 && n <= len(e.deployments) {
		return e.deployments[n-1], nil
	}
	return nil, missing("Deployment", fmt.Sprint(aws.ToInt32(number)))
}

func (d *deployment) described() *api.GetDeploymentOutput {
	out := &api.GetDeploymentOutput{
		ApplicationId: &d.to.of.id, EnvironmentId: &d.to.id, ConfigurationProfileId: &d.of.id, ConfigurationName: &d.of.name,
		ConfigurationLocationUri: aws.String("hosted"), ConfigurationVersion: aws.String(strconv.Itoa(int(d.version.number))), DeploymentNumber: d.number,
		DeploymentStrategyId: d.strategy.Id, DeploymentDurationInMinutes: d.strategy.DeploymentDurationInMinutes, FinalBakeTimeInMinutes: d.strategy.FinalBakeTimeInMinutes,
		GrowthFactor: d.strategy.GrowthFactor, GrowthType: d.strategy.GrowthType, Description: &d.description, State: d.state, EventLog: slices.Clone(d.log),
		PercentageComplete: d.reached(), StartedAt: aws.Time(d.began.UTC()), CompletedAt: d.ended(), VersionLabel: d.version.labelled(),
	}
	for _, a := range d.associated {
		out.AppliedExtensions = append(out.AppliedExtensions, types.AppliedExtension{
			ExtensionAssociationId: &a.id, ExtensionId: &a.extension.id, VersionNumber: a.extension.number, Parameters: a.parameters,
		})
	}
	return out
}

func (d *deployment) summary() types.DeploymentSummary {
	return types.DeploymentSummary{
		ConfigurationName: &d.of.name, ConfigurationVersion: aws.String(strconv.Itoa(int(d.version.number))), DeploymentNumber: d.number,
		DeploymentDurationInMinutes: d.strategy.DeploymentDurationInMinutes, FinalBakeTimeInMinutes: d.strategy.FinalBakeTimeInMinutes,
		GrowthFactor: d.strategy.GrowthFactor, GrowthType: d.strategy.GrowthType, State: d.state, PercentageComplete: d.reached(),
		StartedAt: aws.Time(d.began.UTC()), CompletedAt: d.ended(), VersionLabel: d.version.labelled(),
	}
}

// reached is at least 1, as the model says (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_GetDeployment.html).
func (d *deployment) reached() *float32 { return aws.Float32(float32(max(1, d.percent))) }

func (d *deployment) ended() *time.Time {
	if d.completed.IsZero() {
		return nil
	}
	return aws.Time(d.completed.UTC())
}

func (d *deployment) note(what types.DeploymentEventType, by types.TriggeredBy, why string, calls ...types.ActionInvocation) {
	d.log = slices.Insert(d.log, 0, types.DeploymentEvent{EventType: what, TriggeredBy: by, Description: &why, OccurredAt: aws.Time(time.Now().UTC()), ActionInvocations: calls})
}
