package appconfig

import (
	"context"

	"sluice/test/sandbox"
	"sluice/test/sandbox/lambda"
	"sluice/test/sandbox/wire"
)

// Parts makes the service and its data plane for a sandbox.
func Parts() []sandbox.Part {
	var control *Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
			control = New(Options{
				Home: in.Home, Context: in.Context, Chance: in.Chance, Emit: in.Emit("aws.appconfig"),
				Call: func(ctx context.Context, role, function string, payload []byte) (lambda.Result, error) {
					return in.CallAs(ctx, principal, role, function, payload)
				},
				Alarm: func(role, arn string) (string, bool, error) { return in.Alarm(principal, role, arn) },
			})
			return control
		},
		func(sandbox.Surroundings) interface{ Wire() wire.Service } { return control.Data() },
	}
}

// principal is what policies call AppConfig.
const principal = "appconfig.amazonaws.com"
