package main

import (
	"fmt"
	"time"

	"sluice/shared/rollout"
)

// waits says what a release waits for and how it goes on: a question to people at once, anything else when the release has told
// nothing for a while. It says nothing when there is nothing to say now.
func (f *follower) waits(one *followed) entry {
	r := one.frame.release
	if r.ID == "" || r.End != "" || r.ID == f.own {
		return entry{}
	}
	asks := r.Asked != nil && !r.Asked.Closed
	if asks && r.Asked.Digest != one.asked {
		one.asked, one.news = r.Asked.Digest, time.Time{} // at once
	}
	if time.Since(one.news) < f.quiet {
		return entry{}
	}
	one.news = time.Now().Add(max(0, again-f.quiet))
	if asks {
		return f.world.question(r)
	}
	return entry{
		what:    "It waits for " + f.world.cause(one.frame) + " To end it:",
		command: "sluice abort " + r.ID,
	}
}

// keyboard is who types sluice here, as AWS states it.
const keyboard = "arn:aws:iam::123456789012:user/you"

// question says where a question is answered, and by which command, if whoever types may answer it.
func (w *world) question(r rollout.Release) entry {
	e := entry{what: fmt.Sprintf("It waits for an answer until %s: open %s/_slack/", r.Asked.Until.Local().Format(time.TimeOnly), w.endpoint)}
	a, refusal := r.Question(r.Asked.Step, "")
	if refusal != nil {
		return e
	}
	if person, refusal := r.Respondent(a, rollout.ByIAM, keyboard); person != "" && refusal == nil {
		e.what, e.command = e.what+", or", "sluice approve "+r.ID
	}
	return e
}

// cause is what a release waits for, as far as its record and lease tell.
func (w *world) cause(f frame) string {
	r := f.release
	owner := f.lease.Owner
	switch {
	case r.Unbuilt() && r.Building != nil:
		return fmt.Sprintf("%s, since %s.", builder(r), r.Building.Since.Local().Format(time.TimeOnly))
	case r.State == rollout.StateGates:
		return "gates that are shut (" + shut(r) + ")."
	case f.goingBack():
		return "the traffic to come back: " + f.lease.Fence.Reason
	case r.Stable == "" && owner != "" && owner != r.ID && f.lease.Phase == rollout.Held:
		return fmt.Sprintf("its turn: %s has the traffic until it ends.", owner)
	case owner == r.ID && time.Until(r.BakeUntil) > 0:
		return fmt.Sprintf("the end of its bake at %s.", r.BakeUntil.Local().Format(time.TimeOnly))
	}
	return fmt.Sprintf("its state %s, and nobody has told more; the functions write to %s.", r.State, w.logs.Name())
}

// builder is what builds a release, and how to look at it.
func builder(r rollout.Release) string {
	s := r.Definition.Source
	switch {
	case s == nil || s.Build == nil:
		return "its build"
	case s.Build.CodePipeline != nil:
		return fmt.Sprintf("%s (aws codepipeline get-pipeline-state --name %s)", s.Build, s.Build.CodePipeline.Pipeline)
	}
	return fmt.Sprintf("%s (aws codebuild list-builds-for-project --project-name %s)", s.Build, s.Build.CodeBuild)
}

// shut is what its gates say.
func shut(r rollout.Release) string {
	for _, g := range r.Gates {
		if g.Verdict != rollout.GatePass {
			return g.Name + ": " + g.Why
		}
	}
	return "its page says which"
}
