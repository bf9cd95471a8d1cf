package rollout

import (
	"cmp"

	"sluice/shared/kind"
)

// validateMarks holds steps with marked requests against what the target says of them.
func (d Definition) validateMarks(found *problems) {
	if !d.Uses().Marks || !d.Target.Facts().Can.Marks {
		return
	}
	m, may := d.Target.Spec().(kind.Marking)
	found.check(may && m.Marks() != "", "target."+string(d.Target.Kind())+".marked", "a step gives the candidate marked requests, and nothing says which ones are marked",
		"name the header by which they are marked, as docs/targets says for this kind")
}

// Marks says which requests are the marked ones: "requests with the header X-Canary: 1".
func (t Target) Marks() string {
	if m, may := t.Spec().(kind.Marking); may {
		return m.Marks()
	}
	return ""
}

// Marked says whether the candidate gets marked requests alone, as far as the record and the lease say.
func (r Release) Marked(l Lease) bool {
	return !r.BakeUntil.IsZero() && r.At(r.Step).Marked && l.Weight == None && l.Candidate == r.Revision.Version
}

// Share is what the candidate gets in a step, in words: "5 % of the traffic".
func (r Release) Share(s Step) string {
	if s.Marked {
		return cmp.Or(r.Definition.Target.Marks(), "marked requests") + " alone"
	}
	return s.Weight.String() + " of the traffic"
}
