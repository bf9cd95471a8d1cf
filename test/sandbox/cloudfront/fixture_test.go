package cloudfront

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/test/sandbox/wire"
)

// world is a primary distribution, a staging distribution and a policy that is attached. Requests that the primary distribution serves reach the
// origin stable, those of the staging distribution candidate.
type world struct {
	*Service
	t                *testing.T
	primary, staging string
	policy           string
	chance           float64
	counted          map[string]float64 // sums of what was recorded, "E1/Requests"
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, counted: map[string]float64{}}
	w.Service = New(Options{Home: wire.Home{Region: "us-east-1", Account: "123456789012"}, Chance: func() float64 { return w.chance }, Record: w.record})
	ctx := t.Context()
	made := good(w.CreateDistribution(ctx, &api.CreateDistributionInput{DistributionConfig: config("stable.example")}))(t)
	w.primary = *made.Distribution.Id
	copy := good(w.CopyDistribution(ctx, &api.CopyDistributionInput{CallerReference: aws.String("staging"), PrimaryDistributionId: &w.primary, IfMatch: made.ETag, Staging: aws.Bool(true)}))(t)
	w.staging = *copy.Distribution.Id
	w.change(w.staging, func(c *types.DistributionConfig) { c.Origins.Items[0].DomainName = aws.String("candidate.example") })
	policy := good(w.CreateContinuousDeploymentPolicy(ctx, &api.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: w.weighing(0, nil)}))(t)
	w.policy = *policy.ContinuousDeploymentPolicy.Id
	w.change(w.primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = &w.policy })
	return w
}

func (w *world) record(namespace, name string, dims map[string]string, _ string, value float64, _ time.Time) {
	if namespace == "AWS/CloudFront" && dims["Region"] == "Global" {
		w.counted[dims["DistributionId"]+"/"+name] += value
	}
}

// good is the answer of a call that nothing hinders.
func good[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func config(origin string) *types.DistributionConfig {
	return &types.DistributionConfig{
		CallerReference: aws.String("primary"), Comment: aws.String("shop"), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2,
		Aliases: &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}},
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{Id: aws.String("shop"), DomainName: &origin, CustomOriginConfig: &types.CustomOriginConfig{
			HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly,
		}}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("shop"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}
}

// weighing is a policy that gives the staging distribution a share.
func (w *world) weighing(weight float32, sticky *types.SessionStickinessConfig) *types.ContinuousDeploymentPolicyConfig {
	domain := w.distributions[w.staging].domain
	return &types.ContinuousDeploymentPolicyConfig{
		Enabled: aws.Bool(true), StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{domain}},
		TrafficConfig: &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleWeight, SingleWeightConfig: &types.ContinuousDeploymentSingleWeightConfig{Weight: &weight, SessionStickinessConfig: sticky}},
	}
}

func (w *world) etag(id string) *string {
	return good(w.GetDistributionConfig(w.t.Context(), &api.GetDistributionConfigInput{Id: &id}))(w.t).ETag
}

// try changes a distribution on top of what it is.
func (w *world) try(id string, change func(c *types.DistributionConfig)) error {
	now := good(w.GetDistributionConfig(w.t.Context(), &api.GetDistributionConfigInput{Id: &id}))(w.t)
	change(now.DistributionConfig)
	_, err := w.UpdateDistribution(w.t.Context(), &api.UpdateDistributionInput{Id: &id, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig})
	return err
}

func (w *world) change(id string, change func(c *types.DistributionConfig)) {
	w.t.Helper()
	if err := w.try(id, change); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) steer(c *types.ContinuousDeploymentPolicyConfig) error {
	now := good(w.GetContinuousDeploymentPolicyConfig(w.t.Context(), &api.GetContinuousDeploymentPolicyConfigInput{Id: &w.policy}))(w.t)
	_, err := w.UpdateContinuousDeploymentPolicy(w.t.Context(), &api.UpdateContinuousDeploymentPolicyInput{Id: &w.policy, IfMatch: now.ETag, ContinuousDeploymentPolicyConfig: c})
	return err
}

func (w *world) steered(c *types.ContinuousDeploymentPolicyConfig) {
	w.t.Helper()
	if err := w.steer(c); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) status() string {
	return *good(w.GetDistribution(w.t.Context(), &api.GetDistributionInput{Id: &w.primary}))(w.t).Distribution.Status
}

// RoundTrip is the origins: each answers its own name, and those whose name begins with "bad" fail.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	status := http.StatusOK
	if strings.HasPrefix(r.URL.Path, "/bad") {
		status = http.StatusInternalServerError
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(r.URL.Host + r.URL.Path))}, nil
}

// asked is what a viewer gets at an edge.
func (w *world) asked(edge int, path string, adapt ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://shop.example"+path, nil)
	for _, a := range adapt {
		a(r)
	}
	answer := httptest.NewRecorder()
	w.Edge(edge, w).ServeHTTP(answer, r)
	return answer
}

// seen says which origin answers at each edge.
func (w *world) seen() string {
	var all []string
	for edge := range w.Edges() {
		host, _, _ := strings.Cut(w.asked(edge, "/").Body.String(), ".")
		all = append(all, host)
	}
	return fmt.Sprint(all)
}
