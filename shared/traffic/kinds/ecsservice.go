//go:build !one || ecsService

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/ecsservice"
)

func init() { linked[kind.ECSServiceID] = ecsservice.Ports }
