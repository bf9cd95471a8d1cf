package events_test

import (
	"testing"

	"sluice/events"
)

// What CloudFormation sends of a stack is selected by the stack's name, and leads to its target.
func TestEventOfAStackLeadsToItsTarget(t *testing.T) {
	text := sample(t, "cloudformation-stack")
	if !selects(t, events.StackStatusPattern([]string{"shop"}), text) {
		t.Error("its pattern does not select it")
	}
	if selects(t, events.StackStatusPattern([]string{"sho", "shop2"}), text) {
		t.Error("the event of another stack is selected")
	}
	e := opened(t, text)
	if target, err := events.ReadMoved(e); !events.Moves(e) || err != nil || target != "stack:shop" {
		t.Errorf("it is about %q, %v", target, err)
	}
	e.Detail = []byte(`{"stack-id":"shop"}`)
	if target, err := events.ReadMoved(e); err == nil {
		t.Errorf("an event without a stack's id is about %q", target)
	}
}
