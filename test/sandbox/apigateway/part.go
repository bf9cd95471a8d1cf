package apigateway

import (
	"sluice/test/sandbox"
	"sluice/test/sandbox/wire"
)

// Part makes the service for a sandbox.
func Part(in sandbox.Surroundings) interface{ Wire() wire.Service } {
	return New(Options{
		Home: in.Home, Chance: in.Chance, Call: in.Call, Record: in.Record, Write: in.Write,
		May: func(function, from string) error {
			return in.May("apigateway.amazonaws.com", from, "lambda:InvokeFunction", function)
		},
	})
}
