package ecs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const clock = "2006-01-02T15:04:05.000Z"

// tell sends an event once the lock is given back.
func (s *Service) tell(detailType, resource string, detail any) {
	var resources []string
	if resource != "" {
		resources = []string{resource}
	}
	s.mu.Tell(func() { s.o.Emit(s.o.Context, detailType, resources, detail) })
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
type deploymentDetail struct {
	EventType    string `json:"eventType"`
	EventName    string `json:"eventName"`
	DeploymentID string `json:"deploymentId"`
	UpdatedAt    string `json:"updatedAt"`
	Reason       string `json:"reason"`
}

func (s *Service) tellDeployment(sv *service, kind, name string, dep *deployment) {
	s.tell("ECS Deployment State Change", sv.arn, deploymentDetail{kind, name, dep.id, dep.updated.UTC().Format(clock), dep.reason})
}

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
type actionDetail struct {
	EventType  string `json:"eventType"`
	EventName  string `json:"eventName"`
	ClusterARN string `json:"clusterArn"`
	Reason     string `json:"reason,omitempty"`
	CreatedAt  string `json:"createdAt"`
}

func (s *Service) tellAction(sv *service, kind, name, reason string) {
	s.tell("ECS Service Action", sv.arn, actionDetail{kind, name, sv.of.arn, reason, time.Now().UTC().Format(clock)})
}

// taskDetail has the fields of the schema aws.ecs@ECSTaskStateChange
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html).
type taskDetail struct {
	Attachments       []attachment   `json:"attachments,omitempty"`
	ClusterARN        string         `json:"clusterArn"`
	Containers        []container    `json:"containers"`
	CPU               string         `json:"cpu,omitempty"`
	CreatedAt         string         `json:"createdAt"`
	DesiredStatus     string         `json:"desiredStatus"`
	Group             string         `json:"group"`
	LastStatus        string         `json:"lastStatus"`
	LaunchType        string         `json:"launchType"`
	Memory            string         `json:"memory"`
	Overrides         map[string]any `json:"overrides"`
	PullStartedAt     string         `json:"pullStartedAt,omitempty"`
	PullStoppedAt     string         `json:"pullStoppedAt,omitempty"`
	StartedAt         string         `json:"startedAt,omitempty"`
	StartedBy         string         `json:"startedBy"`
	StoppingAt        string         `json:"stoppingAt,omitempty"`
	StoppedAt         string         `json:"stoppedAt,omitempty"`
	StoppedReason     string         `json:"stoppedReason,omitempty"`
	StopCode          string         `json:"stopCode,omitempty"`
	TaskARN           string         `json:"taskArn"`
	TaskDefinitionARN string         `json:"taskDefinitionArn"`
	UpdatedAt         string         `json:"updatedAt"`
	Version           int64          `json:"version"`
}

type attachment struct {
	ID      string   `json:"id"`
	Type    string   `json:"type"`
	Status  string   `json:"status"`
	Details []detail `json:"details"`
}

type detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type container struct {
	ContainerARN      string             `json:"containerArn"`
	TaskARN           string             `json:"taskArn"`
	Name              string             `json:"name"`
	Image             string             `json:"image"`
	ImageDigest       string             `json:"imageDigest,omitempty"`
	LastStatus        string             `json:"lastStatus"`
	ExitCode          *int32             `json:"exitCode,omitempty"`
	Reason            string             `json:"reason,omitempty"`
	NetworkInterfaces []networkInterface `json:"networkInterfaces"`
}

type networkInterface struct {
	AttachmentID string `json:"attachmentId"`
	Address      string `json:"privateIpv4Address"`
}

func (s *Service) tellTask(sv *service, t *task) {
	d := sv.describedTask(t)
	told := taskDetail{
		ClusterARN: *d.ClusterArn, CPU: aws.ToString(d.Cpu), CreatedAt: stamp(d.CreatedAt), DesiredStatus: t.desired, Group: *d.Group, LastStatus: t.status, LaunchType: string(t.launch),
		Memory: *d.Memory, Overrides: map[string]any{"containerOverrides": overrides(d)}, PullStartedAt: stamp(d.PullStartedAt), PullStoppedAt: stamp(d.PullStoppedAt), StartedAt: stamp(d.StartedAt),
		StartedBy: *d.StartedBy, StoppingAt: stamp(d.StoppingAt), StoppedAt: stamp(d.StoppedAt), StoppedReason: t.reason, StopCode: string(t.code), TaskARN: t.arn,
		TaskDefinitionARN: *d.TaskDefinitionArn, UpdatedAt: stamp(&t.since), Version: t.version,
	}
	for _, a := range d.Attachments {
		told.Attachments = append(told.Attachments, attachment{*a.Id, "eni", *a.Status, []detail{{*a.Details[0].Name, *a.Details[0].Value}}})
	}
	for _, c := range d.Containers {
		told.Containers = append(told.Containers, container{
			*c.ContainerArn, t.arn, *c.Name, *c.Image, aws.ToString(c.ImageDigest), t.status, c.ExitCode, aws.ToString(c.Reason), []networkInterface{{*c.NetworkInterfaces[0].AttachmentId, t.ip}},
		})
	}
	s.tell("ECS Task State Change", t.arn, told)
}

func overrides(d types.Task) []map[string]string {
	all := []map[string]string{}
	for _, c := range d.Containers {
		all = append(all, map[string]string{"name": *c.Name})
	}
	return all
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(clock)
}
