//go:build !one || apiStage

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/apistage"
)

func init() { linked[kind.APIStageID] = apistage.Ports }
