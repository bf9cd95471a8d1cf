package keyvaluestore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type edgeAPI interface {
	GetDistribution(context.Context, *cloudfront.GetDistributionInput, ...func(*cloudfront.Options)) (*cloudfront.GetDistributionOutput, error)
	DescribeFunction(context.Context, *cloudfront.DescribeFunctionInput, ...func(*cloudfront.Options)) (*cloudfront.DescribeFunctionOutput, error)
}

// Inspector looks at what stands around a store before anything is touched. A function that names an origin that there is not answers viewers with errors.
type Inspector struct {
	store reader
	edge  edgeAPI
}

var _ traffic.Inspector = (*Inspector)(nil)

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, pool, _ string) (*rollout.Rejection, error) {
	k := *t.KeyValueStore
	if !slices.Contains(k.Labels(), pool) {
		return rollout.Because("the definition has no pool "+pool, "release "+strings.Join(k.Labels(), " or ")), nil
	}
	says, _, err := see(ctx, i.store, k)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	if why := leads(k, says.Stable); why != nil {
		return why, nil
	}
	if why, err := i.distribution(ctx, k); why != nil || err != nil {
		return why, err
	}
	return i.function(ctx, k)
}

// leads refuses a store that sends stable's requests elsewhere than the definition says: a way back would send them there.
func leads(k kind.KeyValueStore, stable kind.EdgePool) *rollout.Rejection {
	if want, ours := k.Pools[stable.Pool]; ours && want != stable.Origin {
		return rollout.Because(fmt.Sprintf("%s sends requests of pool %s to origin %s, and the definition says %s", k, stable.Pool, stable.Origin, want), "change the one that is wrong; to change the store: "+k.Restore(stable.Pool))
	}
	return nil
}

// distribution looks for the origins of both pools, and for the function in front of them.
func (i *Inspector) distribution(ctx context.Context, k kind.KeyValueStore) (*rollout.Rejection, error) {
	out, err := i.edge.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &k.Distribution})
	var missing *types.NoSuchDistribution
	if errors.As(err, &missing) {
		return rollout.Because("there is no distribution "+k.Distribution, "write the id of one that there is into the definition: aws cloudfront list-distributions"), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading distribution %s: %w", k.Distribution, err)
	}
	c := out.Distribution.DistributionConfig
	for _, label := range k.Labels() {
		if !slices.ContainsFunc(c.Origins.Items, func(o types.Origin) bool { return aws.ToString(o.Id) == k.Pools[label] }) {
			return rollout.Because(fmt.Sprintf("distribution %s has no origin %s, which pool %s names", k.Distribution, k.Pools[label], label), "add the origin to the distribution, or write the id of one that it has"), nil
		}
	}
	switch {
	case !aws.ToBool(c.Enabled):
		return rollout.Because(fmt.Sprintf("distribution %s is turned off: no request would try pool %s or %s", k.Distribution, k.Labels()[0], k.Labels()[1]), "aws cloudfront update-distribution --id "+k.Distribution+" with Enabled true"), nil
	case !runs(c, k.Function):
		return rollout.Because(fmt.Sprintf("no behavior of distribution %s runs function %s on viewers' requests", k.Distribution, k.Function),
			"associate the function with the behavior whose requests are to be split: aws cloudfront update-distribution --id "+k.Distribution+" with FunctionAssociations, EventType viewer-request"), nil
	}
	return nil, nil
}

// runs says whether a behavior runs a function on viewers' requests.
func runs(c *types.DistributionConfig, function string) bool {
	associated := func(a *types.FunctionAssociations) bool {
		return a != nil && slices.ContainsFunc(a.Items, func(f types.FunctionAssociation) bool {
			return f.EventType == types.EventTypeViewerRequest && strings.HasSuffix(aws.ToString(f.FunctionARN), ":function/"+function)
		})
	}
	return associated(c.DefaultCacheBehavior.FunctionAssociations) || c.CacheBehaviors != nil && slices.ContainsFunc(c.CacheBehaviors.Items, func(b types.CacheBehavior) bool { return associated(b.FunctionAssociations) })
}

// function looks at what edges run: it must read this store.
func (i *Inspector) function(ctx context.Context, k kind.KeyValueStore) (*rollout.Rejection, error) {
	out, err := i.edge.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &k.Function, Stage: types.FunctionStageLive})
	var missing *types.NoSuchFunctionExists
	if errors.As(err, &missing) {
		return rollout.Because("CloudFront function "+k.Function+" was never published", "aws cloudfront publish-function --name "+k.Function), nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading function %s: %w", k.Function, err)
	}
	stores := out.FunctionSummary.FunctionConfig.KeyValueStoreAssociations
	if stores == nil || !slices.ContainsFunc(stores.Items, func(a types.KeyValueStoreAssociation) bool { return aws.ToString(a.KeyValueStoreARN) == k.Store }) {
		return rollout.Because(fmt.Sprintf("CloudFront function %s does not read %s", k.Function, k), "associate the store with it and publish it: aws cloudfront update-function --name "+k.Function+" with KeyValueStoreAssociations"), nil
	}
	return nil, nil
}
