package cloudfront_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// An unmodified client of the SDK leads a distribution through all operations.
func TestAllOperationsOverTheWire(t *testing.T) {
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return cloudfront.New(cloudfront.Options{Home: in.Home})
	}}})
	client, ctx := api.NewFromConfig(box.Config("")), t.Context()
	fine := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	primary, err := client.CreateDistribution(ctx, &api.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: aws.String("p"), Comment: aws.String(""), Enabled: aws.Bool(true), HttpVersion: types.HttpVersionHttp2,
		Aliases:              &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}},
		Origins:              &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{Id: aws.String("a"), DomainName: aws.String("a.example"), S3OriginConfig: &types.S3OriginConfig{OriginAccessIdentity: aws.String("")}}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{TargetOriginId: aws.String("a"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll},
	}})
	fine(err)
	id := primary.Distribution.Id
	staging, err := client.CopyDistribution(ctx, &api.CopyDistributionInput{PrimaryDistributionId: id, CallerReference: aws.String("s"), IfMatch: primary.ETag, Staging: aws.Bool(true), Enabled: aws.Bool(true)})
	fine(err)
	config := &types.ContinuousDeploymentPolicyConfig{
		Enabled: aws.Bool(true), StagingDistributionDnsNames: &types.StagingDistributionDnsNames{Quantity: aws.Int32(1), Items: []string{*staging.Distribution.DomainName}},
		TrafficConfig: &types.TrafficConfig{Type: types.ContinuousDeploymentPolicyTypeSingleWeight, SingleWeightConfig: &types.ContinuousDeploymentSingleWeightConfig{Weight: aws.Float32(0.05)}},
	}
	made, err := client.CreateContinuousDeploymentPolicy(ctx, &api.CreateContinuousDeploymentPolicyInput{ContinuousDeploymentPolicyConfig: config})
	fine(err)
	policy := made.ContinuousDeploymentPolicy.Id
	config.TrafficConfig.SingleWeightConfig.Weight = aws.Float32(0.15)
	steered, err := client.UpdateContinuousDeploymentPolicy(ctx, &api.UpdateContinuousDeploymentPolicyInput{Id: policy, IfMatch: made.ETag, ContinuousDeploymentPolicyConfig: config})
	fine(err)
	read, err := client.GetContinuousDeploymentPolicy(ctx, &api.GetContinuousDeploymentPolicyInput{Id: policy})
	fine(err)
	if *read.ETag != *steered.ETag || *read.ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig.TrafficConfig.SingleWeightConfig.Weight != 0.15 {
		t.Errorf("the policy reads %+v", read.ContinuousDeploymentPolicy.ContinuousDeploymentPolicyConfig.TrafficConfig)
	}
	_, err = client.GetContinuousDeploymentPolicyConfig(ctx, &api.GetContinuousDeploymentPolicyConfigInput{Id: policy})
	fine(err)
	now, err := client.GetDistributionConfig(ctx, &api.GetDistributionConfigInput{Id: id})
	fine(err)
	now.DistributionConfig.ContinuousDeploymentPolicyId = policy
	attached, err := client.UpdateDistribution(ctx, &api.UpdateDistributionInput{Id: id, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig})
	fine(err)
	_, err = client.UpdateDistribution(ctx, &api.UpdateDistributionInput{Id: id, IfMatch: now.ETag, DistributionConfig: now.DistributionConfig})
	var stale *types.PreconditionFailed
	var answer *awshttp.ResponseError
	if !errors.As(err, &stale) || !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusPreconditionFailed {
		t.Errorf("an outdated version answers %v", err)
	}
	both := *attached.ETag + ", " + *staging.ETag
	_, err = client.UpdateDistributionWithStagingConfig(ctx, &api.UpdateDistributionWithStagingConfigInput{Id: id, StagingDistributionId: staging.Distribution.Id, IfMatch: &both})
	fine(err)
	last, err := client.GetDistribution(ctx, &api.GetDistributionInput{Id: id})
	fine(err)
	if *last.Distribution.Status != "Deployed" || last.Distribution.DistributionConfig.Aliases.Items[0] != "shop.example" {
		t.Errorf("at last the distribution is %+v", last.Distribution)
	}
}
