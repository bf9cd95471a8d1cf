package definition_test

import (
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
