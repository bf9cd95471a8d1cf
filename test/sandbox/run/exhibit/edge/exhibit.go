// Package edge is the show of a CloudFront distribution: its callers ask three edges over HTTP on loopback addresses, which learn of a change one
// after the other. A revision is a configuration, of which the folder at the origin is what differs.
package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic/distribution"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/wire"
)

// takes is how long a change is on its way to all edges: minutes on AWS.
const takes = 3 * time.Second

// Exhibit is what the show has to know of a distribution.
var Exhibit = exhibit.Exhibit{
	Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return service.New(service.Options{Home: in.Home, Record: in.Record, Chance: in.Chance})
	}},
	// CloudFront gives at most 15 %, so what is too little to judge is promoted: the second step is long enough.
	Definition: "strategy: { canary: { steps: [ { weight: 15, bake: 30s } ] } }\n",
	Change:     "configuration", Arrives: "is drafted",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// shop is a distribution with all that its releases need, its edges, and the origin behind them.
type shop struct {
	target kind.Distribution
	client *cloudfront.Client
	origin *origin
	edges  []*http.Server
	asked  []string // addresses of the edges

	mu      sync.Mutex
	digests map[string]string // of the configurations, by their folder at the origin
}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.DistributionID, exhibit.Service)), &target); err != nil {
		return nil, err
	}
	shop := &shop{target: *target.Distribution, client: cloudfront.NewFromConfig(s.Person), origin: newOrigin(), digests: map[string]string{}}
	edges := sandbox.PartOf[service.Service](s.Sandbox)
	edges.Name(shop.target.Primary, shop.target.Staging, shop.target.Draft, shop.target.Previous, shop.target.Policy)
	if err := shop.create(ctx); err != nil {
		return nil, fmt.Errorf("making the distributions: %w", err)
	}
	edges.Pace(takes)
	return shop, shop.listen(edges)
}

// create makes the distribution with its first configuration, copies of it, and the policy.
func (s *shop) create(ctx context.Context) error {
	first := &types.DistributionConfig{
		CallerReference: aws.String("shop"), Comment: aws.String("shop"), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2,
		Aliases: &types.Aliases{Quantity: aws.Int32(1), Items: []string{host}},
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: aws.String("shop"), DomainName: aws.String("origin." + host), OriginPath: aws.String(s.origin.folder(0)), CustomHeaders: &types.CustomHeaders{Quantity: aws.Int32(0)},
			CustomOriginConfig: &types.CustomOriginConfig{HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("shop"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}
	made, err := s.client.CreateDistribution(ctx, &cloudfront.CreateDistributionInput{DistributionConfig: first})
	if err != nil {
		return err
	}
	if _, err := s.know(made.Distribution.DistributionConfig); err != nil {
		return err
	}
	staging := ""
	for _, reference := range []string{"staging", "draft", "previous"} {
		copied, err := s.client.CopyDistribution(ctx, &cloudfront.CopyDistributionInput{PrimaryDistributionId: &s.target.Primary, IfMatch: made.ETag, Staging: aws.Bool(true), CallerReference: &reference})
		if err != nil {
			return err
		}
		if staging == "" {
			staging = *copied.Distribution.DomainName
		}
	}
	_, err = s.client.CreateContinuousDeploymentPolicy(ctx, &cloudfront.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: &types.ContinuousDeploymentPolicyConfig{
		Enabled: aws.Bool(false), StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{staging}},
	}})
	if err != nil {
		return err
	}
	made.Distribution.DistributionConfig.ContinuousDeploymentPolicyId = &s.target.Policy
	_, err = s.client.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{Id: &s.target.Primary, IfMatch: made.ETag, DistributionConfig: made.Distribution.DistributionConfig})
	return err
}

// know remembers which configuration a folder of the origin belongs to.
func (s *shop) know(c *types.DistributionConfig) (digest string, err error) {
	if digest, err = distribution.Digest(c); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digests[aws.ToString(c.Origins.Items[0].OriginPath)] = digest
	return digest, nil
}

// Bring implements exhibit.Performer: it puts a configuration with another folder into the draft, which serves nobody.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	now, err := s.client.GetDistributionConfig(ctx, &cloudfront.GetDistributionConfigInput{Id: &s.target.Draft})
	if err != nil {
		return exhibit.Revision{}, fmt.Errorf("reading the draft: %w", err)
	}
	folder := s.origin.folder(c.Failing)
	now.DistributionConfig.Origins.Items[0].OriginPath = &folder
	if _, err = s.client.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{Id: &s.target.Draft, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig}); err != nil {
		return exhibit.Revision{}, fmt.Errorf("writing the draft: %w", err)
	}
	digest, err := s.know(now.DistributionConfig)
	return exhibit.Revision{
		Version: digest, Command: fmt.Sprintf("aws cloudfront update-distribution --id %s --if-match %s --distribution-config file://shop.json", s.target.Draft, aws.ToString(now.ETag)),
		Said: fmt.Sprintf("OriginPath %s: configuration %s", folder, digest),
	}, err
}

// Ask implements exhibit.Performer: callers are near one edge or another.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.asked[rand.IntN(len(s.asked))]+"/cart", nil)
	if err != nil {
		return exhibit.Answer{}, err
	}
	request.Host = host
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return exhibit.Answer{}, err
	}
	_ = answer.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	return exhibit.Answer{Revision: s.digests[answer.Header.Get(folderHeader)], Failed: answer.StatusCode >= http.StatusInternalServerError}, nil
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	return []string{
		fmt.Sprintf("curl -i -H 'Host: %s' %s/cart", host, s.asked[0]),
		"aws cloudfront get-continuous-deployment-policy --id " + s.target.Policy,
		"aws cloudfront get-distribution --id " + s.target.Primary + " --query Distribution.Status",
	}
}

// Close implements exhibit.Performer.
func (s *shop) Close() {
	for _, e := range s.edges {
		_ = e.Close()
	}
	s.origin.close()
}
