package ecsservice_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/shared/kind"
	"sluice/shared/traffic/ecsservice"
	"sluice/test/shop"
)

func TestWhatIsRefusedBeforeARelease(t *testing.T) {
	for name, test := range map[string]struct {
		revision string
		amend    func(*types.Service)
		change   func(*kind.ECSService)
		want     string
	}{
		"all is well":                {},
		"no such task definition":    {revision: "checkout:9", want: "there is no active task definition checkout:9"},
		"an image without images":    {revision: "checkout@sha256:" + strings.Repeat("0", 64), want: "is an image"},
		"no such service":            {change: func(e *kind.ECSService) { e.Service = "basket" }, want: "there is no service basket in cluster shop"},
		"another controller":         {amend: func(s *types.Service) { s.DeploymentController.Type = types.DeploymentControllerTypeExternal }, want: "the controller EXTERNAL"},
		"another rule":               {change: func(e *kind.ECSService) { e.LoadBalancer.Rule += "0" }, want: "the definition names another"},
		"target groups turned round": {change: turned, want: "and the definition names"},
		"no alternate target group":  {amend: func(s *types.Service) { s.LoadBalancers[0].AdvancedConfiguration = nil }, want: "has no alternate target group"},
		"two load balancers":         {amend: func(s *types.Service) { s.LoadBalancers = append(s.LoadBalancers, s.LoadBalancers[0]) }, want: "has 2 load balancers"},
		"no Service Connect":         {change: func(e *kind.ECSService) { e.LoadBalancer, e.Connect = nil, "checkout" }, want: "is not checkout in Service Connect"},
		"daemons":                    {amend: func(s *types.Service) { s.SchedulingStrategy = types.SchedulingStrategyDaemon }, want: "DAEMON"},
		"a pause of somebody's":      {amend: pausing, want: "has a PAUSE hook of its own at [POST_SCALE_UP]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, shop.TwoGroups)
				if test.amend != nil {
					f.tasks.Amend("shop", "checkout", test.amend)
				}
				target := f.Target()
				balancing, service := *f.Service.LoadBalancer, f.Service
				service.LoadBalancer, target.ECSService = &balancing, &service
				if test.change != nil {
					test.change(target.ECSService)
				}
				if test.revision == "" {
					test.revision = "checkout:2"
				}
				why, err := ecsservice.Ports(f.cfg).Inspector.Inspect(t.Context(), target, test.revision, "checkout:1")
				switch {
				case err != nil:
					t.Error(err)
				case test.want == "" && why != nil:
					t.Errorf("refused: %+v", why)
				case test.want != "" && (why == nil || !strings.Contains(why.Reason, test.want) || why.Remedy == ""):
					t.Errorf("the rejection is %+v, want one that says %q", why, test.want)
				}
			})
		})
	}
}

func turned(e *kind.ECSService) {
	e.LoadBalancer.TargetGroup, e.LoadBalancer.Alternate = e.LoadBalancer.Alternate, e.LoadBalancer.TargetGroup
}

func pausing(s *types.Service) {
	s.DeploymentConfiguration.LifecycleHooks = []types.DeploymentLifecycleHook{{
		TargetType: types.DeploymentLifecycleHookTargetTypePause, LifecycleStages: []types.DeploymentLifecycleHookStage{types.DeploymentLifecycleHookStagePostScaleUp},
		TimeoutConfiguration: &types.DeploymentLifecycleHookTimeoutConfiguration{TimeoutInMinutes: aws.Int32(5)},
	}}
}
