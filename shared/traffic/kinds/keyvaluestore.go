//go:build !one || keyValueStore

package kinds

import (
	"sluice/shared/kind"
	"sluice/shared/traffic/keyvaluestore"
)

func init() { linked[kind.KeyValueStoreID] = keyvaluestore.Ports }
