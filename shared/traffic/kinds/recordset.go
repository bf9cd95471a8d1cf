//go:build !one || recordSet

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/recordset"
)

func init() { linked[kind.RecordSetID] = recordset.Ports }
