//go:build !one || configuration

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/appconfig"
)

func init() { linked[kind.ConfigurationID] = appconfig.Ports }
