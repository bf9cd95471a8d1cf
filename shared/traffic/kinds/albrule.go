//go:build !one || albRule

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/albrule"
)

func init() { linked[kind.ALBRuleID] = albrule.Ports }
