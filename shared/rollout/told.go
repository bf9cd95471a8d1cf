package rollout

import (
	"fmt"
	"strings"
	"time"

	"sluice/shared/kind"
)

// Names names a revision of the release's service in a sentence, by the word of its kind of target: "version 42".
func (r Release) Names(revision string) string { return r.facts().Names(revision) }

// Word is what a revision of the release's service is called: "version".
func (r Release) Word() string { return r.facts().Revision.Word }

// facts are those of the release's kind of target, even before its definition was read. Records from before kinds existed are of aliases.
func (r Release) facts() kind.Facts {
	switch {
	case r.Definition.Target.Kind() != "":
		return r.Definition.Target.Facts()
	case r.Kind != "":
		return kind.Of(r.Kind)
	}
	return kind.Of(kind.LambdaAliasID)
}

// Candidate names what is released: "version 7", or "commit 1f0c2b3" while there is no revision of it yet.
func (r Release) Candidate() string {
	switch v := r.Revision; {
	case v.Version != "":
		return r.Names(v.Version)
	case r.Building != nil && r.Building.Image != "":
		name, digest, _ := strings.Cut(r.Building.Image, "@")
		return "image " + name + "@" + digest[:min(len(digest), len("sha256:")+12)]
	case len(v.Commit) > 7:
		return "commit " + v.Commit[:7]
	case v.Commit != "":
		return "commit " + v.Commit
	}
	return "a new " + r.Word()
}

// Sentence makes the first letter a capital, to begin a sentence.
func Sentence(words string) string {
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):]
}

// Beginning is how people are told that a release has started.
func (r Release) Beginning() string {
	return fmt.Sprintf("Release of %s to %s has started; stable is %s.", r.Candidate(), r.Service, r.facts().Brief(r.Stable))
}

// Waiting is the open question in words.
func (r Release) Waiting(a Approval) string {
	who := a.Asked()
	if a.Quorum < len(a.From) || a.SlackTeam != "" {
		who = fmt.Sprintf("%d of %s", a.Quorum, who)
	}
	said := fmt.Sprintf("%s of %s waits for %s before it gets %s, until %s.",
		Sentence(r.Candidate()), r.Service, who, r.Gets(r.Asked.Step), r.Asked.Until.UTC().Format("2 Jan 15:04 MST"))
	if p := r.Foreseen(); p != nil {
		said += " " + p.Summary()
	}
	return said
}

// Foreseen is what the release will change, while that is still to come.
func (r Release) Foreseen() *Preview {
	if r.Preview == nil || r.End != "" || !r.BakeUntil.IsZero() {
		return nil
	}
	return r.Preview
}

// Asks is the question that is open now; nil when people are not asked anything, or have answered.
func (r Release) Asks() *Approval {
	if r.End != "" || r.Cause != nil || r.Asked == nil || r.Asked.Closed {
		return nil
	}
	if step, a := r.Pending(r.Asked.Step); step == r.Asked.Step {
		return a
	}
	return nil
}

// GoingBack is how people are told that a release goes back; its cause must be known.
func (r Release) GoingBack() string { return "The release goes back: " + r.Cause.Reason }

// Returns says what a raised fence means for the traffic.
func (r Release) Returns(stable string, f Fence) string {
	if f.Kind == ByCapacity {
		return fmt.Sprintf("No traffic has moved, and all of it stays with %s: %s", r.Names(stable), f.Reason)
	}
	if stable == "" { // it ended before it knew
		return "The release ends before it has moved any traffic: " + f.Reason
	}
	return fmt.Sprintf("All traffic goes back to %s: %s", r.Names(stable), f.Reason)
}

// Minute is a moment for people who may come back to it another day: "1 Dec 2026 08:38 UTC".
func Minute(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04 MST") }
