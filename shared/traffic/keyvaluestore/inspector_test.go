package keyvaluestore_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	edgeapi "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/infra/edge"
	"sluice/shared/kind"
)

func TestWhatWouldHarmViewersIsRefused(t *testing.T) {
	for name, it := range map[string]struct {
		pool  string
		spoil func(f *fixture)
		says  string
	}{
		"nothing":                {"green", func(*fixture) {}, ""},
		"another pool":           {"black", func(*fixture) {}, "no pool black"},
		"an origin":              {"green", func(f *fixture) { f.target.Pools["green"] = "shop-grean" }, "has no origin shop-grean"},
		"stable leads elsewhere": {"green", func(f *fixture) { f.put(kind.EdgeSplit{Stable: kind.EdgePool{Pool: "blue", Origin: "shop-red"}}) }, "sends requests of pool blue to origin shop-red"},
		"no distribution":        {"green", func(f *fixture) { f.target.Distribution = "E0000000000000" }, "no distribution"},
		"turned off":             {"green", func(f *fixture) { f.change(func(c *types.DistributionConfig) { c.Enabled = aws.Bool(false) }) }, "turned off"},
		"no function runs": {"green", func(f *fixture) {
			f.change(func(c *types.DistributionConfig) { c.DefaultCacheBehavior.FunctionAssociations = nil })
		}, "runs function shop-split"},
		"another function":     {"green", func(f *fixture) { f.target.Function = "split" }, "runs function split"},
		"another store":        {"green", func(f *fixture) { f.another() }, "does not read"},
		"nothing in the store": {"green", func(f *fixture) { f.write("") }, "says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			it.spoil(f)
			why, err := f.ports.Inspector.Inspect(t.Context(), f.Target(), it.pool, "blue")
			if err != nil {
				t.Fatal(err)
			}
			if (why == nil) != (it.says == "") || why != nil && (!strings.Contains(why.Reason, it.says) || why.Remedy == "") {
				t.Errorf("got %+v", why)
			}
		})
	}
}

func (f *fixture) change(change func(c *types.DistributionConfig)) {
	f.t.Helper()
	now := must(f.edge.GetDistributionConfig(f.t.Context(), &edgeapi.GetDistributionConfigInput{Id: &f.target.Distribution}))(f.t)
	change(now.DistributionConfig)
	must(f.edge.UpdateDistribution(f.t.Context(), &edgeapi.UpdateDistributionInput{Id: &f.target.Distribution, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig}))(f.t)
}

// another has the distribution run a function that reads no store.
func (f *fixture) another() {
	f.t.Helper()
	f.target.Function = "bare"
	bare := must(f.edge.CreateFunction(f.t.Context(), &edgeapi.CreateFunctionInput{Name: &f.target.Function, FunctionCode: edge.Split, FunctionConfig: &types.FunctionConfig{
		Comment: aws.String(""), Runtime: types.FunctionRuntimeCloudfrontJs20,
	}}))(f.t)
	must(f.edge.PublishFunction(f.t.Context(), &edgeapi.PublishFunctionInput{Name: &f.target.Function, IfMatch: bare.ETag}))(f.t)
	f.change(func(c *types.DistributionConfig) {
		c.DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN = bare.FunctionSummary.FunctionMetadata.FunctionARN
	})
}
