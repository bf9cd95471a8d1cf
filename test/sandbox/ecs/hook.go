package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	longestPauseHook  = 20160 // minutes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html)
	longestLambdaHook = 1440  // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html)
	usualTimeout      = 1440
	mostHooks         = 10 // of either type
)

// hook is one pause of a deployment, or one question to a function. Each time that a stage with a hook begins, it gets an id of its own
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html).
type hook struct {
	id      string
	stage   types.ServiceDeploymentLifecycleStage
	status  types.DeploymentLifecycleHookStatus
	expires time.Time
	action  types.DeploymentLifecycleHookAction
	asks    *question // nil: it waits for ContinueServiceDeployment
}

// pausable are the stages at which a PAUSE hook may stand.
var pausable = []types.DeploymentLifecycleHookStage{
	types.DeploymentLifecycleHookStageReconcileService, types.DeploymentLifecycleHookStagePreScaleUp, types.DeploymentLifecycleHookStagePostScaleUp,
	types.DeploymentLifecycleHookStagePostTestTrafficShift, types.DeploymentLifecycleHookStagePreProductionTrafficShift, types.DeploymentLifecycleHookStagePostProductionTrafficShift,
}

// checkHooks refuses hooks that ECS would refuse, in the words of
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html where those are there; the others are not documented.
func (s *Service) checkHooks(given []types.DeploymentLifecycleHook) error {
	pauses := 0
	for _, h := range given {
		if err := s.checkHook(h); err != nil {
			return err
		}
		if h.TargetType == types.DeploymentLifecycleHookTargetTypePause {
			pauses++
		}
	}
	if pauses > mostHooks || len(given)-pauses > mostHooks {
		return invalid("A service can have at most 10 PAUSE and 10 AWS_LAMBDA lifecycle hooks.")
	}
	return nil
}

func (s *Service) checkHook(h types.DeploymentLifecycleHook) error {
	paused, longest := h.TargetType == types.DeploymentLifecycleHookTargetTypePause, int32(longestLambdaHook)
	switch {
	case h.TargetType != "" && !slices.Contains(h.TargetType.Values(), h.TargetType):
		return invalid("Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE")
	case len(h.LifecycleStages) == 0:
		return invalid("A lifecycle hook must have at least one lifecycle stage.")
	case !paused:
		if err := s.checkQuestion(h); err != nil {
			return err
		}
	case h.HookTargetArn != nil || h.RoleArn != nil:
		return invalid("hookTargetArn and roleArn are not applicable for PAUSE hooks.")
	case slices.ContainsFunc(h.LifecycleStages, func(stage types.DeploymentLifecycleHookStage) bool { return !slices.Contains(pausable, stage) }):
		return invalid("Invalid lifecycle stage provided for Pause Hook")
	}
	if paused {
		longest = longestPauseHook
	}
	if within := minutesOf(h); within < 1 || within > longest {
		return invalid(fmt.Sprintf("timeoutInMinutes must be between 1 and %d.", longest))
	}
	return nil
}

// minutesOf is how long a hook may take.
func minutesOf(h types.DeploymentLifecycleHook) int32 {
	if h.TimeoutConfiguration == nil {
		return usualTimeout
	}
	return aws.ToInt32(or(h.TimeoutConfiguration.TimeoutInMinutes, usualTimeout))
}

// openHooks begins the hooks of the stage that has begun.
func (s *Service) openHooks(sv *service, d *serviceDeployment) {
	for _, h := range d.config.LifecycleHooks {
		if slices.Contains(h.LifecycleStages, types.DeploymentLifecycleHookStage(d.stage)) {
			s.openHook(sv, d, h, d.stage)
		}
	}
}

func (s *Service) openHook(sv *service, d *serviceDeployment, h types.DeploymentLifecycleHook, stage types.ServiceDeploymentLifecycleStage) {
	opened := &hook{stage: stage, action: types.DeploymentLifecycleHookActionRollback, expires: time.Now().Add(time.Duration(minutesOf(h)) * time.Minute)}
	if t := h.TimeoutConfiguration; t != nil && t.Action != "" {
		opened.action = t.Action
	}
	d.hooks = append(d.hooks, opened)
	if h.TargetType != types.DeploymentLifecycleHookTargetTypePause {
		s.putQuestion(sv, d, h, opened)
		return
	}
	opened.id, opened.status = "ecs-pause-"+s.id(43), types.DeploymentLifecycleHookStatusAwaitingAction
	s.tellHook(sv, d, opened)
}

// allowed says whether no hook of the stage waits.
func (d *serviceDeployment) allowed() bool { return len(d.waiting()) == 0 }

func (d *serviceDeployment) waiting() (all []*hook) {
	for _, h := range d.hooks {
		if h.open() {
			all = append(all, h)
		}
	}
	return all
}

func (h *hook) open() bool {
	return h.status == types.DeploymentLifecycleHookStatusAwaitingAction || h.status == types.DeploymentLifecycleHookStatusInProgress
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
		if h.action == types.DeploymentLifecycleHookActionRollback && !d.goesBack() {
			s.turn(sv, d, fmt.Sprintf("Service deployment rolled back because %s %s timed out.", h.stage, h.name()))
			return
		}
	}
}

// name is what ECS calls a hook in its reasons; that a hook of Lambda times out in such words, too, is not documented.
func (h *hook) name() string {
	if h.asks != nil {
		return "lifecycle hook"
	}
	return "pause hook"
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
	switch { // the words are those of the page on troubleshooting; the codes are not documented
	case !d.finished.IsZero():
		return nil, invalid("Continuing a service deployment is not allowed for service deployment in terminal states.")
	case i < 0 || d.hooks[i].status != types.DeploymentLifecycleHookStatusAwaitingAction:
		return nil, invalid("Provided hookId is either completed, unavailable, or not associated with the given Resource ARN")
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
	return &types.ServiceDeploymentNotFoundException{Message: aws.String("The service deployment does not exist.")}
}

func (h *hook) described() types.DeploymentLifecycleHookDetail {
	detail := types.DeploymentLifecycleHookDetail{HookId: &h.id, Status: h.status, TargetType: types.DeploymentLifecycleHookTargetTypePause, ExpiresAt: at(h.expires), TimeoutAction: h.action}
	if h.asks != nil {
		detail.TargetType, detail.TargetArn = types.DeploymentLifecycleHookTargetTypeAwsLambda, &h.asks.function
	}
	return detail
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

// tellHook tells of a PAUSE hook. That ECS tells of hooks of Lambda, too, is not documented.
func (s *Service) tellHook(sv *service, d *serviceDeployment, h *hook) {
	if h.asks != nil {
		return
	}
	kind := "INFO"
	if h.status == types.DeploymentLifecycleHookStatusFailed || h.status == types.DeploymentLifecycleHookStatusTimedOut {
		kind = "ERROR"
	}
	s.tell("ECS Hook State Change", "", hookDetail{
		EventType: kind, EventName: "HOOK_" + string(h.status), ClusterARN: sv.of.arn, ServiceARN: sv.arn, DeploymentARN: d.arn, Stage: string(h.stage),
		HookID: h.id, HookType: "PAUSE", ExpiresAt: stamp(&h.expires), UpdatedAt: time.Now().UTC().Format(clock),
	})
}
