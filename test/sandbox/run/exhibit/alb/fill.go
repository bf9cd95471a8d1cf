package alb

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/test/sandbox/run/exhibit"
)

const (
	cluster = "shop"
	tasks   = 2 // of a pool that serves
	port    = 8080

	patience = 30 * time.Second // with tasks
)

// Bring implements exhibit.Performer: a new image is started in the pool that does not serve, in place of what stood there.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	idle, err := s.idle(ctx)
	if err != nil {
		return exhibit.Revision{}, err
	}
	tag := s.push(c.Failing)
	if err := s.scale(ctx, idle, 0, ""); err != nil {
		return exhibit.Revision{}, err
	}
	task, err := s.define(ctx, tag)
	if err == nil {
		err = s.scale(ctx, idle, tasks, task)
	}
	if err == nil {
		err = s.says(ctx, idle, tag)
	}
	return exhibit.Revision{
		Version: tag, Command: fmt.Sprintf("docker push %s:%s && aws ecs update-service --service %s --task-definition %s", image, tag, idle.service, task),
	}, err
}

// idle is the pool that does not serve.
func (s *shop) idle(ctx context.Context) (pool, error) {
	out, err := s.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{s.rule}})
	if err != nil {
		return pool{}, fmt.Errorf("reading the rule: %w", err)
	}
	weights := map[string]int32{}
	for _, g := range out.Rules[0].Actions[0].ForwardConfig.TargetGroups {
		weights[*g.TargetGroupArn] = aws.ToInt32(g.Weight)
	}
	for _, p := range s.pools {
		if weights[p.group] == 0 {
			return p, nil
		}
	}
	return pool{}, fmt.Errorf("both pools serve (%v): there is no place for a new image until the release has ended", weights)
}

// define registers a task definition with an image, and is its name.
func (s *shop) define(ctx context.Context, tag string) (name string, err error) {
	out, err := s.ecs.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(exhibit.Service), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String(web), Image: aws.String(image + ":" + tag), Memory: aws.Int32(128), PortMappings: []types.PortMapping{{ContainerPort: aws.Int32(port)}},
		}},
	})
	if err != nil {
		return "", fmt.Errorf("registering a task definition for %s: %w", tag, err)
	}
	return fmt.Sprintf("%s:%d", *out.TaskDefinition.Family, out.TaskDefinition.Revision), nil
}

// create makes the service of a pool.
func (s *shop) create(ctx context.Context, p pool, tag string, count int32) error {
	task, err := s.define(ctx, tag)
	if err != nil {
		return err
	}
	_, err = s.ecs.CreateService(ctx, &ecs.CreateServiceInput{
		Cluster: aws.String(cluster), ServiceName: &p.service, TaskDefinition: &task, DesiredCount: &count, LaunchType: types.LaunchTypeFargate,
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: &p.group, ContainerName: aws.String(web), ContainerPort: aws.Int32(port)}},
	})
	return err
}

// scale gives a pool's service another number of tasks, and another task definition if one is named.
func (s *shop) scale(ctx context.Context, p pool, count int32, task string) error {
	in := &ecs.UpdateServiceInput{Cluster: aws.String(cluster), Service: &p.service, DesiredCount: &count}
	if task != "" {
		in.TaskDefinition = &task
	}
	if _, err := s.ecs.UpdateService(ctx, in); err != nil {
		return fmt.Errorf("giving %s %d tasks: %w", p.service, count, err)
	}
	return s.healthy(ctx, p, int(count))
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

// says writes into the tag of a pool's target group which revision stands in it.
func (s *shop) says(ctx context.Context, p pool, tag string) error {
	_, err := s.elb.AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{p.group}, Tags: []elbtypes.Tag{{Key: aws.String(kind.PoolTag), Value: &tag}}})
	if err != nil {
		return fmt.Errorf("writing which revision stands in %s: %w", p.service, err)
	}
	return nil
}
