package page

import "sluice/shared/rollout"

// Preview is what a release will change, or has changed, as the service of its target said before.
type Preview struct {
	Summary string   `json:"summary"`
	Dangers []string `json:"dangers,omitempty"` // what endangers data
	Changes []string `json:"changes,omitempty"` // the others
	Others  int      `json:"others,omitempty"`  // and so many more
	Anew    bool     `json:"anew,omitempty"`    // the target was changed since, and it is looked at anew
}

func preview(r rollout.Release) *Preview {
	if r.Preview == nil {
		return nil
	}
	p := &Preview{Summary: r.Preview.Summary(), Others: r.Preview.Others, Anew: r.Preview.Outdated}
	for _, c := range r.Preview.Changes {
		if c.Endangers() {
			p.Dangers = append(p.Dangers, "It "+c.String()+". It holds data.")
		} else {
			p.Changes = append(p.Changes, "It "+c.String()+".")
		}
	}
	return p
}
