package dynamo

import (
	"slices"

	"sluice/events"
	"sluice/shared/rollout"
)

// readable is a value as records keep it: what others wrote into a sentence is visible. So whoever reads a record shows people the
// truth, also a script that only prints it. Names are left as they are: something is looked up by them.
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
