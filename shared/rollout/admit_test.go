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
