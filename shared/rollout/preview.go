package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Preview is what a release will change, as the service of its target says before anything moves.
type Preview struct {
	ID       string   `json:"id"`     // what the service calls it
	Digest   string   `json:"digest"` // of all changes: two previews with the same digest say the same
	Changes  []Change `json:"changes,omitempty"`
	Others   int      `json:"others,omitempty"`   // changes beyond those
	Outdated bool     `json:"outdated,omitempty"` // somebody changed the target since
}

// Change is what happens to one resource.
type Change struct {
	Does  Does     `json:"does"`
	Name  string   `json:"name"`            // in the template
	Type  string   `json:"type"`            // AWS::DynamoDB::Table
	Of    []string `json:"of,omitempty"`    // the properties that change
	Data  bool     `json:"data,omitempty"`  // it holds data, which would be lost or left behind
	Keeps bool     `json:"keeps,omitempty"` // the old one stays, outside of the stack

	// What somebody did by hand since the last deployment, and the release undoes: properties that were changed, or that the resource was deleted.
	Undoes []string `json:"undoes,omitempty"`
	Gone   bool     `json:"gone,omitempty"`
}

// Does is what is done to a resource.
type Does string

// What may be done.
const (
	Adds         Does = "adds"
	Alters       Does = "changes"
	Replaces     Does = "replaces"
	MightReplace Does = "may replace"
	Deletes      Does = "deletes"
	Accepts      Does = "accepts"           // what somebody changed by hand is what the template says now
	DoesUnknown  Does = "does something to" // which one turns out when it is carried out
)

// String is the change as a clause: "replaces Orders (AWS::DynamoDB::Table): KeySchema".
func (c Change) String() string {
	text := fmt.Sprintf("%s %s (%s)", c.Does, c.Name, c.Type)
	if len(c.Of) > 0 {
		text += ": " + strings.Join(c.Of, ", ")
	}
	if c.Keeps {
		text += "; the old one stays outside of the stack"
	}
	if len(c.Undoes) > 0 {
		text += "; undoes what somebody changed by hand: " + strings.Join(c.Undoes, ", ")
	}
	if c.Gone {
		text += "; somebody deleted it by hand"
	}
	return text
}

// Endangers says whether data is at stake: in a resource that is deleted or replaced, or may be.
func (c Change) Endangers() bool {
	return c.Data && c.Does != Adds && c.Does != Alters && c.Does != Accepts
}

// mostChanges is how many changes a record keeps. The rest are counted.
const mostChanges = 60

// NewPreview is a preview of these changes: those that endanger data come first, and are all kept.
func NewPreview(id string, changes []Change) Preview {
	slices.SortStableFunc(changes, func(a, b Change) int { return a.rank() - b.rank() })
	text, _ := json.Marshal(changes) // values of these types never fail
	sum := sha256.Sum256(text)
	p := Preview{ID: id, Digest: hex.EncodeToString(sum[:16]), Changes: changes}
	if keep := max(mostChanges, len(p.Dangers())); len(changes) > keep {
		p.Changes, p.Others = changes[:keep], len(changes)-keep
	}
	return p
}

func (c Change) rank() int {
	switch {
	case c.Endangers():
		return 0
	case c.Does == Deletes || c.Does == Replaces:
		return 1
	case c.Does == MightReplace:
		return 2
	case len(c.Undoes) > 0 || c.Gone:
		return 3
	}
	return 4
}

// Dangers are the changes that endanger data.
func (p Preview) Dangers() (all []Change) {
	for _, c := range p.Changes {
		if c.Endangers() {
			all = append(all, c)
		}
	}
	return all
}

// Lines are the changes, one for each line, and how many more there are.
func (p Preview) Lines() (lines []string) {
	for _, c := range p.Changes {
		lines = append(lines, c.String())
	}
	if p.Others > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", p.Others))
	}
	return lines
}

// Summary counts the changes, and names those that endanger data: "It adds 1, changes 2 and replaces 1. Data is at stake: it replaces Orders (...)."
func (p Preview) Summary() string {
	counts := map[Does]int{}
	for _, c := range p.Changes {
		counts[c.Does]++
	}
	var parts []string
	for _, does := range []Does{Adds, Alters, Replaces, MightReplace, Deletes, Accepts, DoesUnknown} {
		if n := counts[does]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", does, n))
		}
	}
	said := "It " + strings.Join(parts, ", ") + " of its resources"
	if p.Others > 0 {
		said += fmt.Sprintf(", and more to %d others", p.Others)
	}
	said += "."
	if n := p.undone(); n > 0 {
		said += fmt.Sprintf(" Of %d it undoes what somebody did by hand.", n)
	}
	if at := p.Stake(); at != "" {
		said += " Data is at stake: it " + at + "."
	}
	return said
}

// undone counts the resources of which something is undone that was done by hand.
func (p Preview) undone() (n int) {
	for _, c := range p.Changes {
		if len(c.Undoes) > 0 || c.Gone {
			n++
		}
	}
	return n
}

// Stake names what endangers data, as clauses; empty when nothing does.
func (p Preview) Stake() string {
	var all []string
	for _, c := range p.Dangers() {
		all = append(all, c.String())
	}
	return strings.Join(all, "; it ")
}

// Unasked says why a release with this preview is not let in: it endangers data, and nobody is asked before it begins. Silence is no approval of that.
func (r Release) Unasked(p Preview) *Rejection {
	if len(p.Dangers()) == 0 {
		return nil
	}
	first := slices.IndexFunc(r.Steps, func(s Step) bool { return s.Weight > None })
	if a := r.approval(first); a == nil {
		return Because("data is at stake, and the definition asks nobody: the release "+p.Stake(),
			"add approvals: [{before: first, from: [...]}] to the definition, or keep what holds data as it is")
	} else if a.WhenSilent == SilenceApproves {
		return Because("data is at stake, and in the definition silence approves: the release "+p.Stake(),
			"leave out whenSilent: approve, so that somebody has to say yes, or keep what holds data as it is")
	}
	return nil
}
