package cloudfront

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/smithy-go"
)

// code is what AWS calls an error; empty when there is none.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func (w *world) promote(versions string) error {
	_, err := w.UpdateDistributionWithStagingConfig(w.t.Context(), &api.UpdateDistributionWithStagingConfigInput{Id: &w.primary, StagingDistributionId: &w.staging, IfMatch: &versions})
	return err
}

func TestPromotionNeedsTheVersionsOfBoth(t *testing.T) {
	w := newWorld(t)
	old, staging := *w.etag(w.primary), *w.etag(w.staging)
	w.steered(w.weighing(0.05, nil))
	if now := *w.etag(w.primary); now != old {
		t.Fatalf("the policy's change made version %s of the primary distribution", now)
	}
	for given, want := range map[string]string{"": "InvalidIfMatchVersion", old: "InvalidIfMatchVersion", old + ", E0": "PreconditionFailed", "E0, " + staging: "PreconditionFailed"} {
		if got := code(w.promote(given)); got != want {
			t.Errorf("with versions %q it answers %q, want %q", given, got, want)
		}
	}
	if err := w.promote(old + ", " + staging); err != nil {
		t.Fatal(err)
	}
	now := w.distributions[w.primary].config()
	if *now.Origins.Items[0].DomainName != "candidate.example" || len(now.Aliases.Items) != 1 || *now.CallerReference != "primary" || aws.ToBool(now.Staging) || aws.ToString(now.ContinuousDeploymentPolicyId) != w.policy {
		t.Errorf("the promoted distribution is %+v", now)
	}
	if *w.policies[w.policy].config().Enabled {
		t.Error("the policy is enabled after the promotion")
	}
	if got := code(w.promote(old + ", " + staging)); got != "PreconditionFailed" {
		t.Errorf("the same promotion once more answers %q", got)
	}
}

func TestUpdatesOfOutdatedVersionsAreRefused(t *testing.T) {
	w := newWorld(t)
	first := w.etag(w.staging)
	w.change(w.staging, func(*types.DistributionConfig) {}) // makes a version, though nothing has changed
	for name, test := range map[string]struct {
		version *string
		want    string
	}{"none": {nil, "InvalidIfMatchVersion"}, "an outdated one": {first, "PreconditionFailed"}, "the one that is there": {w.etag(w.staging), ""}} {
		config := good(w.GetDistributionConfig(t.Context(), &api.GetDistributionConfigInput{Id: &w.staging}))(t).DistributionConfig
		_, err := w.UpdateDistribution(t.Context(), &api.UpdateDistributionInput{Id: &w.staging, IfMatch: test.version, DistributionConfig: config})
		if got := code(err); got != test.want {
			t.Errorf("with %s it answers %q, want %q", name, got, test.want)
		}
	}
}

func TestWhatContinuousDeploymentDoesNotSupportIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		of     func(*world) string
		change func(*world, *types.DistributionConfig)
		want   string
	}{
		"another origin": {(*world).first, func(_ *world, c *types.DistributionConfig) {
			c.Origins.Items[0].DomainName = aws.String("next.example")
		}, ""},
		"a certificate": {(*world).first, func(_ *world, c *types.DistributionConfig) {
			c.ViewerCertificate = &types.ViewerCertificate{MinimumProtocolVersion: types.MinimumProtocolVersionTLSv122021}
		}, "IllegalUpdate"},
		"a web ACL": {(*world).second, func(_ *world, c *types.DistributionConfig) { c.WebACLId = aws.String("acl") }, "IllegalUpdate"},
		"HTTP/3":    {(*world).first, func(_ *world, c *types.DistributionConfig) { c.HttpVersion = types.HttpVersionHttp2and3 }, "IllegalUpdate"},
		"another caller reference": {(*world).second, func(_ *world, c *types.DistributionConfig) {
			c.CallerReference = aws.String("other")
		}, "IllegalUpdate"},
		"a staging distribution that is off": {(*world).second, func(_ *world, c *types.DistributionConfig) { c.Enabled = aws.Bool(false) }, "StagingDistributionInUse"},
		"a staging distribution with a name": {(*world).second, func(_ *world, c *types.DistributionConfig) {
			c.Aliases = &types.Aliases{Quantity: aws.Int32(1), Items: []string{"staging.example"}}
		}, "InvalidArgument"},
		"no policy": {(*world).first, func(_ *world, c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = nil }, ""},
		"no policy, and a certificate": {(*world).first, func(_ *world, c *types.DistributionConfig) {
			c.ContinuousDeploymentPolicyId = nil
			c.PriceClass = types.PriceClassPriceClass100
		}, "IllegalUpdate"},
		"a behavior without an origin": {(*world).first, func(_ *world, c *types.DistributionConfig) {
			c.DefaultCacheBehavior.TargetOriginId = aws.String("nowhere")
		}, "NoSuchOrigin"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if got := code(w.try(test.of(w), func(c *types.DistributionConfig) { test.change(w, c) })); got != test.want {
				t.Errorf("it answers %q, want %q", got, test.want)
			}
		})
	}
}

func (w *world) first() string  { return w.primary }
func (w *world) second() string { return w.staging }

// A distribution with HTTP/3 gets no policy, and loses its chance of one when HTTP/3 comes first.
func TestNoPolicyWithHTTP3(t *testing.T) {
	w := newWorld(t)
	w.change(w.primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = nil })
	w.change(w.primary, func(c *types.DistributionConfig) { c.HttpVersion = types.HttpVersionHttp3 })
	if got := code(w.try(w.primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = &w.policy })); got != "InvalidArgument" {
		t.Errorf("it answers %q", got)
	}
}

func TestPoliciesHaveLimits(t *testing.T) {
	w := newWorld(t)
	sticky := func(idle, longest int32) *types.SessionStickinessConfig {
		return &types.SessionStickinessConfig{IdleTTL: &idle, MaximumTTL: &longest}
	}
	header := w.weighing(0, nil)
	header.TrafficConfig = &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleHeader, SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: aws.String("x-test"), Value: aws.String("1")}}
	elsewhere := w.weighing(0, nil)
	elsewhere.StagingDistributionDnsNames.Items[0] = w.distributions[w.primary].domain
	for name, test := range map[string]struct {
		config *types.ContinuousDeploymentPolicyConfig
		want   string
	}{
		"15 %":                         {w.weighing(0.15, nil), ""},
		"more":                         {w.weighing(0.1501, nil), "InvalidArgument"},
		"less than nothing":            {w.weighing(-0.01, nil), "InvalidArgument"},
		"sessions":                     {w.weighing(0.1, sticky(300, 3600)), ""},
		"too short sessions":           {w.weighing(0.1, sticky(299, 3600)), "InvalidArgument"},
		"too long sessions":            {w.weighing(0.1, sticky(300, 3601)), "InvalidArgument"},
		"sessions that idle too long":  {w.weighing(0.1, sticky(900, 600)), "InvalidArgument"},
		"a header of any name":         {header, "InvalidArgument"},
		"a distribution in production": {elsewhere, "InvalidArgument"},
	} {
		if got := code(w.steer(test.config)); got != test.want {
			t.Errorf("%s: it answers %q, want %q", name, got, test.want)
		}
	}
	_, err := w.CreateContinuousDeploymentPolicy(t.Context(), &api.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: w.weighing(0, nil)})
	if got := code(err); got != "StagingDistributionInUse" {
		t.Errorf("a second policy for the staging distribution: it answers %q", got)
	}
}

// A change comes to one edge after the other, and two changes in their order.
func TestEdgesLearnOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Pace(6 * time.Minute)
		time.Sleep(6 * time.Minute)
		if err := w.promote(*w.etag(w.primary) + ", " + *w.etag(w.staging)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct{ seen, status string }{
			{"[stable stable stable]", "InProgress"},
			{"[candidate stable stable]", "InProgress"},
			{"[candidate candidate stable]", "InProgress"},
			{"[candidate candidate candidate]", "Deployed"},
		} {
			if seen, status := w.seen(), w.status(); seen != want.seen || status != want.status {
				t.Errorf("the edges serve %s, and it is %s, want %+v", seen, status, want)
			}
			time.Sleep(2 * time.Minute)
		}
	})
}

func TestAPolicysChangeTakesAsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Pace(6 * time.Minute)
		time.Sleep(6 * time.Minute)
		w.steered(w.weighing(0.15, nil))
		time.Sleep(3 * time.Minute)
		if seen, status := w.seen(), w.status(); seen != "[candidate stable stable]" || status != "InProgress" {
			t.Errorf("halfway the edges serve %s, and it is %s", seen, status)
		}
	})
}

func TestAShareOfRequestsGoesToStaging(t *testing.T) {
	w := newWorld(t)
	w.steered(w.weighing(0.10, nil))
	for chance, want := range map[float64]string{0.0999: "candidate.example/", 0.1001: "stable.example/"} {
		w.chance = chance
		if got := w.asked(0, "/").Body.String(); got != want {
			t.Errorf("a request of chance %v reaches %s, want %s", chance, got, want)
		}
	}
	w.chance = 0
	w.asked(0, "/bad")
	if w.counted[w.staging+"/Requests"] != 2 || w.counted[w.primary+"/Requests"] != 1 || w.counted[w.staging+"/5xxErrorRate"] != 100 || w.counted[w.staging+"/4xxErrorRate"] != 0 {
		t.Errorf("counted %v", w.counted)
	}
	w.Crowd(true)
	if got := w.asked(0, "/").Body.String(); got != "stable.example/" {
		t.Errorf("in a crowd a request reaches %s", got)
	}
}

func TestViewersReachStagingByNoName(t *testing.T) {
	w := newWorld(t)
	domain := w.distributions[w.staging].domain
	if got := w.asked(0, "/", func(r *http.Request) { r.Host = domain }).Code; got != http.StatusForbidden {
		t.Errorf("the staging distribution answers %d by its name", got)
	}
}

func TestMarkedRequestsGoToStaging(t *testing.T) {
	w := newWorld(t)
	c := w.weighing(0, nil)
	c.TrafficConfig = &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleHeader, SingleHeaderConfig: &types.ContinuousDeploymentSingleHeaderConfig{Header: aws.String("aws-cf-cd-try"), Value: aws.String("1")}}
	w.steered(c)
	marked := w.asked(0, "/", func(r *http.Request) { r.Header.Set("aws-cf-cd-try", "1") }).Body.String()
	if plain := w.asked(0, "/").Body.String(); marked != "candidate.example/" || plain != "stable.example/" {
		t.Errorf("marked requests reach %s, others %s", marked, plain)
	}
}

// A session stays where it began, whatever the weight becomes, until the policy is turned off and on again.
func TestSessionsStayUntilThePolicyIsTurnedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		sticky := &types.SessionStickinessConfig{IdleTTL: aws.Int32(300), MaximumTTL: aws.Int32(300)}
		time.Sleep(time.Second)
		w.steered(w.weighing(0.10, sticky))
		cookies := w.asked(0, "/").Result().Cookies()
		again := func() string {
			return w.asked(0, "/", func(r *http.Request) { r.AddCookie(cookies[0]) }).Body.String()
		}
		w.chance = 0.99
		time.Sleep(time.Second)
		w.steered(w.weighing(0, sticky))
		if got := again(); got != "candidate.example/" {
			t.Errorf("the session goes on at %s", got)
		}
		off := w.weighing(0.10, sticky)
		off.Enabled = aws.Bool(false)
		time.Sleep(time.Second)
		w.steered(off)
		if got := again(); got != "stable.example/" {
			t.Errorf("without a policy the session goes on at %s", got)
		}
		time.Sleep(time.Second)
		w.steered(w.weighing(0.10, sticky))
		if got := again(); got != "stable.example/" {
			t.Errorf("after the policy was turned on again, the session goes on at %s", got)
		}
	})
}

func TestTheFirstBehaviorThatCoversAPathChoosesTheOrigin(t *testing.T) {
	w := newWorld(t)
	w.change(w.primary, func(c *types.DistributionConfig) {
		c.DefaultRootObject = aws.String("index.html")
		c.Origins.Items = append(c.Origins.Items, types.Origin{Id: aws.String("images"), DomainName: aws.String("images.example"), OriginPath: aws.String("/v2"), S3OriginConfig: &types.S3OriginConfig{}})
		c.Origins.Quantity = aws.Int32(2)
		c.CacheBehaviors = &types.CacheBehaviors{Quantity: aws.Int32(1), Items: []types.CacheBehavior{{PathPattern: aws.String("img/*.p?g"), TargetOriginId: aws.String("images"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll}}}
	})
	for path, want := range map[string]string{"/": "stable.example/index.html", "/img/a/b.png": "images.example/v2/img/a/b.png", "/img/a.jpeg": "stable.example/img/a.jpeg"} {
		if got := w.asked(0, path).Body.String(); got != want {
			t.Errorf("%s reaches %s, want %s", path, got, want)
		}
	}
}

func TestOneAccountHasTwentyStagingDistributions(t *testing.T) {
	w := newWorld(t)
	etag := w.etag(w.primary)
	var err error
	for n := 0; err == nil && n < 30; n++ {
		reference := string(rune('a' + n))
		_, err = w.CopyDistribution(t.Context(), &api.CopyDistributionInput{CallerReference: &reference, PrimaryDistributionId: &w.primary, IfMatch: etag, Staging: aws.Bool(true)})
	}
	if code(err) != "TooManyDistributions" || w.stagings() != 20 {
		t.Errorf("after %d it answers %v", w.stagings(), err)
	}
}
