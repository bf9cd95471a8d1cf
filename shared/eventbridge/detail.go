package eventbridge

import (
	"time"

	"sluice/events"
	"sluice/shared/rollout"
)

// Detail is what an event says about a release at a moment, with a sentence for people.
func Detail(r rollout.Release, weight rollout.Weight, sentence string, at time.Time) events.Release {
	d := events.Release{
		Release: r.ID, Parent: r.Parent, Service: r.Service, Target: r.Definition.Target.ID(), Revision: r.Revision.Version, Stable: r.Stable,
		Repository: r.Revision.Repository, Commit: r.Revision.Commit, Author: r.Revision.Author, Requester: r.By, Step: r.Step, Steps: len(r.Steps),
		Weight: float64(weight) / 100, Sentence: sentence, Reverted: r.Reverted, At: at,
	}
	if r.Cause != nil {
		d.Cause = r.Cause.Reason
	}
	if r.Rejection != nil {
		d.Cause, d.Remedy = r.Rejection.Reason, r.Rejection.Remedy
	}
	if r.Obstacle != nil {
		d.Cause, d.Remedy = "The traffic does not come back: "+r.Obstacle.Reason+". It was to come back because: "+d.Cause, r.Obstacle.Remedy
	}
	if keep := r.Keep(); keep != "" {
		d.Remedy = keep
	}
	if b := r.Building; b != nil {
		d.Build, d.Log = b.Page, b.Log
	}
	for _, a := range r.Definition.Approvals {
		if a.Pipeline != nil {
			d.Pipelines = append(d.Pipelines, a.Pipeline.Source())
		}
	}
	return d
}

// Question is Detail with the question that people are asked.
func Question(r rollout.Release, a rollout.Approval, sentence string, at time.Time) events.Release {
	d := Detail(r, r.At(r.Step).Weight, sentence, at)
	if r.Step == 0 && r.BakeUntil.IsZero() { // nothing has moved yet
		d.Weight = 0
	}
	d.Asked = &events.Question{
		Step: r.Asked.Step, Weight: float64(r.At(r.Asked.Step).Weight) / 100, From: append([]string{}, a.From...), Group: a.SlackTeam, Quorum: a.Quorum,
		Until: r.Asked.Until, Digest: r.Asked.Digest,
	}
	return d
}
