package ecs

import (
	"context"

	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/lambda"
)

// Part makes the service for a sandbox.
func Part(in sandbox.Surroundings, balancing *elbv2.Service) *Service {
	return New(Options{
		Home: in.Home, Context: in.Context, Balancing: balancing, Emit: in.Emit("aws.ecs"), Red: in.Red, Record: in.Record,
		Call: func(ctx context.Context, role, function string, payload []byte) (lambda.Result, error) {
			return in.CallAs(ctx, principal, role, function, payload)
		},
	})
}

// principal is what policies call ECS (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html).
const principal = "ecs.amazonaws.com"
