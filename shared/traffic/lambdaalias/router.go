// Package lambdaalias splits traffic between two versions of a Lambda function by the weights of an alias
// (https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html).
//
// The alias' RevisionId is the compare-and-set: every update makes a new one, and an update with an old one is refused.
package lambdaalias

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	GetAlias(context.Context, *lambda.GetAliasInput, ...func(*lambda.Options)) (*lambda.GetAliasOutput, error)
	UpdateAlias(context.Context, *lambda.UpdateAliasInput, ...func(*lambda.Options)) (*lambda.UpdateAliasOutput, error)
}

// Router is the traffic.Router of weighted Lambda aliases.
type Router struct{ lambda api }

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do, on the account and region of cfg.
func Ports(cfg aws.Config) traffic.Ports {
	client := lambda.NewFromConfig(cfg)
	i := &Inspector{client}
	return traffic.Ports{Router: &Router{client}, Inspector: i, Prober: i, Publisher: &Publisher{client}, Images: &Images{client}}
}

// New builds a router on the account and region of cfg.
func New(cfg aws.Config) *Router { return &Router{lambda: lambda.NewFromConfig(cfg)} }

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	a := t.LambdaAlias
	out, err := r.lambda.GetAlias(ctx, &lambda.GetAliasInput{FunctionName: &a.Function, Name: &a.Alias})
	if err != nil {
		return rollout.Split{}, fmt.Errorf("reading alias %s:%s: %w", a.Function, a.Alias, gone(a, err))
	}
	return split(out.FunctionVersion, out.RoutingConfig, out.RevisionId), nil
}

// Write implements traffic.Router. It replaces the whole routing: an omitted RoutingConfig would leave the old weights in place.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to, a := to.Plain(), t.LambdaAlias
	weights := map[string]float64{}
	if to.Candidate != "" {
		weights[to.Candidate] = to.Weight.Fraction()
	}
	out, err := r.lambda.UpdateAlias(ctx, &lambda.UpdateAliasInput{
		FunctionName: &a.Function, Name: &a.Alias, FunctionVersion: &to.Stable, RevisionId: &lock,
		RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: weights},
	})
	var stale *types.PreconditionFailedException
	if errors.As(err, &stale) {
		return to, fmt.Errorf("updating alias %s:%s: %w", a.Function, a.Alias, traffic.ErrMoved)
	}
	if err != nil {
		return to, fmt.Errorf("updating alias %s:%s: %w", a.Function, a.Alias, r.refused(ctx, t, to, err))
	}
	return split(out.FunctionVersion, out.RoutingConfig, out.RevisionId), nil
}

func split(version *string, routing *types.AliasRoutingConfiguration, tag *string) rollout.Split {
	s := rollout.Split{Stable: aws.ToString(version), Tag: aws.ToString(tag)}
	if routing == nil {
		return s
	}
	for candidate, weight := range routing.AdditionalVersionWeights {
		s.Candidate, s.Weight = candidate, rollout.FromFraction(weight)
	}
	return s
}
