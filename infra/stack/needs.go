package stack

import (
	"slices"

	"sluice/shared/kind"
)

// grants is what the targets of a kind need of a function, as the kind says: a statement for each sort of need, whatever the number of
// targets. It is apart from what the function does to Sluice's own parts, which its row says.
func (t targets) grants(h home, id kind.ID, function string) (all []grant) {
	for _, d := range t.moved {
		if d.Target.Spec().Kind() != id {
			continue
		}
		for _, n := range d.Target.Spec().Needs(function, d.Uses()) {
			arn := h.arn(n.Service, n.Resource)
			if i := slices.IndexFunc(all, func(g grant) bool { return g.sid == n.Sid }); i >= 0 {
				all[i].resources = sorted(append(all[i].resources, arn))
			} else {
				all = append(all, named(n.Sid, []string{arn}, n.Actions...)...)
			}
		}
	}
	return all
}
