// Package alb is the show of a load balancer's rule. Two services of ECS stand behind it, blue and green, whose tasks are processes that really listen.
// Sluice has the service that does not serve run a new task definition, and then moves the weights of the rule.
package alb

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/codedeploy"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/run/exhibit/tasks"
	"sluice/test/sandbox/wire"
)

// Exhibit is the show.
var Exhibit = exhibit.Exhibit{
	Parts: append(tasks.Parts(), deployers), Programs: tasks.Programs(),
	Change: "image", Arrives: "is pushed, with a task definition,",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// deployers is CodeDeploy, which plan asks whether it moves the listener.
func deployers(in sandbox.Surroundings) interface{ Wire() wire.Service } {
	return codedeploy.New(in.Home)
}

// names are those of the services of blue and green.
var names = []string{exhibit.Service + "-blue", exhibit.Service + "-green"}

// shop is the service, open.
type shop struct{ *tasks.Balanced }

// open makes the services of ECS behind the rule that the kind's sample names; the first image serves from blue.
func open(ctx context.Context, stage exhibit.Stage) (shop, error) {
	b, err := tasks.Open(ctx, stage)
	if err == nil {
		err = sampled(b)
	}
	for i, name := range names {
		if err == nil {
			err = b.Create(ctx, name, b.Groups[i], map[bool]int32{true: tasks.Each}[i == 0], nil)
		}
	}
	if err != nil {
		return shop{}, err
	}
	return shop{b}, b.Healthy(ctx, b.Groups[0], tasks.Each)
}

// sampled checks that what was made is what the sample of the kind names: Sluice may touch that alone.
func sampled(b *tasks.Balanced) error {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.ALBRuleID, exhibit.Service)), &target); err != nil {
		return fmt.Errorf("reading the sample: %w", err)
	}
	filled := func(i int) kind.Pool {
		return kind.Pool{TargetGroup: b.Groups[i], ECS: &kind.ECSPool{Cluster: tasks.Cluster, Service: names[i]}}
	}
	made := *target.ALBRule // whose other fields name nothing that is made here
	made.Rule, made.Blue, made.Green = b.Rule, filled(0), filled(1)
	if !reflect.DeepEqual(*target.ALBRule, made) {
		return fmt.Errorf("the sample of kind %s names %+v, and the sandbox made %+v", kind.ALBRuleID, *target.ALBRule, made)
	}
	return nil
}

// Hints implements exhibit.Performer.
func (s shop) Hints() []string {
	return append(s.Balanced.Hints(), "aws ecs describe-services --cluster shop --services "+names[0]+" "+names[1])
}
