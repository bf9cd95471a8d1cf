package ecs

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

// usualCallBack is after how long a function that is not done yet is asked again
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html).
const usualCallBack = 30 * time.Second

// question is what a hook asks a function of Lambda. What the function says of hookDetails is kept for the next invocation of the same hook, and of no
// other (the same page).
type question struct {
	function, role string
	details        map[string]any
}

// checkQuestion refuses a hook that calls a function which could not be called.
func (s *Service) checkQuestion(h types.DeploymentLifecycleHook) error {
	switch {
	case s.o.Call == nil:
		return wire.NotImplemented("deployment lifecycle hooks that call Lambda functions, without Lambda")
	case !strings.Contains(aws.ToString(h.HookTargetArn), ":lambda:"):
		return invalid("hookTargetArn must be the ARN of a Lambda function for AWS_LAMBDA hooks.")
	case aws.ToString(h.RoleArn) == "":
		return invalid("roleArn is required for AWS_LAMBDA hooks.")
	}
	_, err := detailsOf(h)
	return err
}

// detailsOf are the parameters that a service gives its hook: "a dictionary".
func detailsOf(h types.DeploymentLifecycleHook) (details map[string]any, err error) {
	if h.HookDetails == nil {
		return nil, nil
	}
	text, err := h.HookDetails.MarshalSmithyDocument()
	if err != nil {
		return nil, invalid("hookDetails: " + err.Error())
	}
	if json.Unmarshal(text, &details) != nil {
		return nil, invalid("hookDetails must be a JSON object.")
	}
	return details, nil
}

// putQuestion begins to ask a function. What the id of such a hook looks like is not documented: "ecs-{hookType}-{id}" is.
func (s *Service) putQuestion(sv *service, d *serviceDeployment, h types.DeploymentLifecycleHook, opened *hook) {
	details, _ := detailsOf(h) // it was checked when the service was configured
	opened.id, opened.status = "ecs-lambda-"+s.id(43), types.DeploymentLifecycleHookStatusInProgress
	opened.asks = &question{function: *h.HookTargetArn, role: *h.RoleArn, details: details}
	go s.ask(sv, d, opened)
}

// askAgain asks the hooks of the shifts that the deployment had begun: they are told that traffic goes back. That the way back does not wait for what they
// say is believed (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html, "Lifecycle hooks during rollback").
func (s *Service) askAgain(sv *service, d *serviceDeployment) {
	reached := map[types.ServiceDeploymentLifecycleStage]bool{}
	for _, h := range d.hooks {
		reached[h.stage] = true
	}
	for _, h := range d.config.LifecycleHooks {
		for _, at := range h.LifecycleStages {
			if stage := types.ServiceDeploymentLifecycleStage(at); reached[stage] && (stage == production || stage == testShift) {
				s.openHook(sv, d, h, stage)
			}
		}
	}
}

// invocation is what a function is told.
type invocation struct {
	ExecutionID string         `json:"executionId"`
	Stage       string         `json:"lifecycleStage"`
	Resource    string         `json:"resourceArn"`
	Execution   execution      `json:"executionDetails"`
	Details     map[string]any `json:"hookDetails,omitempty"`
}

type execution struct {
	Service    string             `json:"serviceArn"`
	Target     string             `json:"targetServiceRevisionArn"`
	Test       map[string]float64 `json:"testTrafficWeights"`
	Production map[string]float64 `json:"productionTrafficWeights"`
}

// reply is what a function answers.
type reply struct {
	HookStatus    types.DeploymentLifecycleHookStatus `json:"hookStatus"`
	CallBackDelay int                                 `json:"callBackDelay"` // seconds
	HookDetails   map[string]any                      `json:"hookDetails"`
}

// ask calls a function until it has said what is to happen, or nobody wants to know any more.
func (s *Service) ask(sv *service, d *serviceDeployment, h *hook) {
	for {
		payload, open := s.invocation(sv, d, h)
		if !open {
			return
		}
		said, why := s.invoke(h.asks, payload)
		again := s.heed(sv, d, h, said, why)
		if again == 0 {
			return
		}
		select {
		case <-s.o.Context.Done():
			return
		case <-time.After(again):
		}
	}
}

// invocation is what a hook's function is told next, unless the hook is closed.
func (s *Service) invocation(sv *service, d *serviceDeployment, h *hook) (payload []byte, open bool) {
	defer s.lock()()
	if !h.open() {
		return nil, false
	}
	id := s.id(32)
	told := invocation{
		ExecutionID: strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-"), Stage: string(h.stage), Resource: d.arn, Details: h.asks.details,
		Execution: execution{Service: sv.arn, Target: d.target.arn, Test: map[string]float64{}, Production: map[string]float64{}},
	}
	divided := func(percent float64) map[string]float64 {
		return map[string]float64{d.target.arn: percent, d.source[0].arn: 100 - percent}
	}
	switch h.stage { // only these have weights, in the page's samples
	case testShift:
		told.Execution.Test = divided(d.test)
	case preProduction, production:
		told.Execution.Production = divided(d.requested)
	}
	payload, err := json.Marshal(told)
	return payload, err == nil
}

// invoke calls a function once. why is why the hook failed, in the words of
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html; empty when the function said what is to happen.
func (s *Service) invoke(q *question, payload []byte) (said reply, why string) {
	result, err := s.o.Call(s.o.Context, q.role, q.function, payload)
	switch {
	case err != nil:
		return said, fmt.Sprintf("ECS was unable to invoke hook target %s due to %v", q.function, err)
	case result.FunctionError != "": // how ECS says that is not documented
		return said, fmt.Sprintf("ECS was unable to invoke hook target %s due to %s: %s", q.function, result.ErrorType, result.ErrorMessage)
	}
	unclear := "HookStatus must not be null"
	if err := json.Unmarshal(result.Payload, &said); err != nil {
		unclear = err.Error()
	}
	switch said.HookStatus {
	case types.DeploymentLifecycleHookStatusSucceeded, types.DeploymentLifecycleHookStatusInProgress:
		return said, ""
	case types.DeploymentLifecycleHookStatusFailed:
		return said, fmt.Sprintf("Lifecycle hook target %s returned FAILED status.", q.function)
	}
	return said, fmt.Sprintf("ECS was unable to parse the response from %s due to %s", q.function, unclear)
}

// heed does what a function said; again is after how long it is asked once more, 0: never.
func (s *Service) heed(sv *service, d *serviceDeployment, h *hook, said reply, why string) (again time.Duration) {
	defer s.lock()()
	switch {
	case !h.open(): // its time is over, or the deployment goes back
	case why != "":
		h.status = types.DeploymentLifecycleHookStatusFailed
		if !d.goesBack() && d.finished.IsZero() {
			s.turn(sv, d, fmt.Sprintf("Service deployment rolled back because %s lifecycle hook(s) failed. %s", h.stage, why))
		}
	case said.HookStatus == types.DeploymentLifecycleHookStatusInProgress:
		if h.asks.details == nil {
			h.asks.details = map[string]any{}
		}
		maps.Copy(h.asks.details, said.HookDetails)
		if again = time.Duration(said.CallBackDelay) * time.Second; again <= 0 {
			again = usualCallBack
		}
		return again
	default:
		h.status = types.DeploymentLifecycleHookStatusSucceeded
	}
	sv.poke()
	return 0
}
