// Package parts lists the services that not every sandbox has. The SDK of a service takes seconds to compile, so a program that
// does not use them does not import this package: `make run`, for example, unless it is asked to.
package parts

import (
	"sluice/test/sandbox"
	"sluice/test/sandbox/configservice"
	"sluice/test/sandbox/ecr"
	"sluice/test/sandbox/inspector2"
	"sluice/test/sandbox/memory"
	"sluice/test/sandbox/wire"
)

type service = interface{ Wire() wire.Service }

// All is every one of them.
func All() []sandbox.Part {
	return []sandbox.Part{
		func(wire.Home) service { return configservice.New() },
		func(home wire.Home) service { return ecr.New(home) },
		func(home wire.Home) service { return inspector2.New(home) },
		func(home wire.Home) service { return memory.New(home) },
	}
}
