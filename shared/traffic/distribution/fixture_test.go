package distribution_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/distribution"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// fixture is a distribution with all that its releases need. The draft has the candidate.
type fixture struct {
	*watch
	t         *testing.T
	edge      *cloudfront.Service
	box       *sandbox.Sandbox
	router    *distribution.Router
	target    kind.Distribution
	revisions conformance.Revisions
	origins   map[string]string // of configurations
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{watch: newWatch(), t: t, origins: map[string]string{}}
	part := func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return cloudfront.New(cloudfront.Options{Home: in.Home, Chance: in.Chance})
	}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{part}, Middleware: []wire.Middleware{f.Around}})
	f.edge, f.router = sandbox.PartOf[cloudfront.Service](f.box), distribution.New(f.box.Config(""))
	f.make()
	f.revisions = conformance.Revisions{Stable: f.digest("stable"), Candidate: f.digest("candidate"), Other: f.digest("other")}
	f.point(f.target.Draft, "candidate")
	return f
}

// must is the answer of a call that nothing hinders.
func must[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// make makes four distributions, and a policy that is off.
func (f *fixture) make() {
	ctx := f.t.Context()
	made := must(f.edge.CreateDistribution(ctx, &api.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: aws.String("shop"), Comment: aws.String("shop"), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2, IsIPV6Enabled: aws.Bool(true),
		Aliases:              &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}},
		Origins:              &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{Id: aws.String("shop"), DomainName: aws.String("stable.example")}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("shop"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}}))(f.t)
	f.target.Primary = *made.Distribution.Id
	copied := func(reference string) *types.Distribution {
		return must(f.edge.CopyDistribution(ctx, &api.CopyDistributionInput{CallerReference: &reference, PrimaryDistributionId: &f.target.Primary, IfMatch: made.ETag, Staging: aws.Bool(true)}))(f.t).Distribution
	}
	staging := copied("staging")
	f.target.Staging, f.target.Draft, f.target.Previous = *staging.Id, *copied("draft").Id, *copied("previous").Id
	policy := must(f.edge.CreateContinuousDeploymentPolicy(ctx, &api.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: &types.ContinuousDeploymentPolicyConfig{
		Enabled: aws.Bool(false), StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{*staging.DomainName}},
	}}))(f.t)
	f.target.Policy = *policy.ContinuousDeploymentPolicy.Id
	f.change(f.target.Primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = &f.target.Policy })
}

func (f *fixture) change(id string, change func(*types.DistributionConfig)) {
	f.t.Helper()
	now := f.read(id)
	change(now.Distribution.DistributionConfig)
	must(f.edge.UpdateDistribution(f.t.Context(), &api.UpdateDistributionInput{Id: &id, IfMatch: now.ETag, DistributionConfig: now.Distribution.DistributionConfig}))(f.t)
}

func (f *fixture) read(id string) *api.GetDistributionOutput {
	f.t.Helper()
	return must(f.edge.GetDistribution(f.t.Context(), &api.GetDistributionInput{Id: &id}))(f.t)
}

// point gives a distribution the configuration with an origin.
func (f *fixture) point(id, origin string) {
	f.t.Helper()
	f.change(id, func(c *types.DistributionConfig) { c.Origins.Items[0].DomainName = aws.String(origin + ".example") })
}

// digest is the name of the configuration with an origin.
func (f *fixture) digest(origin string) string {
	c := f.read(f.target.Primary).Distribution.DistributionConfig
	c.Origins.Items[0].DomainName = aws.String(origin + ".example")
	digest := must(distribution.Digest(c))(f.t)
	f.origins[digest] = origin
	return digest
}

func (f *fixture) policy() *api.GetContinuousDeploymentPolicyOutput {
	f.t.Helper()
	return must(f.edge.GetContinuousDeploymentPolicy(f.t.Context(), &api.GetContinuousDeploymentPolicyInput{Id: &f.target.Policy}))(f.t)
}

func (f *fixture) steer(c *types.ContinuousDeploymentPolicyConfig) {
	f.t.Helper()
	must(f.edge.UpdateContinuousDeploymentPolicy(f.t.Context(), &api.UpdateContinuousDeploymentPolicyInput{Id: &f.target.Policy, IfMatch: f.policy().ETag, ContinuousDeploymentPolicyConfig: c}))(f.t)
}

func (f *fixture) Router() traffic.Router { return f.router }

func (f *fixture) Target() rollout.Target { return rollout.Target{Distribution: &f.target} }

func (f *fixture) Revisions() conformance.Revisions { return f.revisions }

// Locks: every mutation makes a new ETag.
func (f *fixture) Locks() bool { return true }

// named is the origin of a distribution's configuration, which tells configurations apart, as their digest.
func (f *fixture) named(id string) string {
	f.t.Helper()
	c := f.read(id).Distribution.DistributionConfig
	for digest, origin := range f.origins {
		if *c.Origins.Items[0].DomainName == origin+".example" {
			return digest
		}
	}
	f.t.Errorf("distribution %s has origin %s", id, *c.Origins.Items[0].DomainName)
	return ""
}

// Serves reads what CloudFront holds, past the router.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	s := rollout.Split{Stable: f.named(f.target.Primary), Tag: must(f.router.Read(unwatched(t.Context()), f.Target()))(t).Tag}
	policy := f.policy().ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig
	if *policy.Enabled && policy.TrafficConfig != nil && policy.TrafficConfig.SingleWeightConfig != nil {
		weight := *policy.TrafficConfig.SingleWeightConfig.Weight
		s.Candidate, s.Weight = f.named(f.target.Staging), rollout.FromFraction(float64(weight))
		if float32(s.Weight.Fraction()) != weight {
			t.Errorf("the policy has the weight %v, which is not %v", weight, s.Weight)
		}
	}
	if m := f.target.Marked; m != nil && *policy.Enabled && policy.TrafficConfig != nil && policy.TrafficConfig.SingleHeaderConfig != nil {
		if *policy.TrafficConfig.SingleHeaderConfig.Header == m.Header {
			s.Candidate, s.Marked = f.named(f.target.Staging), true
		}
	}
	return s
}

// Move steers the distributions past the router, by hand.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	if f.named(f.target.Primary) != to.Stable {
		f.point(f.target.Primary, f.origins[to.Stable])
	}
	policy := f.policy().ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig
	policy.Enabled = aws.Bool(to.Candidate != "")
	if to.Candidate != "" {
		f.point(f.target.Staging, f.origins[to.Candidate])
		policy.TrafficConfig = &types.TrafficConfig{
			Type: types.ContinuousDeploymentPolicyTypeSingleWeight, SingleWeightConfig: &types.ContinuousDeploymentSingleWeightConfig{Weight: aws.Float32(float32(to.Weight.Fraction()))},
		}
	}
	f.steer(policy)
}
