package ecs

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

// ListTasks lists the tasks of a cluster, a service or a family: those that are to run, or with DesiredStatus those that are to stop.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
func (s *Service) ListTasks(_ context.Context, in *awsecs.ListTasksInput) (*awsecs.ListTasksOutput, error) {
	if in.NextToken != nil || in.MaxResults != nil || in.ContainerInstance != nil || in.StartedBy != nil || in.DaemonName != nil || in.LaunchType != "" {
		return nil, wire.NotImplemented("ListTasks in pages, or by more than service, family and status")
	}
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if in.ServiceName != nil && c.service(in.ServiceName) == nil {
		return nil, &types.ServiceNotFoundException{Message: aws.String("Service not found.")}
	}
	wanted := runs
	if in.DesiredStatus == types.DesiredStatusStopped {
		wanted = stopped
	}
	out := &awsecs.ListTasksOutput{TaskArns: []string{}}
	for _, sv := range c.services {
		for _, t := range sv.tasks {
			ofService := in.ServiceName == nil || sv.name == last(in.ServiceName)
			ofFamily := in.Family == nil || *t.definition.Family == *in.Family
			if t.desired == wanted && ofService && ofFamily {
				out.TaskArns = append(out.TaskArns, t.arn)
			}
		}
	}
	return out, nil
}

// DescribeTasks describes tasks by id or ARN.
func (s *Service) DescribeTasks(_ context.Context, in *awsecs.DescribeTasksInput) (*awsecs.DescribeTasksOutput, error) {
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	switch {
	case err != nil:
		return nil, err
	case len(in.Tasks) == 0 || len(in.Tasks) > 100:
		return nil, invalid("Tasks must have 1 to 100 elements.")
	}
	out := &awsecs.DescribeTasksOutput{}
	for _, name := range in.Tasks {
		sv, t := c.task(name)
		if t == nil {
			out.Failures = append(out.Failures, missing(s.arn("task/"+c.name+"/"+last(&name))))
			continue
		}
		out.Tasks = append(out.Tasks, sv.describedTask(t))
	}
	return out, nil
}

// StopTask stops a task; its service starts another.
func (s *Service) StopTask(_ context.Context, in *awsecs.StopTaskInput) (*awsecs.StopTaskOutput, error) {
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	sv, t := c.task(aws.ToString(in.Task))
	if t == nil {
		return nil, invalid("The referenced task was not found.")
	}
	why := "Task stopped by user"
	if in.Reason != nil {
		why = *in.Reason
	}
	sv.steady = time.Time{}
	s.stop(sv, t, types.TaskStopCodeUserInitiated, why)
	sv.poke()
	return &awsecs.StopTaskOutput{Task: new(sv.describedTask(t))}, nil
}

func (c *cluster) task(name string) (*service, *task) {
	for _, sv := range c.services {
		for _, t := range sv.tasks {
			if t.id == last(&name) {
				return sv, t
			}
		}
	}
	return nil, nil
}

func (sv *service) describedTask(t *task) types.Task {
	d := types.Task{
		TaskArn: &t.arn, ClusterArn: &sv.of.arn, TaskDefinitionArn: t.definition.TaskDefinitionArn, LastStatus: aws.String(t.status), DesiredStatus: aws.String(t.desired), Group: aws.String("service:" + sv.name),
		StartedBy: &t.deployment.id, LaunchType: t.launch, Cpu: t.definition.Cpu, Memory: aws.String(strconv.Itoa(t.definition.memory())), Version: t.version, StopCode: t.code,
		CreatedAt: at(t.created), PullStartedAt: at(t.pullAt), PullStoppedAt: at(t.startAt), StartedAt: at(t.startAt), StoppingAt: at(t.stopAt), StoppedAt: at(t.stoppedAt),
		HealthStatus: types.HealthStatusUnknown, Overrides: &types.TaskOverride{},
	}
	if t.reason != "" {
		d.StoppedReason = aws.String(t.reason)
	}
	if t.definition.NetworkMode == types.NetworkModeAwsvpc {
		d.Attachments = []types.Attachment{{Id: aws.String(t.id[:8]), Type: aws.String("ElasticNetworkInterface"), Status: aws.String("ATTACHED"), Details: []types.KeyValuePair{{Name: aws.String("privateIPv4Address"), Value: aws.String(t.ip)}}}}
	}
	for _, c := range t.definition.ContainerDefinitions {
		d.Containers = append(d.Containers, t.describedContainer(c))
	}
	return d
}

func (t *task) describedContainer(c types.ContainerDefinition) types.Container {
	d := types.Container{
		ContainerArn: aws.String(strings.Replace(t.arn, ":task/", ":container/", 1) + "/" + *c.Name), TaskArn: &t.arn, Name: c.Name, Image: c.Image, LastStatus: aws.String(t.status), ExitCode: t.exit,
		HealthStatus: types.HealthStatusUnknown, NetworkInterfaces: []types.NetworkInterface{{PrivateIpv4Address: aws.String(t.ip), AttachmentId: aws.String(t.id[:8])}},
	}
	if _, digest, ok := strings.Cut(*c.Image, "@"); ok {
		d.ImageDigest = &digest
	}
	if t.fault != "" {
		d.Reason = aws.String(t.fault)
	}
	return d
}

func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return aws.Time(t.UTC())
}
