package distribution_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/shared/traffic/distribution"
)

func sample() *types.DistributionConfig {
	return &types.DistributionConfig{
		CallerReference: aws.String("1"), Comment: aws.String("shop"), Enabled: aws.Bool(true), Staging: aws.Bool(false),
		Aliases: &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}}, ContinuousDeploymentPolicyId: aws.String("p"),
		Origins: &types.Origins{Quantity: aws.Int32(2), Items: []types.Origin{
			{Id: aws.String("b"), DomainName: aws.String("b.example"), OriginPath: aws.String("")},
			{Id: aws.String("a"), DomainName: aws.String("a.example/?x=<1>&y=2"), ConnectionTimeout: aws.Int32(10)},
		}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: aws.String("a"), ViewerProtocolPolicy: types.ViewerProtocolPolicyHttpsOnly, Compress: aws.Bool(false),
			AllowedMethods: &types.AllowedMethods{Quantity: aws.Int32(2), Items: []types.Method{types.MethodHead, types.MethodGet}},
		},
		CacheBehaviors: &types.CacheBehaviors{Quantity: aws.Int32(0)}, DefaultRootObject: aws.String("index.html"),
	}
}

func TestDigestNamesWhatContinuousDeploymentCarries(t *testing.T) {
	first := must(distribution.Digest(sample()))(t)
	for name, test := range map[string]struct {
		change func(*types.DistributionConfig)
		same   bool
	}{
		"what is each distribution's own": {func(c *types.DistributionConfig) {
			c.CallerReference, c.Comment, c.Enabled, c.Staging, c.Aliases, c.ContinuousDeploymentPolicyId = nil, aws.String("x"), aws.Bool(false), aws.Bool(true), nil, nil
		}, true},
		"nothing, said otherwise": {func(c *types.DistributionConfig) {
			c.CacheBehaviors, c.Origins.Items[0].OriginPath = nil, nil
			c.Logging = &types.LoggingConfig{}
		}, true},
		"an order that means nothing": {func(c *types.DistributionConfig) {
			c.Origins.Items[0], c.Origins.Items[1] = c.Origins.Items[1], c.Origins.Items[0]
			c.DefaultCacheBehavior.AllowedMethods.Items = []types.Method{types.MethodGet, types.MethodHead}
		}, true},
		"a root object":         {func(c *types.DistributionConfig) { c.DefaultRootObject = aws.String("home.html") }, false},
		"a false that was true": {func(c *types.DistributionConfig) { c.DefaultCacheBehavior.Compress = aws.Bool(true) }, false},
		"an order that counts": {func(c *types.DistributionConfig) {
			c.CacheBehaviors = &types.CacheBehaviors{Items: []types.CacheBehavior{{PathPattern: aws.String("/a")}, {PathPattern: aws.String("/b")}}}
		}, false},
	} {
		c := sample()
		test.change(c)
		if got := must(distribution.Digest(c))(t); (got == first) != test.same {
			t.Errorf("%s: the digest is %s, and was %s", name, got, first)
		}
	}
}

// An independent program names a configuration in the same way.
func TestDigestIsWhatThePageTellsPeopleToCompute(t *testing.T) {
	for _, program := range []string{"jq", "sha256sum"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s is not here, so nobody else names the configuration: %v", program, err)
		}
	}
	text, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/targets/distribution.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(page), "--query DistributionConfig | ")
	script, _, found := strings.Cut(script, "\n```")
	if !found {
		t.Fatal("the page names no command that names a configuration")
	}
	command := exec.Command("sh", "-c", script)
	command.Stdin = strings.NewReader(string(text))
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, want := must(distribution.Digest(sample()))(t), strings.TrimSpace(string(out)); got != want {
		t.Errorf("the digest is %s, and %s by jq", got, want)
	}
}
