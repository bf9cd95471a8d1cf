package tasks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox"
	sandboxecs "sluice/test/sandbox/ecs"
	"sluice/test/sandbox/program"
	"sluice/test/sandbox/run/exhibit"
)

const (
	// Cluster is where the tasks are.
	Cluster = "shop"
	// Each is how many tasks a service that serves has.
	Each = 2

	port = 8080

	patience = 30 * time.Second // with tasks
)

// Bring implements exhibit.Performer: a new image, and a task definition that names it.
func (s *Balanced) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	revision, err := s.push(ctx, c.Failing)
	return exhibit.Revision{
		Version: revision, Command: fmt.Sprintf("docker push %s:%s && aws ecs register-task-definition --cli-input-json file://task.json", image, revision[strings.Index(revision, ":")+1:]),
	}, err
}

// push makes an image that fails some percent of the requests, and registers a task definition with it: "checkout:2".
func (s *Balanced) push(ctx context.Context, failing float64) (revision string, err error) {
	s.register.Lock()
	defer s.register.Unlock()
	s.pushed++
	revision = fmt.Sprintf("%s:%d", exhibit.Service, s.pushed)
	tag := fmt.Sprintf("%s:%d", image, s.pushed)
	images := sandbox.PartOf[sandboxecs.Service](s.stage.Sandbox)
	images.PutImage(tag, program.Executable(s.stage.Programs[web], s.stage.Log, "REVISION="+revision, fmt.Sprintf("FAILING=%g", failing)))
	_, err = s.ECS.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(exhibit.Service), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String(web), Image: &tag, Memory: aws.Int32(128), PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(port)}},
		}},
	})
	if err != nil {
		return revision, fmt.Errorf("registering a task definition for %s: %w", tag, err)
	}
	return revision, nil
}

// Create makes a service whose tasks are in a target group, and which runs the first image. change may add to how it is made.
func (s *Balanced) Create(ctx context.Context, name, group string, count int32, change func(*ecs.CreateServiceInput)) error {
	in := &ecs.CreateServiceInput{
		Cluster: aws.String(Cluster), ServiceName: &name, TaskDefinition: &s.First, DesiredCount: &count, LaunchType: types.LaunchTypeFargate,
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: &group, ContainerName: aws.String(web), ContainerPort: aws.Int32(port)}},
	}
	if change != nil {
		change(in)
	}
	if _, err := s.ECS.CreateService(ctx, in); err != nil {
		return fmt.Errorf("making the service %s: %w", name, err)
	}
	return nil
}

// Healthy waits until a target group has so many targets, all of them healthy.
func (s *Balanced) Healthy(ctx context.Context, group string, count int) error {
	for begun := time.Now(); ; {
		out, err := s.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &group})
		if err != nil {
			return fmt.Errorf("reading the health of %s: %w", group, err)
		}
		var states []string
		well := 0
		for _, d := range out.TargetHealthDescriptions {
			states = append(states, string(d.TargetHealth.State))
			if d.TargetHealth.State == elbtypes.TargetHealthStateEnumHealthy {
				well++
			}
		}
		switch {
		case well == count && len(states) == count:
			return nil
		case time.Since(begun) > patience:
			return fmt.Errorf("%s should have %d healthy targets after %v, and has %v", group, count, patience, states)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
