package events_test

import (
	"strings"
	"testing"

	"sluice/events"
)

func TestEventOfADeploymentLeadsToItsConfiguration(t *testing.T) {
	text := sample(t, "appconfig-complete")
	if !selects(t, events.ConfiguredPattern([]string{"shop001/prod001/cart001"}), text) || selects(t, events.ConfiguredPattern([]string{"shop001/prod001/list001"}), text) {
		t.Error("its pattern selects others, or not itself")
	}
	e := opened(t, text)
	if target, err := events.ReadMoved(e); !events.Moves(e) || err != nil || target != "appconfig:shop001/prod001/cart001" {
		t.Errorf("it is about %q, %v", target, err)
	}
	e.Detail = []byte(`{"Application":{"Id":"shop001"}}`)
	if target, err := events.ReadMoved(e); err == nil {
		t.Errorf("without its configuration it is about %q", target)
	}
}

func TestTickNamesItsTargetAndVersion(t *testing.T) {
	var tick events.Tick
	if err := events.Decode([]byte(sample(t, "tick")), "the event", &tick); err != nil {
		t.Fatal(err)
	}
	if tick.Target() != "appconfig:shop001/prod001/cart001" || tick.Version != "7" || !tick.Everywhere() {
		t.Errorf("it reads %+v", tick)
	}
}

// AppConfig keeps so much of a reason, and people read it.
func TestReasonOfADirectiveIsShortAndVisible(t *testing.T) {
	d := events.GoBack(strings.Repeat("ö", 2000) + "\u202e")
	if n := len([]rune(d.Description)); d.Directive != "ROLL_BACK" || n != 1024 {
		t.Errorf("it says %s in %d characters", d.Directive, n)
	}
	if d := events.GoBack("a\u202eb"); d.Description != "Sluice: a<U+202E>b" {
		t.Errorf("it says %q", d.Description)
	}
}
