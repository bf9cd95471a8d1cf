//go:build !one || memory

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/memory"
)

func init() { linked[kind.MemoryID] = memory.Ports }
