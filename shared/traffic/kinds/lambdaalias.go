//go:build !one || lambdaAlias

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/lambdaalias"
)

func init() { linked[kind.LambdaAliasID] = lambdaalias.Ports }
