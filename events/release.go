package events

import "time"

// Events that Sluice sends on its bus, with Source. The last six are the ends of a release.
const (
	ReleaseBuilding    = "release.building" // its revision is being made
	ReleaseHeld        = "release.held"     // gates are shut; the record says why
	ReleaseQueued      = "release.queued"
	ReleaseStarted     = "release.started"
	ReleaseShifted     = "release.shifted"
	ReleaseWaiting     = "release.waiting"     // it waits for people: a question is open
	ReleaseHookFailed  = "release.hook-failed" // a hook of it failed; the record says why, and what follows
	ReleaseAnswered    = "release.answered"    // somebody approved, rejected, or was refused
	ReleaseRollingBack = "release.rolling-back"
	ReleaseSucceeded   = "release.succeeded"
	ReleaseRolledBack  = "release.rolled-back"
	ReleaseRejected    = "release.rejected"
	ReleaseSuperseded  = "release.superseded"
	ReleaseAborted     = "release.aborted"
	ReleaseStuck       = "release.stuck"
)

// ReleaseEnded is the detail-type of an end: "release." and the name of the end.
func ReleaseEnded(end string) string { return "release." + end }

// Release is the detail of everything that Sluice says about a release.
type Release struct {
	Release    string    `json:"release"`
	Parent     string    `json:"parent,omitempty"` // id of the release that this one is a part of
	Service    string    `json:"service"`
	Target     string    `json:"target,omitempty"`
	Revision   string    `json:"revision"` // empty while it is made
	Stable     string    `json:"stable,omitempty"`
	Repository string    `json:"repository,omitempty"` // where the commit is: "github/acme/checkout"
	Commit     string    `json:"commit,omitempty"`
	Author     string    `json:"author,omitempty"`
	Requester  string    `json:"requester,omitempty"`
	Step       int       `json:"step"`             // 0-based
	Steps      int       `json:"steps"`            // how many there are
	Weight     float64   `json:"weight"`           // candidate's share, percent, as read back
	Sentence   string    `json:"sentence"`         // what happened, for people
	Cause      string    `json:"cause,omitempty"`  // why it went back or was not let in
	Remedy     string    `json:"remedy,omitempty"` // what people should do now
	Build      string    `json:"build,omitempty"`  // where people read the log of its build
	Log        []string  `json:"log,omitempty"`    // last lines of a build that failed
	Reverted   bool      `json:"reverted,omitempty"`
	Asked      *Question `json:"asked,omitempty"`     // of ReleaseWaiting and ReleaseAnswered
	Pipelines  []string  `json:"pipelines,omitempty"` // manual approval actions of CodePipeline that ask its questions, too: "codepipeline/checkout/Release/Approve"
	At         time.Time `json:"at"`
}

// Question is what people are asked before a step.
type Question struct {
	Step   int       `json:"step"`            // 0-based
	Weight float64   `json:"weight"`          // what the candidate gets, percent
	From   []string  `json:"from"`            // who may answer
	Group  string    `json:"group,omitempty"` // of Slack, whose members may answer, too: T0123/S0456
	Quorum int       `json:"quorum"`          // how many must approve
	Until  time.Time `json:"until"`
	Digest string    `json:"digest"`           // an answer that carries it counts only for this very question
	Answer string    `json:"answer,omitempty"` // approve, reject or refused
	By     string    `json:"by,omitempty"`
	How    string    `json:"how,omitempty"`    // event, mail, slack or codepipeline
	Origin string    `json:"origin,omitempty"` // address and browser that the answer came from
}

// ProgressPattern selects the events for slack: everything that happens to a release.
func ProgressPattern() Pattern {
	return Pattern{"source": []string{Source}, "detail-type": []string{
		ReleaseBuilding, ReleaseHeld, ReleaseQueued, ReleaseStarted, ReleaseShifted, ReleaseWaiting, ReleaseAnswered, ReleaseHookFailed, ReleaseRollingBack,
		ReleaseSucceeded, ReleaseRolledBack, ReleaseRejected, ReleaseSuperseded, ReleaseAborted, ReleaseStuck,
	}}
}

// GitHubPattern selects the events for github: everything that happens to a release of a commit on GitHub. Others would wake it for nothing
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
func GitHubPattern() Pattern {
	p := ProgressPattern()
	p["detail"] = map[string]any{"repository": []any{map[string]any{"prefix": GitHub + "/"}}}
	return p
}

// PartPattern selects the events for a leader of releases with several parts: everything that happens to the parts.
func PartPattern() Pattern {
	p := ProgressPattern()
	p["detail"] = map[string]any{"parent": []any{map[string]any{"exists": true}}}
	return p
}

// DecidedPattern selects the events for pipeline: those that decide a question that a pipeline asks, too, or show that it is decided.
func DecidedPattern() Pattern {
	return Pattern{
		"source": []string{Source}, "detail-type": []string{
			ReleaseShifted, ReleaseRollingBack, ReleaseSucceeded, ReleaseRolledBack, ReleaseRejected, ReleaseSuperseded, ReleaseAborted, ReleaseStuck,
		},
		"detail": map[string]any{"pipelines": []any{map[string]any{"exists": true}}},
	}
}

// NotifyPattern selects the events for notify: those that people are told about.
func NotifyPattern() Pattern {
	return Pattern{"source": []string{Source}, "detail-type": []string{
		ReleaseStarted, ReleaseWaiting, ReleaseHookFailed, ReleaseRollingBack, ReleaseSucceeded, ReleaseRolledBack,
		ReleaseRejected, ReleaseSuperseded, ReleaseAborted, ReleaseStuck,
	}}
}
