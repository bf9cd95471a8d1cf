package rollout_test

import (
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Where each revision has a place of its own, a later release takes nothing from the promotion before it.
func TestCandidateOvertakesAPromotionWhereItTakesItsPool(t *testing.T) {
	rule, alias := rollout.Target{ALBRule: &kind.ALBRule{}}, rollout.Target{LambdaAlias: &kind.LambdaAlias{}}
	promised := rollout.Promise{Release: "first", Stable: "1", Candidate: "2", Until: end.Add(time.Hour)}
	for name, test := range map[string]struct {
		lease rollout.Lease
		at    time.Time
		want  bool
	}{
		"its pool":               {rollout.Lease{Spec: rule, Owner: "second", Candidate: "3", Promise: &promised}, end, true},
		"the window is over":     {rollout.Lease{Spec: rule, Owner: "second", Candidate: "3", Promise: &promised}, end.Add(time.Hour), false},
		"the revision it is for": {rollout.Lease{Spec: rule, Owner: "second", Candidate: "1", Promise: &promised}, end, false},
		"its own promise":        {rollout.Lease{Spec: rule, Owner: "first", Candidate: "2", Promise: &promised}, end, false},
		"no pools":               {rollout.Lease{Spec: alias, Owner: "second", Candidate: "3", Promise: &promised}, end, false},
		"no promise":             {rollout.Lease{Spec: rule, Owner: "second", Candidate: "3"}, end, false},
	} {
		if got := test.lease.Overtakes(test.at) != nil; got != test.want {
			t.Errorf("%s: overtakes %v, want %v", name, got, test.want)
		}
	}
}
