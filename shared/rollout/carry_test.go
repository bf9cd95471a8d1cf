package rollout

import "testing"

// Parameter Store's versions say who wrote what: each write makes the next one.
func TestWhatCarryingTakes(t *testing.T) {
	changes, creates := Carried{Parameter: "/limit", Before: 3}, Carried{Parameter: "/limit"}
	for name, test := range map[string]struct {
		c    Carried
		now  Stored
		want Move
		ok   bool
	}{
		"as it was planned":             {changes, Stored{Value: "10", Version: 3}, Put, true},
		"it is as it should be":         {changes, Stored{Value: "20", Version: 3}, Leave, true},
		"a write whose answer was lost": {changes, Stored{Value: "20", Version: 4}, Leave, true},
		"somebody else's write":         {changes, Stored{Value: "11", Version: 4}, Leave, false},
		"deleted since":                 {changes, Stored{}, Leave, false},
		"to be created":                 {creates, Stored{}, Put, true},
		"created by a try before":       {creates, Stored{Value: "20", Version: 1}, Leave, true},
		"created by somebody else":      {creates, Stored{Value: "11", Version: 1}, Leave, false},
	} {
		if move, why := test.c.Forth(test.now, "20"); move != test.want || (why == nil) != test.ok {
			t.Errorf("%s: %v %v, want %v", name, move, why, test.want)
		}
	}
}

func TestWhatPuttingBackTakes(t *testing.T) {
	changed, created := Carried{Parameter: "/limit", Before: 3}, Carried{Parameter: "/limit"}
	for name, test := range map[string]struct {
		c    Carried
		now  Stored
		want Move
		ok   bool
	}{
		"it was carried":               {changed, Stored{Value: "20", Version: 4}, Put, true},
		"it never was":                 {changed, Stored{Value: "10", Version: 3}, Leave, true},
		"put back by a try before":     {changed, Stored{Value: "10", Version: 5}, Leave, true},
		"somebody wrote since":         {changed, Stored{Value: "12", Version: 5}, Leave, false},
		"it was created":               {created, Stored{Value: "20", Version: 1}, Remove, true},
		"deleted by a try before":      {created, Stored{}, Leave, true},
		"somebody wrote what is there": {created, Stored{Value: "20", Version: 2}, Leave, false},
	} {
		if move, why := test.c.Back(test.now, "10"); move != test.want || (why == nil) != test.ok {
			t.Errorf("%s: %v %v, want %v", name, move, why, test.want)
		}
	}
}
