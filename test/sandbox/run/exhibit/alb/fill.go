package alb

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
	cluster = "shop"
	tasks   = 2 // of a pool that serves
	port    = 8080

	patience = 30 * time.Second // with tasks
)

// Bring implements exhibit.Performer: a new image, and a task definition that names it. Sluice has the pool that does not serve run it.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	revision, err := s.push(ctx, c.Failing)
	return exhibit.Revision{
		Version: revision, Command: fmt.Sprintf("docker push %s:%s && aws ecs register-task-definition --cli-input-json file://task.json", image, revision[strings.Index(revision, ":")+1:]),
	}, err
}

// push makes an image that fails some percent of the requests, and registers a task definition with it: "checkout:2".
func (s *shop) push(ctx context.Context, failing float64) (revision string, err error) {
	s.register.Lock()
	defer s.register.Unlock()
	s.pushed++
	revision = fmt.Sprintf("%s:%d", exhibit.Service, s.pushed)
	tag := fmt.Sprintf("%s:%d", image, s.pushed)
	images := sandbox.PartOf[sandboxecs.Service](s.stage.Sandbox)
	images.PutImage(tag, program.Executable(s.stage.Programs[web], s.stage.Log, "REVISION="+revision, fmt.Sprintf("FAILING=%g", failing)))
	_, err = s.ecs.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
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

// create makes the service of a pool.
func (s *shop) create(ctx context.Context, p pool, task string, count int32) error {
	_, err := s.ecs.CreateService(ctx, &ecs.CreateServiceInput{
		Cluster: aws.String(cluster), ServiceName: &p.service, TaskDefinition: &task, DesiredCount: &count, LaunchType: types.LaunchTypeFargate,
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: &p.group, ContainerName: aws.String(web), ContainerPort: aws.Int32(port)}},
	})
	return err
}

// healthy waits until a pool has so many targets, all of them healthy.
func (s *shop) healthy(ctx context.Context, p pool, count int) error {
	for begun := time.Now(); ; {
		out, err := s.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &p.group})
		if err != nil {
			return fmt.Errorf("reading the health of %s: %w", p.service, err)
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
			return fmt.Errorf("%s should have %d healthy targets after %v, and has %v", p.service, count, patience, states)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
