package rollout

import (
	"fmt"
	"slices"
	"time"

	"sluice/shared/kind"
)

// Revision is what is released, with its origin. It never changes.
type Revision struct {
	Version    string `json:"version"`              // Lambda version, such as "42"
	Repository string `json:"repository,omitempty"` // where the commit is: "github/acme/checkout"
	Commit     string `json:"commit,omitempty"`     // commit that it was built from
	Author     string `json:"author,omitempty"`     // who wrote the commit
}

// Release is one attempt to bring one revision to one service: the record that people read.
type Release struct {
	ID         string            `json:"id"`
	Parent     string            `json:"parent,omitempty"` // id of the release that this one is a part of
	Service    string            `json:"service,omitempty"`
	Place      Place             `json:"place,omitzero"` // where its target is
	Revision   Revision          `json:"revision"`
	Authors    []Author          `json:"authors,omitempty"`    // the people whose work a push brought, and who pushed it
	Unlisted   bool              `json:"unlisted,omitempty"`   // the host did not list every commit: there may be other authors
	Building   *Building         `json:"building,omitempty"`   // how the revision is made, if the request did not bring one
	Reason     string            `json:"reason,omitempty"`     // why it was asked for
	By         string            `json:"by,omitempty"`         // who or what asked for it
	Event      string            `json:"event,omitempty"`      // id of the event that asked for it
	Kind       kind.ID           `json:"kind,omitempty"`       // kind of its target when it was asked for; decides which functions lead it
	Definition Definition        `json:"definition,omitzero"`  // as it was when the release was planned
	Steps      []Step            `json:"steps,omitempty"`      // the plan
	State      State             `json:"state"`                // where the state machine last reported from
	Step       int               `json:"step"`                 // index into Steps
	Extended   int               `json:"extended,omitempty"`   // how many times the present step was baked again
	Unread     int               `json:"unread,omitempty"`     // how many times in a row the evidence could not be read
	Preview    *Preview          `json:"preview,omitempty"`    // what it will change, where its target's service says that beforehand
	Evicted    string            `json:"evicted,omitempty"`    // tag of somebody else's deployment that it had its service take back
	Stable     string            `json:"stable,omitempty"`     // version that served when the release took the lease
	Epoch      int               `json:"epoch,omitempty"`      // epoch of the lease that it took
	Started    time.Time         `json:"started,omitzero"`     // when it took the lease
	BakeUntil  time.Time         `json:"bakeUntil,omitzero"`   // end of the present bake
	Takes      int               `json:"takes,omitempty"`      // how long its target's first move may be expected to take, in seconds; 0: at once, or nobody knows
	TakesLater int               `json:"takesLater,omitempty"` // and each later one
	Verdict    string            `json:"verdict,omitempty"`    // the last verdict, in one sentence
	Asked      *Asked            `json:"asked,omitempty"`      // the last question to people
	Answers    map[string]Answer `json:"answers,omitempty"`    // what people said, by Answer.Key
	Given      int               `json:"given,omitempty"`      // how many answers were written, in all
	Approved   []int             `json:"approved,omitempty"`   // steps whose questions are answered with yes
	Holds      []Approval        `json:"holds,omitempty"`      // questions that were added for lack of evidence
	Fixes      string            `json:"fixes,omitempty"`      // what it mends: it may begin while a guard alarm is red
	Gates      []Gate            `json:"gates,omitempty"`      // as they were found last
	Overrides  []Override        `json:"overrides,omitempty"`  // who let it through gates that were shut
	Hooks      []Ran             `json:"hooks,omitempty"`      // how those of its hooks stand that were started
	Carried    []Carried         `json:"carried,omitempty"`    // parameters that its hooks carry, as they were found when it was planned
	Hooked     int               `json:"hooked,omitempty"`     // how many times that was written
	Frozen     *Frozen           `json:"frozen,omitempty"`     // what keeps its next step from moving traffic; nil while it goes on
	Thawed     time.Time         `json:"thawed,omitzero"`      // when it went on again after that
	Cause      *Fence            `json:"cause,omitempty"`      // why it went back
	Abort      *Fence            `json:"abort,omitempty"`      // it was asked to stop before it held the lease
	Rejection  *Rejection        `json:"rejection,omitempty"`  // why it was not let in, or got no traffic
	Obstacle   *Rejection        `json:"obstacle,omitempty"`   // when it is stuck: what kept the traffic from coming back
	End        End               `json:"end,omitempty"`        // empty while it runs
	Served     bool              `json:"served,omitempty"`     // its version already served everything when the release came
	ByHand     bool              `json:"byHand,omitempty"`     // it is stuck because somebody moved the target by hand, which is left as it is
	Unseen     bool              `json:"unseen,omitempty"`     // it ended without looking at the target: it had moved nothing, or another release held it by then
	Reverted   bool              `json:"reverted,omitempty"`   // it had been promoted before it went back
	Created    time.Time         `json:"created"`
	Ended      time.Time         `json:"ended,omitzero"`
	Execution  string            `json:"execution,omitempty"` // ARN of the newest execution that leads it
	Machines   int               `json:"machines,omitempty"`  // how many executions have led it
	Page       string            `json:"page,omitempty"`      // address of its page, which lets nobody in by itself
	Open       string            `json:"open,omitempty"`      // "open" until its end is written, told and its lease let go
	Audit      []Line            `json:"audit,omitempty"`
}

// Line is one line of the audit trail.
type Line struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`  // the function, alarm or person
	What string    `json:"what"` // one sentence
}

// Lines is the trail as people read it: a line that is repeated at once was tried twice, and is shown once. The record keeps both.
func (r Release) Lines() []Line {
	return slices.CompactFunc(slices.Clone(r.Audit), func(a, b Line) bool { return a.Who == b.Who && a.What == b.What })
}

// Rejection says why something cannot be done, such as letting a release in, and what to do about it.
type Rejection struct {
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// Because builds a rejection.
func Because(reason, remedy string) *Rejection { return &Rejection{Reason: reason, Remedy: remedy} }

// Keep asks people to keep stable until the revert window of a promotion ends; empty when there is nothing to come back to.
func (r Release) Keep() string {
	window := r.Definition.RevertWindow.Std()
	if r.End != Succeeded || r.Reverted || window <= 0 || r.Stable == "" {
		return ""
	}
	return fmt.Sprintf("Keep %s until %s: until then an alarm or an abort brings it back, which is impossible once it is deleted.",
		r.Names(r.Stable), Minute(r.Ended.Add(window)))
}

// Ending says how the release ended: by the sentence of its end, or by a sentence of its own where that one says too much or too little.
func (r Release) Ending() string {
	if r.Served && r.End == Succeeded {
		return "Nothing to do: " + r.Candidate() + " serves all traffic already."
	}
	if r.ByHand && r.End == Stuck {
		return "Somebody moved the traffic by hand, and it is left as it is. Look at it now."
	}
	if r.End == Rejected && r.Cause != nil {
		return "The candidate did not come up: it got no traffic, and stable serves all of it."
	}
	if r.Unseen {
		return r.unseen()
	}
	return r.End.Sentence()
}

// unseen says how a release ended that did not look at its target, so it says nothing about what serves there.
func (r Release) unseen() string {
	switch {
	case r.Epoch > 0:
		return "It lost its lease: another release took the target over, and the record of that one says what serves."
	case r.End == Aborted:
		return "A person stopped the release before it moved any traffic."
	case r.End == Superseded:
		return "A newer release took its place before it moved any traffic."
	}
	return "The release ended before it moved any traffic."
}

// Decided says whether the end is written and final, so that only letting go is left: it is not a promotion that is being reverted.
func (r Release) Decided() bool { return r.End != "" && (r.End != Succeeded || !r.Reverted) }

// Last is the index of the last step, the one at 100 %.
func (r Release) Last() int { return len(r.Steps) - 1 }

// At is the step at an index; outside of the plan it is the zero step.
func (r Release) At(step int) Step {
	if step < 0 || step >= len(r.Steps) {
		return Step{}
	}
	return r.Steps[step]
}

// Gets says what the candidate gets when a step begins: "25 % of the traffic"; after the last step, "its promotion".
func (r Release) Gets(step int) string {
	if step > r.Last() {
		return "its promotion"
	}
	return r.Share(r.At(step))
}

// Duration is how long the release takes when every step passes the first time.
func (r Release) Duration() time.Duration {
	var sum time.Duration
	for _, s := range r.Steps {
		sum += s.Bake.Std()
	}
	return sum
}
