package scenario_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	deploy "github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"

	"sluice/shared/codedeploy"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	service "sluice/test/sandbox/codedeploy"
	"sluice/test/scenario"
)

// application makes an application of CodeDeploy for ECS, with a group that moves a listener and two target groups.
func application(w *scenario.World, name, listener string, groups ...string) {
	w.T.Helper()
	ctx, s := w.T.Context(), sandbox.PartOf[service.Service](w.Sandbox)
	_, err := s.CreateApplication(ctx, &deploy.CreateApplicationInput{ApplicationName: &name, ComputePlatform: types.ComputePlatformEcs})
	if err == nil {
		_, err = s.CreateDeploymentGroup(ctx, &deploy.CreateDeploymentGroupInput{
			ApplicationName: &name, DeploymentGroupName: aws.String("live"),
			LoadBalancerInfo: &types.LoadBalancerInfo{TargetGroupPairInfoList: []types.TargetGroupPairInfo{{
				ProdTrafficRoute: &types.TrafficRoute{ListenerArns: []string{listener}},
				TargetGroups:     []types.TargetGroupInfo{{Name: &groups[0]}, {Name: &groups[1]}},
			}}},
		})
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

const elsewhere = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/cart/0000000000000000/0000000000000000"

// CodeDeploy moves a listener whole, and does not look at what a rule of it serves.
func TestRuleThatCodeDeployMovesIsRefused(t *testing.T) {
	for name, group := range map[string]func(w *scenario.World, listener string){
		"its listener":     func(w *scenario.World, listener string) { application(w, "shop", listener, "a", "b") },
		"its target group": func(w *scenario.World, _ string) { application(w, "shop", elsewhere, "a", "checkout-green") },
	} {
		t.Run(name, func(t *testing.T) {
			rule := scenario.External{Green: "2"}
			scenario.RunWith(t, scenario.Options{Kind: rule}, func(w *scenario.World) {
				w.Given(scenario.Canary)
				application(w, "cart", elsewhere, "cart-blue", "cart-green")
				group(w, rule.Listener(w))
				r := w.Ended(w.Requested("2"))
				if r.End != rollout.Rejected || !strings.Contains(r.Rejection.Reason, "deployment group shop/live of CodeDeploy") || r.Rejection.Remedy == "" {
					w.T.Errorf("it ended %q: %+v", r.End, r.Rejection)
				}
			})
		})
	}
}

func TestApplicationsThatAreNotLookedIntoAreSpokenOf(t *testing.T) {
	scenario.RunWith(t, scenario.Options{Kind: scenario.External{Green: "2"}}, func(w *scenario.World) {
		w.Given(scenario.Canary)
		for i := range codedeploy.Most + 1 {
			application(w, fmt.Sprintf("app-%03d", i), elsewhere, "a", "b")
		}
		r := w.Ended(w.Requested("2"))
		if r.End != rollout.Succeeded || !strings.Contains(scenario.Story(r), "was not looked at") {
			w.T.Errorf("it ended %q; its story:\n%s", r.End, scenario.Story(r))
		}
	})
}
