package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

const (
	longestPauseHook = 20160 // minutes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html)
	usualTimeout     = 1440
	mostPauseHooks   = 10
)

// hook is one pause of a deployment. Each time that a stage with a hook begins, it gets an id of its own
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html).
type hook struct {
	id      string
	stage   types.ServiceDeploymentLifecycleStage
	status  types.DeploymentLifecycleHookStatus
	expires time.Time
	action  types.DeploymentLifecycleHookAction
}

// pausable are the stages at which a PAUSE hook may stand.
var pausable = []types.DeploymentLifecycleHookStage{
	types.DeploymentLifecycleHookStageReconcileService, types.DeploymentLifecycleHookStagePreScaleUp, types.DeploymentLifecycleHookStagePostScaleUp,
	types.DeploymentLifecycleHookStagePostTestTrafficShift, types.DeploymentLifecycleHookStagePreProductionTrafficShift, types.DeploymentLifecycleHookStagePostProductionTrafficShift,
}

// checkHooks refuses hooks that ECS would refuse, and those of Lambda, which are not done here. The words are not documented.
func checkHooks(given []types.DeploymentLifecycleHook) error {
	for _, h := range given {
		switch {
		case h.TargetType != types.DeploymentLifecycleHookTargetTypePause:
			return wire.NotImplemented("deployment lifecycle hooks that call Lambda functions; PAUSE hooks are there")
		case h.HookTargetArn != nil || h.RoleArn != nil:
			return invalid("hookTargetArn and roleArn are not applicable for PAUSE hooks.")
		case len(h.LifecycleStages) == 0:
			return invalid("A lifecycle hook must have at least one lifecycle stage.")
		case slices.ContainsFunc(h.LifecycleStages, func(stage types.DeploymentLifecycleHookStage) bool { return !slices.Contains(pausable, stage) }):
			return invalid("PAUSE hooks cannot be configured at TEST_TRAFFIC_SHIFT or PRODUCTION_TRAFFIC_SHIFT stages.")
		}
		if t := h.TimeoutConfiguration; t != nil && (aws.ToInt32(or(t.TimeoutInMinutes, usualTimeout)) < 1 || aws.ToInt32(or(t.TimeoutInMinutes, usualTimeout)) > longestPauseHook) {
			return invalid(fmt.Sprintf("timeoutInMinutes must be between 1 and %d.", longestPauseHook))
		}
	}
	if len(given) > mostPauseHooks {
		return invalid("A service can have at most 10 PAUSE lifecycle hooks.")
	}
	return nil
}

// openHooks begins the hooks of the stage that has begun.
func (s *Service) openHooks(sv *service, d *serviceDeployment) {
	for _, h := range d.config.LifecycleHooks {
		if !slices.Contains(h.LifecycleStages, types.DeploymentLifecycleHookStage(d.stage)) {
			continue
		}
		opened := &hook{id: "ecs-pause-" + s.id(43), stage: d.stage, status: types.DeploymentLifecycleHookStatusAwaitingAction, action: types.DeploymentLifecycleHookActionRollback, expires: time.Now().Add(usualTimeout * time.Minute)}
		if t := h.TimeoutConfiguration; t != nil {
			opened.expires = time.Now().Add(time.Duration(aws.ToInt32(or(t.TimeoutInMinutes, usualTimeout))) * time.Minute)
			if t.Action != "" {
				opened.action = t.Action
			}
		}
		d.hooks = append(d.hooks, opened)
		s.tellHook(sv, d, opened)
	}
}

// allowed says whether no hook of the stage waits.
func (d *serviceDeployment) allowed() bool { return len(d.waiting()) == 0 }

func (d *serviceDeployment) waiting() (all []*hook) {
	for _, h := range d.hooks {
		if h.status == types.DeploymentLifecycleHookStatusAwaitingAction {
			all = append(all, h)
		}
	}
	return all
}

func (d *serviceDeployment) nextExpiry() time.Time {
	first := d.waiting()[0].expires
	for _, h := range d.waiting() {
		if h.expires.Before(first) {
			first = h.expires
		}
	}
	return first
}

// expireHooks does what a hook says that nobody answered in time.
func (s *Service) expireHooks(sv *service, d *serviceDeployment, now time.Time) {
	for _, h := range d.waiting() {
		if now.Before(h.expires) {
			continue
		}
		h.status = types.DeploymentLifecycleHookStatusTimedOut
		s.tellHook(sv, d, h)
		if h.action == types.DeploymentLifecycleHookActionRollback {
			s.turn(sv, d, "Service deployment rolled back because a lifecycle hook timed out.") // the words are not documented
			return
		}
	}
}

// closeHooks ends what still waits in a deployment that does not go on. That such a hook is FAILED is not documented.
func (s *Service) closeHooks(sv *service, d *serviceDeployment) {
	for _, h := range d.waiting() {
		h.status = types.DeploymentLifecycleHookStatusFailed
		s.tellHook(sv, d, h)
	}
}

// ContinueServiceDeployment answers a hook: once, and only while its deployment is in progress.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/continue-service-deployment.html
func (s *Service) ContinueServiceDeployment(_ context.Context, in *awsecs.ContinueServiceDeploymentInput) (*awsecs.ContinueServiceDeploymentOutput, error) {
	defer s.lock()()
	sv, d := s.serviceDeployment(aws.ToString(in.ServiceDeploymentArn))
	if d == nil {
		return nil, unknownDeployment()
	}
	i := slices.IndexFunc(d.hooks, func(h *hook) bool { return h.id == aws.ToString(in.HookId) })
	switch { // the codes and words are not documented
	case d.status != types.ServiceDeploymentStatusInProgress:
		return nil, invalid("The service deployment is not in progress.")
	case i < 0:
		return nil, invalid("The lifecycle hook was not found.")
	case d.hooks[i].status != types.DeploymentLifecycleHookStatusAwaitingAction:
		return nil, invalid("The lifecycle hook is not awaiting an action.")
	}
	h := d.hooks[i]
	h.status = types.DeploymentLifecycleHookStatusSucceeded
	if in.Action == types.DeploymentLifecycleHookActionRollback {
		h.status = types.DeploymentLifecycleHookStatusFailed
	}
	s.tellHook(sv, d, h)
	if in.Action == types.DeploymentLifecycleHookActionRollback {
		s.turn(sv, d, "Service deployment rolled back because a lifecycle hook was answered with ROLLBACK.")
	}
	sv.poke()
	return &awsecs.ContinueServiceDeploymentOutput{ServiceDeploymentArn: &d.arn}, nil
}

func unknownDeployment() error {
	return &types.ServiceDeploymentNotFoundException{Message: aws.String("Service deployment not found.")}
}

func (h *hook) described() types.DeploymentLifecycleHookDetail {
	return types.DeploymentLifecycleHookDetail{HookId: &h.id, Status: h.status, TargetType: types.DeploymentLifecycleHookTargetTypePause, ExpiresAt: at(h.expires), TimeoutAction: h.action}
}

// hookDetail has the fields of the sample on https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html.
type hookDetail struct {
	EventType     string `json:"eventType"`
	EventName     string `json:"eventName"`
	ClusterARN    string `json:"clusterArn"`
	ServiceARN    string `json:"serviceArn"`
	DeploymentARN string `json:"serviceDeploymentArn"`
	Stage         string `json:"lifecycleStage"`
	HookID        string `json:"hookId"`
	HookType      string `json:"hookType"`
	ExpiresAt     string `json:"expiresAt"`
	UpdatedAt     string `json:"updatedAt"`
}

func (s *Service) tellHook(sv *service, d *serviceDeployment, h *hook) {
	kind := "INFO"
	if h.status == types.DeploymentLifecycleHookStatusFailed || h.status == types.DeploymentLifecycleHookStatusTimedOut {
		kind = "ERROR"
	}
	s.tell("ECS Hook State Change", "", hookDetail{
		EventType: kind, EventName: "HOOK_" + string(h.status), ClusterARN: sv.of.arn, ServiceARN: sv.arn, DeploymentARN: d.arn, Stage: string(h.stage),
		HookID: h.id, HookType: "PAUSE", ExpiresAt: stamp(&h.expires), UpdatedAt: time.Now().UTC().Format(clock),
	})
}
