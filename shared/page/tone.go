package page

import "sluice/shared/rollout"

// Tone is what the colour of a page says at first sight.
type Tone string

// The tones, each with its colour.
const (
	Calm    Tone = "calm"    // nothing happens, and nothing happened to traffic
	Running Tone = "running" // blue
	Waiting Tone = "waiting" // amber: it waits for people, a queue or an alarm
	Good    Tone = "good"    // green
	Back    Tone = "back"    // orange: traffic went back, or goes back
	Alarm   Tone = "alarm"   // red: somebody has to look now
)

// color is the tone in the browser's tab.
func (t Tone) color() string {
	switch t {
	case Running:
		return "2563eb"
	case Waiting:
		return "d99a00"
	case Good:
		return "1a8f4c"
	case Back:
		return "d9580d"
	case Alarm:
		return "d1242f"
	}
	return "6b7280"
}

// badge is a release's state in a word or two.
func badge(r rollout.Release) (string, Tone) {
	switch {
	case goesBack(r):
		return "Going back", Back
	case r.End != "":
		return ended(r.End)
	case asks(r):
		return "Waiting for approval", Waiting
	case r.Abort != nil:
		return "Stopping", Back
	case r.Rejection != nil:
		return "Not let in", Calm
	case len(r.Steps) == 0:
		return "Planning", Running
	case r.Building != nil && r.Unbuilt():
		return "Building", Running
	case r.Gated():
		return "Waiting for a gate", Waiting
	case r.Started.IsZero():
		return "Waiting to begin", Waiting
	case r.Frozen != nil:
		return "Frozen", Waiting
	}
	return "Running", Running
}

func ended(e rollout.End) (string, Tone) {
	switch e {
	case rollout.Succeeded:
		return "Succeeded", Good
	case rollout.RolledBack:
		return "Rolled back", Back
	case rollout.Rejected:
		return "Rejected", Calm
	case rollout.Superseded:
		return "Superseded", Calm
	case rollout.Aborted:
		return "Aborted", Back
	case rollout.Stuck:
		return "Stuck", Alarm
	}
	return "Ended: " + string(e), Calm
}

// runs says whether something is still to come.
func runs(r rollout.Release) bool { return !r.Decided() }

// goesBack says whether the decision to go back is made and not carried out yet. A promotion that is being reverted has an end and runs.
func goesBack(r rollout.Release) bool { return runs(r) && (r.Cause != nil || r.End != "") }

// asks says whether the release waits for people.
func asks(r rollout.Release) bool {
	return r.End == "" && r.Cause == nil && r.Asked != nil && !r.Asked.Closed
}

// status is how a release stands, in one sentence: its end, or the last line of its trail.
func status(r rollout.Release) string {
	if n := len(r.Audit); n > 0 && runs(r) && r.Audit[n-1].What != "" {
		return r.Audit[n-1].What
	}
	if goesBack(r) {
		return "The release goes back to stable."
	}
	return r.Ending()
}
