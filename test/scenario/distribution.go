package scenario

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic/distribution"
	"sluice/test/sandbox"
	edge "sluice/test/sandbox/cloudfront"
)

// Edge has the target be a CloudFront distribution, whose edges learn of a change within a time. The configuration of a version has that version's
// origin; the draft has that of version 2.
type Edge struct {
	Takes  time.Duration
	Marked bool // the definition says by what requests are marked: the header aws-cf-cd-canary
}

// Target is the sample's, and how requests are marked.
func (e Edge) Target(service string) string {
	target := definition.Sample(kind.DistributionID, service)
	if e.Marked {
		target = strings.TrimSuffix(target, "}}") + `,"marked":{"header":"aws-cf-cd-canary","value":"1"}}}`
	}
	return target
}

// ID implements Kind.
func (Edge) ID() kind.ID { return kind.DistributionID }

// Make implements Kind.
func (e Edge) Make(w *World) {
	w.T.Helper()
	d, s := w.distribution(), w.edges()
	s.Name(d.Primary, d.Staging, d.Draft, d.Previous, d.Policy)
	made, err := s.CreateDistribution(w.ctx, &cloudfront.CreateDistributionInput{DistributionConfig: configuration("1")})
	w.must(err)
	var staging string
	for _, reference := range []string{"staging", "draft", "previous"} {
		copied, err := s.CopyDistribution(w.ctx, &cloudfront.CopyDistributionInput{CallerReference: &reference, PrimaryDistributionId: &d.Primary, IfMatch: made.ETag, Staging: aws.Bool(true)})
		w.must(err)
		if reference == "staging" {
			staging = *copied.Distribution.DomainName
		}
	}
	_, err = s.CreateContinuousDeploymentPolicy(w.ctx, &cloudfront.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: &types.ContinuousDeploymentPolicyConfig{
		Enabled: aws.Bool(false), StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{staging}},
	}})
	w.must(err)
	w.reconfigure(d.Primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = &d.Policy })
	w.Drafted("2")
	s.Pace(e.Takes)
	w.Pass(e.Takes)
}

// Serves implements Kind.
func (Edge) Serves(w *World) rollout.Split {
	w.T.Helper()
	now, err := distribution.New(w.Sandbox.Config("")).Read(w.ctx, rollout.Target{Distribution: w.distribution()})
	w.must(err)
	return now
}

func (w *World) edges() *edge.Service { return sandbox.PartOf[edge.Service](w.Sandbox) }

// distribution is the target as the sample names it.
func (w *World) distribution() *kind.Distribution {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(w.kind.(Edge).Target(w.service)), &t))
	return t.Distribution
}

// configuration is what a version is configured like.
func configuration(version string) *types.DistributionConfig {
	return &types.DistributionConfig{
		CallerReference: aws.String("shop"), Comment: aws.String("shop"), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2,
		Aliases:              &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}},
		Origins:              &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{Id: aws.String("shop"), DomainName: aws.String(version + ".example")}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("shop"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}
}

// Revision is the configuration that has a version's origin. Any other word is itself.
func (Edge) Revision(w *World, version string) string {
	if len(version) > 2 {
		return version
	}
	digest, err := distribution.Digest(configuration(version))
	w.must(err)
	return digest
}

// Drafted puts a version's configuration into the draft.
func (w *World) Drafted(version string) { w.T.Helper(); w.Configured(w.distribution().Draft, version) }

// Configured gives a distribution a version's configuration, as somebody else might.
func (w *World) Configured(id, version string) {
	w.T.Helper()
	w.reconfigure(id, func(c *types.DistributionConfig) { c.Origins.Items[0].DomainName = aws.String(version + ".example") })
}

func (w *World) reconfigure(id string, change func(*types.DistributionConfig)) {
	w.T.Helper()
	now, err := w.edges().GetDistributionConfig(w.ctx, &cloudfront.GetDistributionConfigInput{Id: &id})
	w.must(err)
	change(now.DistributionConfig)
	_, err = w.edges().UpdateDistribution(w.ctx, &cloudfront.UpdateDistributionInput{Id: &id, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig})
	w.must(err)
}

// Viewers have requests come to one edge after the other, so many a minute, until the world ends.
func (w *World) Viewers(perMinute int) {
	n := 0
	w.steadily(perMinute, func() {
		w.View(n % w.edges().Edges())
		n++
	})
}

// View is the version that a viewer meets at an edge.
func (w *World) View(at int) (version string) { return w.view(at, http.Header{}) }

// MarkedView is the version that a viewer meets there whose request is marked.
func (w *World) MarkedView(at int) (version string) {
	return w.view(at, http.Header{"Aws-Cf-Cd-Canary": {"1"}})
}

func (w *World) view(at int, headers http.Header) (version string) {
	answer, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://shop.example/", nil)
	request.Header = headers
	w.edges().Edge(at, origins{w.behaviour}).ServeHTTP(answer, request)
	return answer.Body.String()
}

// origins answer by the version in their name.
type origins struct{ behaviour }

// RoundTrip implements http.RoundTripper.
func (o origins) RoundTrip(r *http.Request) (*http.Response, error) {
	version, _, _ := strings.Cut(r.URL.Host, ".")
	status := http.StatusOK
	if o.answer(version) != nil {
		status = http.StatusInternalServerError
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(version))}, nil
}

// Crowded begins or ends a spell in which all requests go to primary distributions.
func (w *World) Crowded(crowded bool) { w.edges().Crowd(crowded) }
