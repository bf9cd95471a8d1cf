// Package ecs is the show of a service that ECS itself deploys. Its tasks are processes that really listen. ECS has two sets of them run beside each other,
// and moves the rule of the load balancer; before each shift it waits for Sluice's word.
package ecs

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/run/exhibit/tasks"
)

//go:embed ecs.yaml
var climbing string

// Exhibit is the show.
var Exhibit = exhibit.Exhibit{
	Parts: tasks.Parts(), Programs: tasks.Programs(), Definition: climbing,
	Change: "image", Arrives: "is pushed, with a task definition,",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// role is that by which ECS moves the rule.
const role = "arn:aws:iam::123456789012:role/ecs-balancing"

// shop is the service, open.
type shop struct{ *tasks.Balanced }

// open makes the service that the kind's sample names, with its alternate target group; the first image serves.
func open(ctx context.Context, stage exhibit.Stage) (shop, error) {
	b, err := tasks.Open(ctx, stage)
	if err == nil {
		err = sampled(b)
	}
	if err == nil {
		err = b.Create(ctx, exhibit.Service, b.Groups[0], tasks.Each, func(in *awsecs.CreateServiceInput) {
			in.LoadBalancers[0].AdvancedConfiguration = &types.AdvancedConfiguration{AlternateTargetGroupArn: &b.Groups[1], ProductionListenerRule: &b.Rule, RoleArn: aws.String(role)}
		})
	}
	if err != nil {
		return shop{}, err
	}
	return shop{b}, b.Healthy(ctx, b.Groups[0], tasks.Each)
}

// sampled checks that what was made is what the sample of the kind names: Sluice may touch that alone.
func sampled(b *tasks.Balanced) error {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.ECSServiceID, exhibit.Service)), &target); err != nil {
		return fmt.Errorf("reading the sample: %w", err)
	}
	made := *target.ECSService // whose images nobody releases here
	made.LoadBalancer = &kind.ECSBalancing{Rule: b.Rule, TargetGroup: b.Groups[0], Alternate: b.Groups[1]}
	if !reflect.DeepEqual(*target.ECSService, made) {
		return fmt.Errorf("the sample of kind %s names %+v, and the sandbox made %+v", kind.ECSServiceID, *target.ECSService, made)
	}
	return nil
}

// Hints implements exhibit.Performer.
func (s shop) Hints() []string {
	return append(s.Balanced.Hints(), "aws ecs list-service-deployments --cluster shop --service "+exhibit.Service)
}
