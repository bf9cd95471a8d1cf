package eventbridge

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"sluice/test/sandbox/wire"
)

const maxTargets = 5 // of a rule

// A target is a types.Target that has been checked, with its retry policy read.
type target struct {
	types.Target
	arn    string
	policy retryPolicy
}

var targetID = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

// PutTargets adds targets to a rule, or replaces those of the same id: all of them or, when one is wrong, none.
func (s *Service) PutTargets(_ context.Context, in *awseventbridge.PutTargetsInput) (*awseventbridge.PutTargetsOutput, error) {
	var added []*target
	for _, t := range in.Targets {
		checked, err := s.newTarget(t)
		if err != nil {
			return nil, err
		}
		added = append(added, checked)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, r, err := s.ruleOf(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	targets := slices.Clone(r.targets)
	for _, t := range added {
		targets = append(without(targets, *t.Id), t)
	}
	if len(targets) > maxTargets {
		return nil, limitExceeded()
	}
	r.targets = targets
	return &awseventbridge.PutTargetsOutput{}, nil
}

func without(targets []*target, id string) []*target {
	return slices.DeleteFunc(targets, func(t *target) bool { return *t.Id == id })
}

func (s *Service) newTarget(t types.Target) (*target, error) {
	id, arn := aws.ToString(t.Id), aws.ToString(t.Arn)
	if !targetID.MatchString(id) {
		return nil, wire.Validation("Parameter Id is not valid. Reason: %q must match %s", id, targetID)
	}
	if err := s.checkDestination(t, id, arn); err != nil {
		return nil, err
	}
	if t.AppSyncParameters != nil || t.BatchParameters != nil || t.EcsParameters != nil || t.HttpParameters != nil ||
		t.KinesisParameters != nil || t.RedshiftDataParameters != nil || t.RunCommandParameters != nil ||
		t.SageMakerPipelineParameters != nil {
		return nil, wire.NotImplemented("PutTargets with parameters of AppSync, Batch, ECS, HTTP, Kinesis, Redshift, Run Command or SageMaker")
	}
	if t.Input != nil || t.InputPath != nil || t.InputTransformer != nil {
		return nil, wire.NotImplemented("PutTargets with Input, InputPath or InputTransformer")
	}
	policy, err := newRetryPolicy(t.RetryPolicy)
	if err != nil {
		return nil, err
	}
	return &target{Target: t, arn: arn, policy: policy}, nil
}

func (s *Service) checkDestination(t types.Target, id, arn string) error {
	service := serviceOf(arn)
	if service == "" {
		return wire.Validation("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", arn)
	}
	if s.options.Deliver[service] == nil && service != "events" {
		return wire.NotImplemented("PutTargets with a target in " + service)
	}
	if service == "states" && t.RoleArn == nil {
		return wire.Validation("RoleArn is required for target %s.", arn)
	}
	if dlq := t.DeadLetterConfig; dlq != nil && dlq.Arn != nil {
		if serviceOf(*dlq.Arn) != "sqs" || strings.HasSuffix(*dlq.Arn, ".fifo") {
			return wire.Validation("Invalid DeadLetterConfig for target %s: want the ARN of a standard SQS queue", id)
		}
	}
	return nil
}

// serviceOf is the third part of an ARN, "" when it is none.
func serviceOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[5] == "" {
		return ""
	}
	return parts[2]
}

// ListTargetsByRule lists the targets of a rule in the order in which they were put.
func (s *Service) ListTargetsByRule(_ context.Context, in *awseventbridge.ListTargetsByRuleInput) (*awseventbridge.ListTargetsByRuleOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, r, err := s.ruleOf(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	var targets []types.Target
	for _, t := range r.targets {
		targets = append(targets, t.Target)
	}
	shown, next, err := page(targets, in.Limit, in.NextToken)
	return &awseventbridge.ListTargetsByRuleOutput{Targets: shown, NextToken: next}, err
}
