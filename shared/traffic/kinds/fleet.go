//go:build !one || fleet

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/memory"
)

func init() { linked[kind.FleetID] = memory.FleetPorts }
