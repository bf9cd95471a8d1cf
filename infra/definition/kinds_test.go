package definition_test

import (
	"fmt"
	"strings"
	"testing"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

func TestWhatAWSDoesNotHaveIsNotDeployed(t *testing.T) {
	alias := definition.Service{File: "infra/services/checkout.yaml", Definition: rollout.Definition{Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{}}}}
	memory := definition.Service{File: "infra/services/catalog.yaml", Definition: rollout.Definition{Target: rollout.Target{Memory: &kind.Memory{}}}}
	if err := definition.OnAWS([]definition.Service{alias}); err != nil {
		t.Errorf("an alias is refused: %v", err)
	}
	const want = "infra/services/catalog.yaml:1: target.memory: AWS has no target in memory, the sandbox alone has it; name a target of another kind"
	if err := definition.OnAWS([]definition.Service{alias, memory}); err == nil || err.Error() != want {
		t.Errorf("a target in memory: %v, want %s", err, want)
	}
}

// A record that two definitions move would be moved by two releases at once, also when it is not the first of either.
func TestARecordOfAnotherDefinitionIsRefused(t *testing.T) {
	const recordSet = "service: %s\ntarget:\n  recordSet:\n    zone: Z0123456789ABC\n    records:\n" +
		"      - {name: %s.example.com, type: A, to: {blue: {value: 192.0.2.1}, green: {value: 192.0.2.2}}}\n" +
		"      - {name: shop.example.com, type: %s, to: {blue: {value: 192.0.2.1}, green: {value: 192.0.2.2}}}\n" +
		"strategy: {canary: {steps: [{weight: 10, bake: 10m}]}}\nguard: {alarms: [shop-errors]}\n"
	for other, refused := range map[string]bool{"A": true, "AAAA": false} {
		_, err := definition.Load(files(t, map[string]string{"cart.yaml": fmt.Sprintf(recordSet, "cart", "cart", "A"), "shop.yaml": fmt.Sprintf(recordSet, "shop", "www", other)}), "sandbox")
		if got := err != nil && strings.Contains(err.Error(), "it is also the target of"); got != refused || err != nil && !refused {
			t.Errorf("both have shop.example.com, one of type %s: %v", other, err)
		}
	}
}
