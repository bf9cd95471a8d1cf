package cloudfront_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// The unmodified AWS CLI sets continuous deployment up by the commands of docs/targets/distribution.md.
func TestThePagesCommandsSetADistributionUp(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that the page's commands work")
	}
	box := sandboxtest.BootWith(t, sandbox.Options{ListenAddr: "127.0.0.1:0", Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return cloudfront.New(cloudfront.Options{Home: in.Home})
	}}})
	edge, ctx := sandbox.PartOf[cloudfront.Service](box), t.Context()
	made, err := edge.CreateDistribution(ctx, &api.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: aws.String("shop"), Comment: aws.String("shop"), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2,
		Origins:              &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{Id: aws.String("shop"), DomainName: aws.String("shop.example")}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("shop"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/targets/distribution.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "## Setting it up, once\n\n```\n")
	text, _, _ = strings.Cut(text, "```")
	staging, shell := "", newShell(t, box)
	for line := range strings.Lines(text) {
		out := shell(strings.NewReplacer("E1PRIMARY00001", *made.Distribution.Id, "E2QWRUHAPOMQZL", *made.ETag, "d111111abcdef8.cloudfront.net", staging).Replace(line))
		if domain := regexp.MustCompile(`d[0-9a-f]+\.cloudfront\.net`).FindString(out); staging == "" {
			staging = domain
		}
	}
}

// newShell runs commands of the AWS CLI against a sandbox, each of which must answer a version, unless it publishes one.
func newShell(t *testing.T, box *sandbox.Sandbox) func(line string) string {
	home := t.TempDir()
	env := append(append(os.Environ(), box.Environment()...), "AWS_PAGER=", "AWS_CONFIG_FILE="+filepath.Join(home, "config"),
		"AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "credentials"), "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	return func(line string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, "sh", "-c", strings.TrimSpace(line)+" --endpoint-url "+box.Endpoint())
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"ETag"`) && !strings.Contains(line, " publish-") {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		return string(out)
	}
}

// The same with the commands of docs/targets/key-value-store.md, after which edges run Sluice's function.
func TestThePagesCommandsSetAFunctionUp(t *testing.T) {
	if _, err := exec.LookPath("aws"); err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that the page's commands work")
	}
	box := sandboxtest.BootWith(t, sandbox.Options{ListenAddr: "127.0.0.1:0", Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return cloudfront.New(cloudfront.Options{Home: in.Home})
	}}})
	edge := sandbox.PartOf[cloudfront.Service](box)
	edge.Name("1a2b3c4d-0000-4000-9000-000000000002")
	page, err := os.ReadFile("../../../docs/targets/key-value-store.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "## Setting it up, once\n\n```\n")
	text, _, _ = strings.Cut(text, "```")
	version, shell := "", newShell(t, box)
	for line := range strings.Lines(text) {
		out := shell(strings.NewReplacer("fileb://infra", "fileb://../../../infra", "ETVPDKIKX0DER", version).Replace(line))
		version = regexp.MustCompile(`"ETag": "(\w+)"`).FindString(out)
		version = strings.Trim(strings.TrimPrefix(version, `"ETag": `), `"`)
	}
	live, err := edge.DescribeFunction(t.Context(), &api.DescribeFunctionInput{Name: aws.String("shop-split"), Stage: types.FunctionStageLive})
	if err != nil || live.FunctionSummary.FunctionConfig.KeyValueStoreAssociations.Items[0].KeyValueStoreARN == nil {
		t.Errorf("the function is %+v, %v", live, err)
	}
}
