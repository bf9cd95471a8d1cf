package rollout

import (
	"strings"
	"testing"
)

// crew is a definition that asks, with people whom hosts know by their own names.
func crew() Definition {
	return Definition{
		Service: "checkout", Source: &Source{Repository: "github/acme/checkout"},
		People: map[string]Person{
			"ada":   {GitHub: "ada-l", Mail: "ada@example.com", Slack: "T1/U1"},
			"grace": {GitHub: "grace-h", GitLab: "4", Bitbucket: "{0d3f5d4e-6a1b-4c2e-8f70-5b1c9a2e7d33}", Slack: "T1/U2"},
			"linus": {AWS: "arn:aws:iam::123456789012:user/linus"},
		},
		Approvals: []Approval{{Before: BeforeLast, From: []string{"ada", "grace", "linus"}, SlackTeam: "T1/S1"}},
	}
}

// Each author is told by one host; whoever it is may not answer, and everybody else may.
func TestEveryAuthorOfAPushIsKeptFromApprovingIt(t *testing.T) {
	for author, who := range map[Author]string{
		{Host: "github", ID: "Grace-H"}:                                   "grace",
		{Host: "gitlab", ID: "4", Name: "Somebody Else"}:                  "grace",
		{Host: "bitbucket", ID: "{0d3f5d4e-6a1b-4c2e-8f70-5b1c9a2e7d33}"}: "grace",
		{Host: "github", Mail: "Ada@example.com"}:                         "ada",
		{Host: "github", ID: "somebody", Mail: "ada@example.com"}:         "ada",
		{Host: "codecommit", ID: "arn:aws:iam::123456789012:user/linus"}:  "linus",
		{Name: "grace"}:               "grace",
		{Host: "gitlab", ID: "ada-l"}: "ada", // another host's name keeps out, too
	} {
		r := Release{Definition: crew(), By: "ci", Authors: []Author{{Host: "github", ID: "nobody"}, author}}
		for name := range r.Definition.People {
			if refusal := r.excluded(r.Definition.Approvals[0], name); (refusal != nil) != (name == who) {
				t.Errorf("%+v: %s is refused because %+v", author, name, refusal)
			}
		}
	}
}

// The name that another host knows somebody by is no proof that this is them.
func TestAnAuthorWhomNobodyKnowsEndsThePush(t *testing.T) {
	for name, row := range map[string]struct {
		change       func(*Release)
		says, remedy string
	}{
		"all are known":            {func(*Release) {}, "", ""},
		"nobody of people":         {func(r *Release) { r.Authors = append(r.Authors, Author{Host: "github", ID: "mallory"}) }, "mallory, an author", `github: "mallory"`},
		"by mail":                  {func(r *Release) { r.Authors = append(r.Authors, Author{Host: "gitlab", Mail: "m@example.com"}) }, "m@example.com", `mail: "m@example.com"`},
		"a login of another host":  {func(r *Release) { r.Authors = []Author{{Host: "gitlab", ID: "ada-l"}} }, "ada-l, an author", `gitlab: "ada-l"`},
		"a name of the definition": {func(r *Release) { r.Authors = []Author{{Host: "github", ID: "ada"}} }, "ada, an author", `github: "ada"`},
		"an account that has gone": {func(r *Release) { r.Authors = []Author{{Host: "codecommit", ID: "arn:x"}} }, "arn:x", `aws: "arn:x"`},
		"not all are listed":       {func(r *Release) { r.Unlisted = true }, "did not list every commit", "allow"},
		"nobody at all":            {func(r *Release) { r.Authors, r.Unlisted = nil, true }, "did not list", "allow"},
		"allowed":                  {func(r *Release) { r.Unlisted, r.Definition.Source.WhenUnknownAuthor = true, AllowUnknown }, "", ""},
		"nobody is asked":          {func(r *Release) { r.Unlisted, r.Definition.Approvals = true, nil }, "", ""},
		"asked for want of numbers": {func(r *Release) {
			r.Unlisted, r.Definition.Approvals, r.Definition.Checks.WhenInconclusive.Ask = true, nil, &Question{}
		}, "did not list", "allow"},
	} {
		r := Release{Definition: crew(), Authors: []Author{{Host: "github", ID: "ada-l"}, {Host: "github", Mail: "ada@example.com"}}}
		row.change(&r)
		why := r.Strangers()
		if (why != nil) != (row.says != "") {
			t.Errorf("%s: %+v", name, why)
		} else if why != nil && (!strings.Contains(why.Reason, row.says) || !strings.Contains(why.Remedy, row.remedy)) {
			t.Errorf("%s: %+v, want %q and %q", name, why, row.says, row.remedy)
		}
	}
}

// A member of a Slack group whom people does not name is only an id: who cannot be told from an author is taken for one.
func TestMemberWhoMayBeTheAuthorIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*Release)
		may    bool
	}{
		"the author's id in Slack is known": {func(r *Release) {}, true},
		"the author's is not": {func(r *Release) {
			r.Authors = []Author{{Host: "codecommit", ID: "arn:aws:iam::123456789012:user/linus"}}
		}, false},
		"one of two is not":    {func(r *Release) { r.Authors = append(r.Authors, Author{Name: "linus"}) }, false},
		"the author is nobody": {func(r *Release) { r.Authors = []Author{{Host: "github", ID: "mallory"}} }, false},
		"that is allowed": {func(r *Release) {
			r.Authors = []Author{{Host: "github", ID: "mallory"}}
			r.Definition.Source.WhenUnknownAuthor = AllowUnknown
		}, true},
		"the starter's is not":           {func(r *Release) { r.By = "linus" }, false},
		"asked for by a machine":         {func(r *Release) { r.By = "deploy-bot" }, true},
		"a request names the author":     {func(r *Release) { r.Authors, r.Revision.Author = nil, "ada" }, true},
		"a request names a stranger":     {func(r *Release) { r.Authors, r.Revision.Author = nil, "mallory" }, false},
		"a request names an id of Slack": {func(r *Release) { r.Authors, r.Revision.Author = nil, "T1/U7" }, true},
		"that id":                        {func(r *Release) { r.Authors, r.Revision.Author = nil, "T1/U9" }, false},
	} {
		r := Release{Definition: crew(), By: "ci", Authors: []Author{{Host: "github", ID: "ada-l"}}}
		row.change(&r)
		who, refusal := r.Member(r.Definition.Approvals[0], "T1/U9", []string{"U1", "U9"})
		if (refusal == nil) != row.may || who != "T1/U9" || refusal != nil && refusal.Remedy == "" {
			t.Errorf("%s: %s, %+v", name, who, refusal)
		}
	}
}
