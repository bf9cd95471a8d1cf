package eventbridge

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

func TestPutTargetsRefusesWhatCannotBeDelivered(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(defaultBus, "r", `{"source": ["shop"]}`)
		tests := map[string]func(*types.Target){
			"no ARN":               func(t *types.Target) { t.Arn = aws.String("function") },
			"unknown service":      func(t *types.Target) { t.Arn = aws.String(home.ARN("ecs", "cluster/c")) },
			"input of its own":     func(t *types.Target) { t.Input = aws.String(`{}`) },
			"part of the event":    func(t *types.Target) { t.InputPath = aws.String("$.detail") },
			"template":             func(t *types.Target) { t.InputTransformer = &types.InputTransformer{} },
			"machine without role": func(t *types.Target) { t.Arn = aws.String(home.ARN("states", "stateMachine:m")) },
			"FIFO dead letters": func(t *types.Target) {
				t.DeadLetterConfig = &types.DeadLetterConfig{Arn: aws.String(deadLetterQueue + ".fifo")}
			},
			"too many retries":   withRetries(186, 60),
			"age below a minute": withRetries(1, 59),
		}
		for name, change := range tests {
			target := types.Target{Id: aws.String("two"), Arn: aws.String(home.ARN("lambda", "function:f"))}
			change(&target)
			var api smithy.APIError
			if _, err := d.newTarget(target); !errors.As(err, &api) {
				t.Errorf("%s: error %v, want a refusal", name, err)
			}
		}
	})
}
