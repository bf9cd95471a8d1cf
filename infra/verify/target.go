package verify

import (
	"context"
	"fmt"

	"sluice/shared/dynamo"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/kinds"
	"sluice/shared/traffic/rivals"
)

// read says by the port of its kind what a target serves.
func (a *Account) read(ctx context.Context, t rollout.Target) (traffic.Ports, rollout.Split, error) {
	ports, err := kinds.Of(t.Kind(), a.engine.AWS)
	if err != nil {
		return ports, rollout.Split{}, err
	}
	now, err := traffic.Over(ports).Read(ctx, t)
	return ports, now, err
}

// target reads what carries the traffic, and has it looked at as the functions plan and admit do.
func (a *Account) target(ctx context.Context, d rollout.Definition) (now rollout.Split, found []Finding) {
	t, path, region := d.Target, "target."+string(d.Target.Kind()), a.engine.AWS.Region
	if only := t.Facts().Region; only != "" && only != region {
		return now, []Finding{{Severity: Error, Path: path, What: fmt.Sprintf("the service of a %s and its metrics are in %s alone, and this engine is in %s", t.Facts().Title, only, region), Why: turnedAway, Remedy: "install an engine in " + only}}
	}
	ports, now, err := a.read(ctx, t)
	if o := traffic.ObstacleOf(err); o != nil {
		return now, []Finding{rejected(path, rollout.Because(o.What, o.Remedy))}
	}
	if err != nil {
		return now, []Finding{unseen(path, t.Spec().String(), err)}
	}
	if unrest := now.Unrest(); unrest != "" {
		return now, []Finding{{Severity: Warning, Path: path, What: fmt.Sprintf("%s is not at rest: %s", t.Spec(), unrest), Why: "A release would wait for that.", Remedy: "verify again when it is"}}
	}
	for _, look := range []func() (*rollout.Rejection, error){
		func() (*rollout.Rejection, error) { return a.admitted(ctx, d, now) },
		func() (*rollout.Rejection, error) { return surveyed(ctx, ports.Inspector, t, now) },
		func() (*rollout.Rejection, error) {
			why, said, err := rivals.Of(t.Kind(), a.engine.AWS).Find(ctx, t)
			if said != "" {
				found = append(found, Finding{Severity: Warning, Path: path, Unseen: true, What: said, Why: unlooked, Remedy: "look there yourself"})
			}
			return why, err
		},
	} {
		switch why, err := look(); {
		case err != nil:
			found = append(found, unseen(path, "what surrounds "+t.Spec().String(), err))
		case why != nil:
			return now, append(found, rejected(path, why))
		}
	}
	return now, append(found, cautioned(ctx, ports.Inspector, t)...)
}

// admitted says why a release would not be let in by what is found on its target. While a release is under way, what is found is its doing.
func (a *Account) admitted(ctx context.Context, d rollout.Definition, now rollout.Split) (*rollout.Rejection, error) {
	lease, err := dynamo.New(a.engine.AWS, a.engine.Name()).Lease(ctx, d.Target.ID())
	if dynamo.IsNoTable(err) { // no engine yet: nobody has left anything there
		err = nil
	}
	if err != nil || lease.Phase == rollout.Held {
		return nil, err
	}
	return rollout.Admit(rollout.Release{Definition: d, Steps: d.Steps()}, now, lease, a.now()).Rejection, nil
}

// surveyed has the kind say what would have every release refused.
func surveyed(ctx context.Context, i traffic.Inspector, t rollout.Target, now rollout.Split) (*rollout.Rejection, error) {
	if i == nil {
		return nil, nil
	}
	if s, may := i.(traffic.Surveyor); may {
		return s.Survey(ctx, t, now.Stable)
	}
	return i.Inspect(ctx, t, now.Stable, now.Stable)
}

// cautioned is what does not hinder a release and may undo it later: of the target itself, and of what its definition says.
func cautioned(ctx context.Context, i traffic.Inspector, t rollout.Target) (found []Finding) {
	path, later := "target."+string(t.Kind()), "It may undo a release, or make its way back longer."
	if w, wary := i.(traffic.Wary); wary {
		said, err := w.Caution(ctx, t)
		if err != nil {
			return []Finding{unseen(path, "what may undo a release of "+t.Spec().String(), err)}
		}
		if said != "" {
			found = append(found, Finding{Severity: Warning, Path: path, What: said, Why: later, Remedy: "see what it says"})
		}
	}
	if l, lingers := t.Spec().(kind.Lingering); lingers && l.Caution() != "" {
		found = append(found, Finding{Severity: Warning, Path: path, What: l.Caution(), Why: later, Remedy: "see what it says"})
	}
	return found
}
