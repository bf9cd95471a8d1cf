//go:build !one || stack

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/stack"
)

func init() { linked[kind.StackID] = stack.Ports }
