package rollout_test

import (
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

func TestAdmitFollowsItsStatedRules(t *testing.T) {
	created := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	release := rollout.Release{
		Created:    created,
		Revision:   rollout.Revision{Version: "42"},
		Definition: rollout.Definition{QueueLimit: rollout.Duration(time.Hour), Target: rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: "checkout", Alias: "live"}}},
		Steps:      []rollout.Step{{Weight: 500}, {Weight: 2500}, {Weight: rollout.All}},
	}
	promoted := rollout.Lease{Stable: "40", Candidate: "41", Weight: rollout.All}
	either := func(one, other string, weight rollout.Weight) rollout.Split {
		return rollout.Split{Stable: one, Candidate: other, Weight: weight, Either: true}
	}
	ours := rollout.Lease{Owner: "checkout-dead", Stable: "41", Candidate: "40"}
	for name, test := range map[string]struct {
		found    rollout.Split
		last     rollout.Lease
		stable   string
		step     int
		note     string
		served   bool
		rejected string
		moving   string
		after    time.Duration
	}{
		"clean":                                                           {found: rollout.Split{Stable: "41"}, stable: "41"},
		"a leftover of no weight is clean":                                {found: rollout.Split{Stable: "41", Candidate: "39"}, stable: "41"},
		"everything on the other version":                                 {found: rollout.Split{Stable: "39", Candidate: "41", Weight: rollout.All}, stable: "41"},
		"serves already":                                                  {found: rollout.Split{Stable: "42"}, served: true},
		"serves already, as the other one":                                {found: rollout.Split{Stable: "41", Candidate: "42", Weight: rollout.All}, served: true},
		"adopts its own candidate":                                        {found: rollout.Split{Stable: "41", Candidate: "42", Weight: 1000}, stable: "41", step: 1, note: "Adopted"},
		"adopts at the same weight":                                       {found: rollout.Split{Stable: "41", Candidate: "42", Weight: 500}, stable: "41", step: 0, note: "Adopted"},
		"repairs what a release left":                                     {found: rollout.Split{Stable: "41", Candidate: "40", Weight: 500}, last: ours, stable: "41", note: "Repaired"},
		"refuses somebody else's split":                                   {found: rollout.Split{Stable: "41", Candidate: "39", Weight: 500}, last: ours, rejected: "split by somebody else"},
		"waits for what is on its way":                                    {found: rollout.Split{Stable: "39", Moving: "2 of 10 are healthy"}, moving: "2 of 10 are healthy"},
		"waits even for its own candidate":                                {found: rollout.Split{Stable: "42", Moving: "2 of 10 are healthy"}, moving: "2 of 10 are healthy"},
		"waits for that no longer than an hour":                           {found: rollout.Split{Stable: "39", Moving: "2 of 10 are healthy"}, after: 61 * time.Minute, rejected: "did not come to rest"},
		"refuses its candidate as primary":                                {found: rollout.Split{Stable: "42", Candidate: "41", Weight: 500}, rejected: "split by somebody else"},
		"takes its candidate for that where only the lease knows stable":  {found: either("42", "41", 9000), last: promoted, stable: "41", step: 1, note: "Adopted"},
		"repairs what a release left where only the lease knows stable":   {found: either("40", "41", 9500), last: ours, stable: "41", note: "Repaired"},
		"refuses two of which nobody knows which is stable":               {found: either("41", "42", 500), rejected: "no release of Sluice says which of the two is stable"},
		"refuses its candidate where the lease knows that it is stable":   {found: either("41", "42", 500), last: rollout.Lease{Stable: "42", Candidate: "41"}, rejected: "split by somebody else"},
		"one revision with everything is stable, whatever the lease says": {found: rollout.Split{Stable: "39"}, last: promoted, stable: "39"},
	} {
		t.Run(name, func(t *testing.T) {
			got := rollout.Admit(release, test.found, test.last, created.Add(test.after))
			if test.rejected != "" {
				if got.Rejection == nil || !strings.Contains(got.Rejection.Reason, test.rejected) || got.Rejection.Remedy == "" {
					t.Fatalf("rejection %+v, want one with %q and a remedy", got.Rejection, test.rejected)
				}
				return
			}
			if got.Rejection != nil || got.Served != test.served || got.Moving != test.moving || got.Stable != test.stable || got.Step != test.step || !strings.HasPrefix(got.Note, test.note) || (test.note == "") != (got.Note == "") {
				t.Errorf("admission %+v (rejection %+v), want stable %s, step %d, note %q", got, got.Rejection, test.stable, test.step, test.note)
			}
		})
	}
}

// A deployment that the last owner of the lease began is Sluice's. One that serves everybody is never taken back.
func TestWhatSomebodyElseBeganFollowsThePolicy(t *testing.T) {
	const theirs = "arn:their checkout:3 checkout:1 alternate"
	moving := rollout.Split{Stable: "checkout:1", Candidate: "checkout:3", Weight: 1000, Moving: "0 of 2 tasks are running", Tag: theirs}
	baking := rollout.Split{Stable: "checkout:3", Busy: "ECS bakes checkout:3 for 1h", Tag: theirs}
	resting := rollout.Split{Stable: "checkout:1", Candidate: "checkout:3", Rests: true, Tag: theirs}
	ours := rollout.Lease{Stable: "checkout:1", Candidate: "checkout:3", Tag: theirs}
	for name, test := range map[string]struct {
		policy   rollout.WhenDeploying
		found    rollout.Split
		last     rollout.Lease
		evicted  string // before
		evicts   bool
		waits    string
		rejected string
		remedy   string
	}{
		"waited for":                {rollout.DeployingWaits, moving, rollout.Lease{}, "", false, "for 24h at most: somebody else began deployment arn:their from checkout:1 to checkout:3.", "", ""},
		"rejected":                  {rollout.DeployingRejects, moving, rollout.Lease{}, "", false, "", "somebody else began deployment arn:their from checkout:1 to checkout:3", "aws ecs stop-service-deployment --service-deployment-arn arn:their --stop-type ROLLBACK"},
		"rejected while it bakes":   {rollout.DeployingRejects, baking, rollout.Lease{}, "", false, "", "ECS bakes checkout:3 for 1h, which somebody else began", "whenDeploying: wait"},
		"taken back":                {rollout.DeployingEvicted, moving, rollout.Lease{}, "", true, "has deployment arn:their from checkout:1 to checkout:3 taken back", "", ""},
		"taken back while it rests": {rollout.DeployingEvicted, resting, rollout.Lease{}, "", true, "taken back", "", ""},
		"asked for once more":       {rollout.DeployingEvicted, moving, rollout.Lease{}, theirs, true, "taken back", "", ""},
		"a second one":              {rollout.DeployingEvicted, moving, rollout.Lease{}, "arn:before checkout:3 checkout:1 alternate", false, "", "again", "find who deploys past Sluice"},
		"one that serves everybody is waited for": {rollout.DeployingEvicted, baking, rollout.Lease{}, "", false, "ECS bakes checkout:3 for 1h, which somebody else began.", "", ""},
		"Sluice's own is waited for":              {rollout.DeployingEvicted, moving, ours, "", false, "has come to rest: 0 of 2 tasks are running.", "", ""},
		"nor does Sluice's own reject":            {rollout.DeployingRejects, moving, ours, "", false, "has come to rest: 0 of 2 tasks are running.", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := rollout.Release{Revision: rollout.Revision{Version: "checkout:2"}, Evicted: test.evicted, Definition: rollout.Definition{
				QueueLimit: rollout.Duration(24 * time.Hour), WhenDeploying: test.policy, Target: rollout.Target{ECSService: &kind.ECSService{Cluster: "shop", Service: "checkout", Connect: "checkout"}},
			}}
			got := rollout.Admit(r, test.found, test.last, time.Time{}.Add(time.Minute))
			if test.rejected != "" {
				if got.Rejection == nil || !strings.Contains(got.Rejection.Reason, test.rejected) || !strings.Contains(got.Rejection.Remedy, test.remedy) {
					t.Errorf("the rejection is %+v", got.Rejection)
				}
				return
			}
			if got.Rejection != nil || (got.Evicts == theirs) != test.evicts || !strings.Contains(got.Note+got.Waits, test.waits) {
				t.Errorf("it is %+v (%+v), want one that waits: %s", got, got.Rejection, test.waits)
			}
		})
	}
}
