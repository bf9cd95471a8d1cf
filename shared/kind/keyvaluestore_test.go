package kind_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sluice/shared/kind"
)

func shopStore() kind.KeyValueStore {
	return kind.KeyValueStore{
		Distribution: "E1A2B3C4D5E6F7", Function: "shop-split", Store: "arn:aws:cloudfront::123456789012:key-value-store/1a2b3c4d-0000-4000-9000-000000000002",
		Pools: map[string]string{"blue": "shop-blue", "green": "shop-green"},
	}
}

func TestAKeyValueStoreSaysWhatIsWrongWithIt(t *testing.T) {
	if found := shopStore().Problems(); len(found) > 0 {
		t.Fatalf("a good one: %+v", found)
	}
	for field, spoil := range map[string]func(*kind.KeyValueStore){
		"distribution": func(k *kind.KeyValueStore) { k.Distribution = "arn:aws:cloudfront::1:distribution/E1" },
		"function":     func(k *kind.KeyValueStore) { k.Function = "shop split" },
		"store":        func(k *kind.KeyValueStore) { k.Store = "1a2b3c4d-0000-4000-9000-000000000002" },
		"pools":        func(k *kind.KeyValueStore) { k.Pools["red"] = "shop-red" },
		"pools.":       func(k *kind.KeyValueStore) { k.Pools = map[string]string{"": "shop-blue", "green": "shop-green"} },
		"pools.blue":   func(k *kind.KeyValueStore) { k.Pools["blue"] = "" },
		"pools.green":  func(k *kind.KeyValueStore) { k.Pools["green"] = "shop-blue" },
		"metrics.red":  func(k *kind.KeyValueStore) { k.Counts = map[string]kind.PoolMetrics{"blue": {}, "red": {}} },
		"metrics":      func(k *kind.KeyValueStore) { k.Counts = map[string]kind.PoolMetrics{"blue": {}} },
	} {
		k := shopStore()
		spoil(&k)
		if found := k.Problems(); !slices.ContainsFunc(found, func(p kind.Problem) bool { return p.Field == field && p.Remedy != "" }) {
			t.Errorf("%s: got %+v", field, found)
		}
	}
}

// What a person pastes says where the pool is, so that the function needs nothing else.
func TestAKeyValueStoreIsRestoredByOneKey(t *testing.T) {
	command := shopStore().Restore("green")
	_, value, _ := strings.Cut(command, "--value '")
	value, _, _ = strings.Cut(value, "'")
	var says kind.EdgeSplit
	if err := json.Unmarshal([]byte(value), &says); err != nil || says != (kind.EdgeSplit{Stable: kind.EdgePool{Pool: "green", Origin: "shop-green"}}) {
		t.Errorf("%s says %+v, %v", command, says, err)
	}
}

// Only what moves traffic may write, and only into the target's own store.
func TestOnlyMoversWriteIntoAKeyValueStore(t *testing.T) {
	for _, function := range kind.Touching() {
		for _, n := range shopStore().Needs(function, kind.Uses{}) {
			writes := slices.Contains(n.Actions, "cloudfront-keyvaluestore:PutKey")
			if moves := slices.Contains([]string{"shift", "rollback", "settle", "guard"}, function); writes != moves {
				t.Errorf("%s needs %v", function, n.Actions)
			}
			if writes && n.Resource != "key-value-store/1a2b3c4d-0000-4000-9000-000000000002" {
				t.Errorf("%s writes into %s", function, n.Resource)
			}
		}
	}
}
