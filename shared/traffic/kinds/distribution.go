//go:build !one || distribution

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/distribution"
)

func init() { linked[kind.DistributionID] = distribution.Ports }
