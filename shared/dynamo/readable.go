package dynamo

import (
	"slices"

	"sluice/events"
	"sluice/shared/rollout"
)

// readable is a value as records keep it: every character that others wrote into a sentence is visible (events.Visible). So even a
// script that only prints a record shows people the truth. Names stay as they are: things are looked up by them.
func readable(v any) any {
	switch v := v.(type) {
	case rollout.Fence:
		return shown(v)
	case *rollout.Fence:
		if v != nil {
			return new(shown(*v))
		}
	case rollout.Rejection:
		return visible(v)
	case *rollout.Rejection:
		if v != nil {
			return new(visible(*v))
		}
	case []rollout.Gate:
		gates := slices.Clone(v)
		for i := range gates {
			gates[i].Why = events.Visible(gates[i].Why)
		}
		return gates
	}
	return v
}

func shown(f rollout.Fence) rollout.Fence {
	f.Reason = events.Visible(f.Reason)
	return f
}

func visible(r rollout.Rejection) rollout.Rejection {
	return rollout.Rejection{Reason: events.Visible(r.Reason), Remedy: events.Visible(r.Remedy)}
}
