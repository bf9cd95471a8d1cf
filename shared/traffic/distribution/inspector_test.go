package distribution_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/traffic/distribution"
)

func TestInspectTellsWhatCloudFrontWouldRefuseLater(t *testing.T) {
	detach := func(f *fixture) {
		f.change(f.target.Primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = nil })
	}
	alone := func(f *fixture, change func(*types.DistributionConfig)) { // a change that a policy does not allow
		detach(f)
		f.change(f.target.Primary, change)
	}
	for name, test := range map[string]struct {
		odd  func(*fixture)
		want string
	}{
		"nothing": {func(*fixture) {}, ""},
		"HTTP/3": {func(f *fixture) {
			alone(f, func(c *types.DistributionConfig) { c.HttpVersion = types.HttpVersionHttp2and3 })
		}, "supports HTTP/3"},
		"no policy": {detach, "is not attached"},
		"a distribution of old": {func(f *fixture) {
			f.change(f.target.Primary, func(c *types.DistributionConfig) { c.Enabled = aws.Bool(false) })
		}, "is turned off"},
		"staging that is none": {func(f *fixture) { f.target.Staging = f.target.Primary }, "is no staging distribution"},
		"another staging":      {func(f *fixture) { f.target.Staging, f.target.Previous = f.target.Previous, f.target.Staging }, "sends requests to another distribution"},
		"a web ACL": {func(f *fixture) {
			alone(f, func(c *types.DistributionConfig) { c.WebACLId = aws.String("acl") })
			f.change(f.target.Primary, func(c *types.DistributionConfig) { c.ContinuousDeploymentPolicyId = &f.target.Policy })
		}, "different web ACLs"},
		"a draft with a price class": {func(f *fixture) {
			f.change(f.target.Draft, func(c *types.DistributionConfig) { c.PriceClass = types.PriceClassPriceClass100 })
		}, "differ in PriceClass"},
		"another draft": {func(f *fixture) { f.point(f.target.Draft, "other") }, "not "},
		"no draft":      {func(f *fixture) { f.target.Draft = "E0NOWHERE" }, "there is no distribution E0NOWHERE"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			test.odd(f)
			why, err := distribution.Ports(f.box.Config("")).Inspector.Inspect(t.Context(), f.Target(), f.revisions.Candidate, f.revisions.Stable)
			if err != nil {
				t.Fatal(err)
			}
			if (why == nil) != (test.want == "") || why != nil && (!strings.Contains(why.Reason, test.want) || why.Remedy == "") {
				t.Errorf("rejection %+v, want %q and a remedy", why, test.want)
			}
		})
	}
}
