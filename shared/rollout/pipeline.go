package rollout

import (
	"fmt"
	"slices"
	"strings"
)

// Pipeline is a manual approval action of CodePipeline. For the execution that carries the release's commit, the action and the
// question are one: an answer to either is an answer to both.
type Pipeline struct {
	Name   string `json:"name"`
	Stage  string `json:"stage"`
	Action string `json:"action"`
}

// Source is the name under which Sluice keeps the services that ask their questions through the action.
func (p Pipeline) Source() string {
	return strings.Join([]string{"codepipeline", p.Name, p.Stage, p.Action}, "/")
}

// Decision is how a question stands.
type Decision string

// A question is open, even before it is asked, until it is approved, or until the release goes back or ends.
const (
	Open     Decision = "open"
	Approved Decision = "approved"
	Refused  Decision = "refused"
)

// Decision says how the question of an approval stands, and why in one sentence for people.
func (r Release) Decision(a Approval) (d Decision, why string) {
	step := a.index(r.Steps)
	switch {
	case r.approved(step, a):
		who := "silence"
		if names := r.Tally(step, a).Approved; len(names) > 0 {
			who = strings.Join(names, " and ")
		}
		return Approved, fmt.Sprintf("Approved by %s: %v of the traffic for %s of %s.", who, r.At(step).Weight, r.Candidate(), r.Service)
	case r.Rejection != nil:
		return Refused, r.Rejection.Reason
	case r.Cause != nil:
		return Refused, r.Cause.Reason
	case r.Abort != nil:
		return Refused, r.Abort.Reason
	case r.End != "":
		return Refused, r.Ending()
	}
	return Open, ""
}

// Together says how the question stands that several services ask through one action. releases are those of a commit, newest first, and the
// newest of each service counts: one refusal refuses, and nothing is decided as long as one of them is open. A release that had nothing to do
// asks for nothing; if there is no other, the action is refused.
func Together(p Pipeline, releases []Release) (d Decision, why string) {
	var asked, reasons, idle []string
	d = Approved
	for _, r := range releases {
		_, a := r.Through(p)
		if a == nil || slices.Contains(asked, r.Service) {
			continue
		}
		asked = append(asked, r.Service)
		if r.Served && r.End == Succeeded {
			idle = append(idle, r.Ending()+" ("+r.ID+")")
			continue
		}
		switch one, because := r.Decision(*a); one {
		case Refused:
			return Refused, because + " (" + r.ID + ")"
		case Open:
			d = Open
		default:
			reasons = append(reasons, because+" ("+r.ID+")")
		}
	}
	switch {
	case d == Approved && len(reasons) == 0 && len(idle) > 0:
		return Refused, idle[0]
	case d == Open || len(reasons) == 0:
		return Open, ""
	}
	return Approved, strings.Join(reasons, " ")
}

// Through finds the approval that is asked through an action of a pipeline, and its step.
func (r Release) Through(p Pipeline) (step int, a *Approval) {
	for i, found := range r.Definition.Approvals {
		if found.Pipeline != nil && *found.Pipeline == p {
			return found.index(r.Steps), &r.Definition.Approvals[i]
		}
	}
	return 0, nil
}
