package appconfig

import (
	"context"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/appconfig/types"
)

// predefined are the strategies that every account has:
// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-creating-deployment-strategy-predefined.html
func predefined() map[string]*types.DeploymentStrategy {
	all := map[string]*types.DeploymentStrategy{}
	for _, s := range []types.DeploymentStrategy{
		{Name: aws.String("AppConfig.Linear20PercentEvery6Minutes"), GrowthType: types.GrowthTypeLinear, GrowthFactor: aws.Float32(20), DeploymentDurationInMinutes: 30, FinalBakeTimeInMinutes: 30},
		{Name: aws.String("AppConfig.Canary10Percent20Minutes"), GrowthType: types.GrowthTypeExponential, GrowthFactor: aws.Float32(10), DeploymentDurationInMinutes: 20, FinalBakeTimeInMinutes: 10},
		{Name: aws.String("AppConfig.AllAtOnce"), GrowthType: types.GrowthTypeLinear, GrowthFactor: aws.Float32(100), FinalBakeTimeInMinutes: 10},
		{Name: aws.String("AppConfig.Linear50PercentEvery30Seconds"), GrowthType: types.GrowthTypeLinear, GrowthFactor: aws.Float32(50), DeploymentDurationInMinutes: 1, FinalBakeTimeInMinutes: 1},
	} {
		s.Id, s.ReplicateTo = s.Name, types.ReplicateToNone
		all[*s.Id] = &s
	}
	return all
}

// CreateDeploymentStrategy makes a strategy. Limits: https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateDeploymentStrategy.html
func (s *Service) CreateDeploymentStrategy(_ context.Context, in *api.CreateDeploymentStrategyInput) (*api.CreateDeploymentStrategyOutput, error) {
	const day = 24 * 60
	duration, factor := aws.ToInt32(in.DeploymentDurationInMinutes), aws.ToFloat32(in.GrowthFactor)
	switch err := named(in.Name, 64); {
	case err != nil:
		return nil, err
	case duration < 0 || duration > day || in.FinalBakeTimeInMinutes < 0 || in.FinalBakeTimeInMinutes > day:
		return nil, bad("A deployment lasts from 0 to %d minutes, and bakes as long at most.", day)
	case factor < 1 || factor > 100:
		return nil, bad("GrowthFactor is %v, and must be from 1 to 100.", factor)
	}
	growth := in.GrowthType
	if growth == "" {
		growth = types.GrowthTypeLinear
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made := types.DeploymentStrategy{
		Id: aws.String(s.next()), Name: in.Name, Description: in.Description, GrowthType: growth, GrowthFactor: &factor,
		DeploymentDurationInMinutes: duration, FinalBakeTimeInMinutes: in.FinalBakeTimeInMinutes, ReplicateTo: types.ReplicateToNone,
	}
	s.strategies[*made.Id] = &made
	return &api.CreateDeploymentStrategyOutput{
		Id: made.Id, Name: made.Name, Description: made.Description, GrowthType: made.GrowthType, GrowthFactor: made.GrowthFactor,
		DeploymentDurationInMinutes: made.DeploymentDurationInMinutes, FinalBakeTimeInMinutes: made.FinalBakeTimeInMinutes, ReplicateTo: made.ReplicateTo,
	}, nil
}

// GetDeploymentStrategy tells how deployments by it grow.
func (s *Service) GetDeploymentStrategy(_ context.Context, in *api.GetDeploymentStrategyInput) (*api.GetDeploymentStrategyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.strategies[aws.ToString(in.DeploymentStrategyId)]
	if known == nil {
		return nil, missing("DeploymentStrategy", aws.ToString(in.DeploymentStrategyId))
	}
	return &api.GetDeploymentStrategyOutput{
		Id: known.Id, Name: known.Name, Description: known.Description, GrowthType: known.GrowthType, GrowthFactor: known.GrowthFactor,
		DeploymentDurationInMinutes: known.DeploymentDurationInMinutes, FinalBakeTimeInMinutes: known.FinalBakeTimeInMinutes, ReplicateTo: known.ReplicateTo,
	}, nil
}

// step is a share of the callers that a deployment reaches, and when, from its beginning on.
type step struct {
	percent float64
	after   time.Duration
}

// grows lists the steps of a strategy. LINEAR adds the growth factor at each of them. EXPONENTIAL reaches G*2^N percent
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateDeploymentStrategy.html).
//
// Belief: the steps are evenly spread, and the last is at the end of the duration, as in "20 % of all targets every six minutes for a 30-minute
// deployment". The recorded deployment in the AWS CLI's examples is a step ahead of that: 25 % in 15 minutes were 100 % after 12.
func grows(s *types.DeploymentStrategy, minute time.Duration) []step {
	factor := float64(*s.GrowthFactor)
	var percents []float64
	for n := 0; len(percents) == 0 || percents[n-1] < 100; n++ {
		next := factor * float64(n+1)
		if s.GrowthType == types.GrowthTypeExponential {
			next = factor * math.Pow(2, float64(n))
		}
		percents = append(percents, min(100, next))
	}
	total := time.Duration(s.DeploymentDurationInMinutes) * minute
	steps := make([]step, len(percents))
	for i, p := range percents {
		steps[i] = step{p, total * time.Duration(i+1) / time.Duration(len(percents))}
	}
	if total == 0 { // all at once, whatever the factor
		return []step{{percent: 100}}
	}
	return steps
}
