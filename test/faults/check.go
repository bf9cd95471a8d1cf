package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// lateTelling is how long Slack may be behind: an event that is late, and a function that is tried again.
const lateTelling = 15 * time.Minute

// checkStory says what of the invariants does not hold when a canonical story should be over.
func checkStory(w *scenario.World, s story, releases []string, ended bool, happened []Fault) []string {
	var v []string
	w.Pass(lateTelling)
	if !ended {
		v = append(v, fmt.Sprintf("I6: not every release ended within %v", bound))
	}
	var records []rollout.Release
	for i, id := range releases {
		r, found := w.Recorded(id)
		switch {
		case !found:
			v = append(v, fmt.Sprintf("I5: the request of release %d left no record", i+1))
			continue
		case r.End == rollout.Stuck && slices.Contains(s.ends[i], rollout.Stuck):
			return v // what is left behind is what people were paged for
		case !slices.Contains(s.ends[i], r.End) && !(r.End == rollout.Succeeded && cameLate(happened)):
			v = append(v, fmt.Sprintf("release %d ended %q, want one of %v", i+1, r.End, s.ends[i]))
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b rollout.Release) int { return a.Epoch - b.Epoch })
	if len(records) > 0 {
		v = append(v, unprotected(w, s, records[len(records)-1])...)
	}
	v = append(v, strays(records)...)
	v = append(v, carried(w, records)...)
	v = append(v, staysBehind(w, records)...)
	return append(append(v, ends(w, records, s.theirs)...), leftovers(w)...)
}

// cameLate says whether a request came after what the story's people did about it: then the release just goes on.
func cameLate(happened []Fault) bool {
	return slices.ContainsFunc(happened, func(f Fault) bool { return f.Function == "trigger" && f.Kind == Late })
}

// ends checks the releases of one service, in the order of their epochs, against what is served now. What somebody else deploys, if anybody does, may
// reach everybody while nobody can take it back; then it stays.
func ends(w *scenario.World, records []rollout.Release, theirs string) []string {
	var v []string
	say := func(format string, args ...any) { v = append(v, fmt.Sprintf(format, args...)) }
	stable, epoch := w.Revision("1"), 0
	for _, r := range records {
		if told := w.Told(r.ID); lastEnd(told) != r.End {
			say("I5: people were told %v of %s, which ended %q", told, r.ID, r.End)
		}
		if r.Epoch == epoch && epoch > 0 {
			say("I1: two releases held epoch %d", epoch)
		}
		epoch = r.Epoch
		v = append(append(v, unapproved(r)...), unheard(r)...)
		v = append(v, unhooked(r)...)
		v = append(v, untold(w, r)...)
		v = append(v, untoldGitHub(w, r)...)
		switch r.End {
		case rollout.Succeeded:
			if !r.Served { // otherwise its version served already, and it moved nothing
				stable = r.Revision.Version
			}
		case rollout.Stuck:
			say("I6: %s is stuck", r.ID)
		}
	}
	if serves := w.Serves(); serves != stable && (theirs == "" || serves != w.Revision(theirs)) {
		say("I2: the alias serves %s, want %s", serves, stable)
	}
	return v
}

// unapproved says whether a release went on without those who had to approve it, or against somebody who was heard.
func unapproved(r rollout.Release) []string {
	for _, a := range r.Definition.Approvals {
		if r.End != rollout.Succeeded || r.Served {
			continue
		}
		if r.Asked == nil {
			return []string{fmt.Sprintf("I7: %s was promoted, and nobody was asked", r.ID)}
		}
		if t := r.Tally(r.Asked.Step, a); t.Missing > 0 || t.Rejected != nil {
			return []string{fmt.Sprintf("I7: %s was promoted with %d approvals missing, rejected by %+v", r.ID, t.Missing, t.Rejected)}
		}
	}
	return nil
}

// unhooked says whether a release went on without a hook that had to run first.
func unhooked(r rollout.Release) []string {
	var v []string
	for _, h := range r.Definition.Hooks {
		ran := r.Ran(h.Name)
		passed := ran != nil && (ran.Verdict == rollout.GatePass || ran.Verdict == rollout.GateFail && h.WhenFailed == rollout.HookGoesOn)
		switch {
		case r.End == rollout.Succeeded && !r.Served && h.After == "" && !passed:
			v = append(v, fmt.Sprintf("%s was promoted, and its hook %s is %+v", r.ID, h.Name, ran))
		case h.BeforeStep > 0 && moved(r, h.BeforeStep) >= 0 && moved(r, h.BeforeStep) < saw(r, h):
			v = append(v, fmt.Sprintf("%s moved to step %d before its hook %s had ended", r.ID, h.BeforeStep, h.Name))
		}
	}
	return v
}

// moved is where the record says that a step's traffic moved; -1 is nowhere.
func moved(r rollout.Release, step int) int {
	return slices.IndexFunc(r.Audit, func(l rollout.Line) bool {
		return l.Who == "shift" && strings.Contains(l.What, fmt.Sprintf("; step %d of ", step))
	})
}

// saw is where the record says that a hook has passed; the end of the record is never.
func saw(r rollout.Release, h rollout.Hook) int {
	at := slices.IndexFunc(r.Audit, func(l rollout.Line) bool {
		return l.Who == "hook" && strings.HasPrefix(l.What, "Hook "+h.Name+",") && strings.Contains(l.What, "It passed in")
	})
	if at < 0 {
		return len(r.Audit)
	}
	return at
}

// unprotected says whether a policy that a release set is there although its release went back.
func unprotected(w *scenario.World, s story, last rollout.Release) []string {
	if _, protects := s.kind.(scenario.Protected); !protects || last.End == rollout.Succeeded || w.StackPolicy().Allows("Update:Replace", "Orders") {
		return nil
	}
	return []string{fmt.Sprintf("%s ended %s, and the stack has its policy", last.ID, last.End)}
}

// unheard says whether an answer that was taken was not counted: whoever gave it was told that it counts. It came after the count, or the
// count did not look at it.
func unheard(r rollout.Release) []string {
	if r.Asked == nil || !r.Asked.Closed {
		return nil
	}
	counted := -1
	for i, l := range r.Audit {
		if l.Who == "count" && !strings.HasPrefix(l.What, "Not let in") {
			counted = i
		}
	}
	for _, a := range r.Answers {
		if a.Step == r.Asked.Step && given(r, a) > counted {
			return []string{fmt.Sprintf("I7: %s said %v to %s after the answers were counted, and was not refused", a.Person, a.Approve, r.ID)}
		}
	}
	t := r.Tally(r.Asked.Step, r.Definition.Approvals[0]) // no story asks twice
	switch {
	case t.Rejected != nil && slices.Contains(r.Approved, r.Asked.Step):
		return []string{fmt.Sprintf("I7: %s counted as approved, and %s had rejected it", r.ID, t.Rejected.Person)}
	case t.Rejected == nil && t.Missing == 0 && silent(r):
		return []string{fmt.Sprintf("I7: %s ended by silence, and %v had approved it", r.ID, t.Approved)}
	}
	return nil
}

// given is where the record says that an answer was given; -1 is nowhere.
func given(r rollout.Release, a rollout.Answer) int {
	return slices.IndexFunc(r.Audit, func(l rollout.Line) bool {
		return l.Who == a.Person && (strings.HasPrefix(l.What, events.Approve+": ") || strings.HasPrefix(l.What, events.Reject+": "))
	})
}

// silent says whether the release ended because not enough people had answered.
func silent(r rollout.Release) bool {
	return slices.ContainsFunc(r.Audit, func(l rollout.Line) bool {
		return l.Who == "count" && strings.HasPrefix(l.What, "Not enough people approved")
	})
}

// untold says whether Slack does not know in the end how a release ended, and nobody was told that it could not be written.
func untold(w *scenario.World, r rollout.Release) []string {
	if r.Definition.Slack == nil || w.DeadLetters("slack") > 0 {
		return nil
	}
	messages := w.Chat(r.ID)
	if !slices.ContainsFunc(messages, func(m string) bool { return strings.Contains(m, r.Ending()) }) {
		return []string{fmt.Sprintf("I5: Slack does not say that %s ended %q: %q", r.ID, r.End, messages)}
	}
	return nil
}

// untoldGitHub says whether GitHub still waits for the release of a commit, and nobody was told that it could not be reached.
func untoldGitHub(w *scenario.World, r rollout.Release) []string {
	if !strings.HasPrefix(r.Revision.Repository, "github/") || w.DeadLetters("github") > 0 {
		return nil
	}
	state := ""
	for _, s := range w.GitHub.Statuses() {
		if s.Commit == r.Revision.Commit {
			state = s.State
		}
	}
	deployments := 0
	for _, d := range w.GitHub.Deployments() {
		if d.Payload["release"] == r.ID {
			deployments++
		}
	}
	if state == "" || state == "pending" || deployments != 1 {
		return []string{fmt.Sprintf("I5: %s ended %q; GitHub says %q of its commit, in %d deployments", r.ID, r.End, state, deployments)}
	}
	return nil
}

// lastEnd is the end that people were told last.
func lastEnd(told []string) rollout.End {
	for _, what := range slices.Backward(told) {
		if slices.Contains(rollout.Ends, rollout.End(what)) {
			return rollout.End(what)
		}
	}
	return ""
}

// leftovers lists what would hinder the next release or hide from people.
func leftovers(w *scenario.World) []string {
	var v []string
	l := w.Lease()
	if l.Phase == rollout.Held {
		v = append(v, "I6: the lease is still held by "+l.Owner)
	}
	if open := w.Open(); len(open) > 0 {
		v = append(v, "I6: still open: "+strings.Join(open, ", "))
	}
	if waiting := w.Waiting(); waiting > 0 {
		v = append(v, fmt.Sprintf("I6: %d releases still wait in the queue", waiting))
	}
	if running := w.Running(); running > 0 {
		v = append(v, fmt.Sprintf("I6: %d executions still run", running))
	}
	for about, times := range w.MadeByReleases() {
		if times > 1 {
			v = append(v, fmt.Sprintf("I4: an API was deployed %d times (%s)", times, about))
		}
	}
	return v
}
