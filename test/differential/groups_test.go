package differential

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/parts"
)

// CodeDeploy is only asked what its groups move, and speaks as AWS describes its API, also when it refuses.
func TestDeploymentGroupsAreAsAWSDescribesThem(t *testing.T) {
	seen := map[string]int{}
	described(t, grouping(t), seen)
	for _, call := range []string{"ListApplications", "BatchGetApplications", "ListDeploymentGroups", "BatchGetDeploymentGroups", "CreateDeploymentGroup"} {
		if seen["codedeploy "+call] == 0 {
			t.Errorf("%s was not heard", call)
		}
	}
}

// grouping gives what goes over the wire while groups are made and read.
func grouping(t *testing.T) []exchange {
	ear := &ear{t: t}
	box, err := sandbox.Boot(t.Context(), sandbox.Options{Parts: parts.All(), Wrap: ear.around})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	ctx, c, shop, live := t.Context(), codedeploy.NewFromConfig(box.Config("")), aws.String("shop"), aws.String("live")
	taken := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	refused := func(_ any, err error) {
		t.Helper()
		if err == nil {
			t.Error("it was not refused")
		}
	}
	taken(c.CreateApplication(ctx, &codedeploy.CreateApplicationInput{ApplicationName: shop, ComputePlatform: types.ComputePlatformEcs}))
	refused(c.CreateApplication(ctx, &codedeploy.CreateApplicationInput{ApplicationName: shop}))
	group := &codedeploy.CreateDeploymentGroupInput{ApplicationName: shop, DeploymentGroupName: live, ServiceRoleArn: aws.String("arn:aws:iam::123456789012:role/deploy")}
	refused(c.CreateDeploymentGroup(ctx, group))
	group.LoadBalancerInfo = &types.LoadBalancerInfo{TargetGroupPairInfoList: []types.TargetGroupPairInfo{{
		ProdTrafficRoute: &types.TrafficRoute{ListenerArns: []string{"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/0000000000000000/0000000000000000"}},
		TargetGroups:     []types.TargetGroupInfo{{Name: aws.String("blue")}, {Name: aws.String("green")}},
	}}}
	taken(c.CreateDeploymentGroup(ctx, group))
	taken(c.ListApplications(ctx, &codedeploy.ListApplicationsInput{}))
	taken(c.BatchGetApplications(ctx, &codedeploy.BatchGetApplicationsInput{ApplicationNames: []string{"shop"}}))
	taken(c.ListDeploymentGroups(ctx, &codedeploy.ListDeploymentGroupsInput{ApplicationName: shop}))
	refused(c.ListDeploymentGroups(ctx, &codedeploy.ListDeploymentGroupsInput{ApplicationName: aws.String("cart")}))
	taken(c.BatchGetDeploymentGroups(ctx, &codedeploy.BatchGetDeploymentGroupsInput{ApplicationName: shop, DeploymentGroupNames: []string{"live"}}))
	return ear.heard
}
