package events

import (
	"fmt"
	"strings"
)

const (
	ecsSource        = "aws.ecs"
	deploymentChange = "ECS Deployment State Change"
	hookChange       = "ECS Hook State Change"
)

// ServiceDeployment is the detail of an event about a deployment of an ECS service, whose ARN stands under resources
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html).
type ServiceDeployment struct {
	Name   string `json:"eventName"`
	Reason string `json:"reason"`
}

// ServiceHook is the detail of an event about a hook at which a deployment of an ECS service waits
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html). It may have no resources.
type ServiceHook struct {
	Name    string `json:"eventName"`
	Service string `json:"serviceArn"`
}

// ServiceDeploymentPattern selects the ends of deployments of the given services, each named as cluster/service.
func ServiceDeploymentPattern(services []string) Pattern {
	p := fromAWS(ecsSource, []string{deploymentChange}, map[string]any{"eventName": []string{"SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"}})
	p["resources"] = ofServices(services)
	return p
}

// ServiceHookPattern selects what happens to hooks of the given services' deployments: each waits for an answer, or does not any more.
func ServiceHookPattern(services []string) Pattern {
	return fromAWS(ecsSource, []string{hookChange}, map[string]any{
		"eventName": []string{"HOOK_AWAITING_ACTION", "HOOK_FAILED", "HOOK_TIMED_OUT"}, "serviceArn": ofServices(services),
	})
}

const serviceARN = ":service/"

func ofServices(services []string) []map[string]string {
	arns := make([]map[string]string, len(services))
	for i, s := range services {
		arns[i] = map[string]string{"suffix": serviceARN + s}
	}
	return arns
}

// movedService is the target that an event of ECS is about.
func movedService(e Raw) (target string, err error) {
	arn := strings.Join(e.Resources, " ")
	if e.DetailType == hookChange {
		var h ServiceHook
		if err := Decode(e.Detail, "detail", &h); err != nil {
			return "", err
		}
		arn = h.Service
	}
	_, name, names := strings.Cut(arn, serviceARN)
	if !names || name == "" {
		return "", &Malformed{"detail", fmt.Sprintf("of %.60q names no service", e.DetailType), "send what ECS sends"}
	}
	return "ecs:" + name, nil
}
