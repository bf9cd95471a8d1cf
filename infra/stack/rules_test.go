package stack

import (
	"fmt"
	"slices"
	"testing"

	"sluice/events"
)

func TestNamesThatOnePatternHasNoRoomForGetSeveralRules(t *testing.T) {
	var projects []string
	for i := range 300 {
		projects = append(projects, fmt.Sprintf("a-service-of-shop-%03d", i))
	}
	made := naming(rule{name: "progress"}, projects, events.BuildPattern)
	var matched []string
	for i, r := range made {
		if length := patternLength(r.pattern); length > patternSize {
			t.Errorf("%s: its pattern has %d characters", r.name, length)
		}
		if r.after != (i > 0) {
			t.Errorf("rule %d is %+v", i, r)
		}
		detail, _ := r.pattern["detail"].(map[string]any)
		names, _ := detail["project-name"].([]string)
		matched = append(matched, names...)
	}
	if !slices.Equal(matched, projects) || made[0].name != "progress" || made[1].name != "progress-2" {
		t.Errorf("%d rules match %d of 300 projects, %v first", len(made), len(matched), made[0].name)
	}
	if made := naming(rule{name: "progress"}, nil, events.BuildPattern); len(made) > 0 {
		t.Errorf("no names made %d rules", len(made))
	}
}
