package events_test

import (
	"testing"

	"sluice/events"
)

// What ECS sends of a service is selected by the service's name and leads to its target, with and without resources.
func TestEventsOfAServiceLeadToItsTarget(t *testing.T) {
	services := []string{"shop/checkout"}
	for name, pattern := range map[string]events.Pattern{"ecs-deployment": events.ServiceDeploymentPattern(services), "ecs-hook": events.ServiceHookPattern(services)} {
		text := sample(t, name)
		if !selects(t, pattern, text) {
			t.Errorf("%s: its pattern does not select it", name)
		}
		e := opened(t, text)
		if target, err := events.ReadMoved(e); !events.Moves(e) || err != nil || target != "ecs:shop/checkout" {
			t.Errorf("%s is about %q, %v", name, target, err)
		}
	}
	if selects(t, events.ServiceHookPattern([]string{"shop/cart"}), sample(t, "ecs-hook")) {
		t.Error("the hook of another service is selected")
	}
}

func TestEventOfAServiceWithoutItsNameIsMalformed(t *testing.T) {
	for _, name := range []string{"ecs-deployment", "ecs-hook"} {
		e := opened(t, sample(t, name))
		e.Resources, e.Detail = nil, []byte(`{"eventName":"HOOK_AWAITING_ACTION"}`)
		if target, err := events.ReadMoved(e); err == nil {
			t.Errorf("%s without its service is about %q", name, target)
		}
	}
}
