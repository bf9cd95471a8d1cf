package rollout

import (
	"strings"
	"testing"
)

const (
	graceAtCenter = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Releases_0123456789abcdef/grace@example.com"
	graceAsAdmin  = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_fedcba9876543210/Grace@example.com"
	linusAtCenter = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Releases_0123456789abcdef/linus@example.com"
	asGrace       = "arn:aws:sts::123456789012:assumed-role/Deployer/grace@example.com"
	asLinus       = "arn:aws:sts::123456789012:assumed-role/Deployer/linus@example.com"
	deployer      = "arn:aws:iam::123456789012:role/teams/shop/Deployer"
	elsewhere     = "arn:aws:sts::210987654321:assumed-role/Deployer/grace@example.com"
	userGrace     = "arn:aws:iam::123456789012:user/grace"
)

// Whoever takes on a role chooses the session's name. If that name were believed, anybody who may take on the role could be anybody.
func TestNameThatACallerChoosesMakesNobodyOfThem(t *testing.T) {
	for _, row := range []struct {
		stated, named string
		is, mayBe     bool
	}{
		{graceAtCenter, graceAtCenter, true, true},
		{graceAtCenter, linusAtCenter, false, false},
		{graceAsAdmin, graceAtCenter, false, true}, // another permission set is not named, but it is the same person
		{asGrace, asGrace, false, true},            // linus could call himself so
		{asLinus, asGrace, false, true},
		{asLinus, deployer, true, true},
		{asGrace, graceAtCenter, false, false}, // the name is the same, and was chosen
		{elsewhere, deployer, false, false},
		{userGrace, userGrace, true, true},
		{userGrace, "arn:aws:iam::123456789012:user/Grace", false, false},
		{userGrace, asGrace, false, false},
		{"grace", "grace", false, false},
		{"arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root", false, false},
		{"arn:aws:sts::123456789012:federated-user/grace", "arn:aws:sts::123456789012:federated-user/grace", false, false},
		{"arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Releases_0123456789abcdef/", graceAtCenter, false, false},
	} {
		if got := isCaller(row.stated, row.named); got != row.is {
			t.Errorf("%s is %s: %v, want %v", row.stated, row.named, got, row.is)
		}
		if got, back := mayBeCaller(row.stated, row.named), mayBeCaller(row.named, row.stated); got != row.mayBe || back != got {
			t.Errorf("%s may be %s: %v, and the other way round %v, want %v", row.stated, row.named, got, back, row.mayBe)
		}
	}
}

// asked is a release that a caller has asked for, and that asks grace, linus and the role Deployer.
func askedByCaller(by string) (Release, Approval) {
	r := Release{By: by, Definition: Definition{People: map[string]Person{"grace": {AWS: graceAtCenter}, "linus": {AWS: linusAtCenter}, "deployers": {AWS: deployer}}}}
	return r, Approval{From: []string{"grace", "linus", "deployers"}}
}

// Four eyes: who has asked for a release does not approve it, whatever they call themselves and whichever permissions they have taken on.
func TestWhoeverAskedDoesNotApproveUnderAnotherName(t *testing.T) {
	for _, row := range []struct{ by, answers, person, refusal string }{
		{graceAtCenter, graceAtCenter, "grace", "grace started the release"},
		{graceAsAdmin, graceAtCenter, "grace", "grace started the release"},
		{graceAtCenter, linusAtCenter, "linus", ""},
		{asGrace, asLinus, "deployers", "deployers started the release"},
		{asGrace, graceAtCenter, "grace", ""}, // she may have taken the role on, and nobody knows: see docs/security.md
		{graceAtCenter, asGrace, "deployers", ""},
		{"ci", graceAsAdmin, "", "is not among those who are asked"},
		{"ci", userGrace, "", "is not among those who are asked"},
	} {
		r, a := askedByCaller(row.by)
		person, refusal := r.Respondent(a, ByIAM, row.answers)
		if person != row.person || (refusal == nil) != (row.refusal == "") || refusal != nil && !strings.Contains(refusal.Reason, row.refusal) {
			t.Errorf("asked for by %s, answered by %s: %q, %+v; want %q, %q", row.by, row.answers, person, refusal, row.person, row.refusal)
		}
	}
}
