//go:build !one || featureFlag

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/appconfig"
)

func init() { linked[kind.FeatureFlagID] = appconfig.FlagPorts }
