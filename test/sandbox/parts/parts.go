// Package parts lists the services that not every sandbox has. The SDK of a service takes seconds to compile, so a program that
// does not use them does not import this package: `make run`, for example, unless it is asked to.
package parts

import (
	"slices"

	"sluice/test/sandbox"
	"sluice/test/sandbox/apigateway"
	"sluice/test/sandbox/appconfig"
	"sluice/test/sandbox/autoscaling"
	"sluice/test/sandbox/cloudformation"
	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/codedeploy"
	"sluice/test/sandbox/configservice"
	"sluice/test/sandbox/ecr"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/inspector2"
	"sluice/test/sandbox/keyvaluestore"
	"sluice/test/sandbox/memory"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/route53"
	"sluice/test/sandbox/wire"
)

type service = interface{ Wire() wire.Service }

// All is every one of them.
func All() []sandbox.Part {
	return slices.Concat(balanced(), edges(), appconfig.Parts(), cloudformation.Parts(), []sandbox.Part{
		apigateway.Part,
		func(in sandbox.Surroundings) service { return codedeploy.New(in.Home) },
		func(sandbox.Surroundings) service { return configservice.New() },
		func(in sandbox.Surroundings) service { return ecr.New(in.Home) },
		func(in sandbox.Surroundings) service { return inspector2.New(in.Home) },
		func(in sandbox.Surroundings) service { return memory.New(in.Home) },
		func(in sandbox.Surroundings) service {
			return route53.New(route53.Options{Home: in.Home, Record: in.Record, Chance: in.Chance})
		},
	})
}

// edges are CloudFront, and the API of its key value stores.
func edges() []sandbox.Part {
	var edge *cloudfront.Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) service {
			edge = cloudfront.New(cloudfront.Options{Home: in.Home, Record: in.Record, Chance: in.Chance})
			return edge
		},
		func(sandbox.Surroundings) service { return &keyvaluestore.Service{Edge: edge} },
	}
}

// balanced are load balancers and those whose tasks and instances are behind them: they share the target groups.
func balanced() []sandbox.Part {
	var balancing *elbv2.Service
	return []sandbox.Part{
		func(in sandbox.Surroundings) service {
			balancing = elbv2.New(elbv2.Options{Home: in.Home, Context: in.Context, Network: network.New(), Chance: in.Chance, Record: in.Record})
			return balancing
		},
		func(in sandbox.Surroundings) service {
			return ecs.Part(in, balancing)
		},
		func(in sandbox.Surroundings) service {
			return autoscaling.New(autoscaling.Options{Home: in.Home, Context: in.Context, Balancing: balancing, Emit: in.Emit("aws.autoscaling")})
		},
	}
}
