package rollout

import (
	"strings"
	"testing"
)

// problemsOf is what is wrong with the source of an otherwise good definition.
func problemsOf(s Source) (all []Problem) {
	s.Build = &Build{CodeBuild: "checkout"}
	var found problems
	Definition{Source: &s}.validateSource(&found)
	return found
}

// Each was accepted, and then never or always released.
func TestPatternThatMatchesNothingIsRefusedWithTheRightForm(t *testing.T) {
	for _, row := range []struct{ kind, pattern, remedy string }{
		{"paths", "services/checkout/", `write "services/checkout/**"`},
		{"paths", "./services/**", `write "services/**"`},
		{"paths", ".", `"**"`},
		{"paths", "/services/**", `write "services/**"`},
		{"paths", "!/docs/**", `write "!docs/**"`},
		{"paths", `services\checkout\**`, `write "services/checkout/**"`},
		{"paths", "{cmd,web}/**", `write "cmd/**" and "web/**"`},
		{"paths", "{cmd,web}/*.{go,js}", `write "cmd/*.go" and "cmd/*.js" and "web/*.go" and "web/*.js"`},
		{"paths", "cmd//**", `write "cmd/**"`},
		{"paths", "../shared/**", "from the root on"},
		{"paths", " cmd/**", `write "cmd/**"`},
		{"paths", "", "from the root on"},
		{"branches", "refs/heads/main", `write "main"`},
		{"branches", "origin/main", `write "main"`},
		{"branches", "main, develop", `write "main" and "develop"`},
		{"branches", "release/{1,2}", `write "release/1" and "release/2"`},
		{"branches", "^main$", "main, release/*"},
		{"branches", "release/[0-9]*", "main, release/*"},
		{"branches", "/main", `write "main"`},
		{"tags", "refs/tags/v*", `write "v*"`},
		{"tags", `v\d`, "main, release/*"},
	} {
		s := Source{Repository: "github/acme/checkout"}
		switch row.kind {
		case "paths":
			s.Paths = []string{"**", row.pattern}
		case "branches":
			s.Branches = []string{"main", row.pattern}
		case "tags":
			s.Tags = []string{"v*", row.pattern}
		}
		found := problemsOf(s)
		if len(found) != 1 || !strings.Contains(found[0].Remedy, row.remedy) || found[0].Path != "source."+row.kind+"[1]" {
			t.Errorf("%s: %q: %v, want %s", row.kind, row.pattern, found, row.remedy)
		}
	}
	if found := problemsOf(Source{Repository: "github/acme/checkout", Paths: []string{"!docs/**"}}); len(found) != 1 || !strings.Contains(found[0].Remedy, `"**"`) {
		t.Errorf("only what does not count: %v", found)
	}
	good := Source{Repository: "github/acme/checkout", Branches: []string{"main", "release/*", "!release/old"}, Tags: []string{"v*"}, Paths: []string{"**", "!docs/**", "app/[id].tsx", "a b/c"}}
	if found := problemsOf(good); len(found) != 0 {
		t.Errorf("a good one: %v", found)
	}
}

func TestRepositoryThatNoEventNamesIsRefusedWithTheRightForm(t *testing.T) {
	for name, remedy := range map[string]string{
		"github/acme/checkout.git":             "write github/acme/checkout",
		"https://github.com/acme/checkout":     "write github/acme/checkout",
		"https://github.com/acme/checkout.git": "write github/acme/checkout",
		"git@github.com:acme/checkout.git":     "write github/acme/checkout",
		"ssh://git@gitlab.com/acme/shop/x.git": "write gitlab/acme/shop/x",
		"github.com/acme/checkout":             "write github/acme/checkout",
		"bitbucket.org/acme/checkout/":         "write bitbucket/acme/checkout",
		"github/checkout":                      "with its host",
		"github/acme/shop/checkout":            "with its host",
		"gitlab/checkout":                      "with its host",
		"codecommit/acme/checkout":             "with its host",
		"acme/checkout":                        "with its host",
	} {
		if found := problemsOf(Source{Repository: name}); len(found) != 1 || !strings.Contains(found[0].Remedy, remedy) {
			t.Errorf("%s: %v, want %q", name, found, remedy)
		}
	}
	for _, name := range []string{"github/acme/checkout", "gitlab/acme/shop/checkout", "bitbucket/~ada/checkout", "codecommit/checkout"} {
		if found := problemsOf(Source{Repository: name}); len(found) != 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestPushCountsByItsPlaceItsFilesAndItsMessage(t *testing.T) {
	main := Push{Ref: "refs/heads/main"}
	for name, row := range map[string]struct {
		source Source
		push   Push
		says   string // why not; empty: it counts
	}{
		"the default":                  {Source{}, main, ""},
		"a tag called main":            {Source{}, Push{Ref: "refs/tags/main"}, "is not released from tag main, but from branch main"},
		"another branch":               {Source{Branches: []string{"main", "release/*"}}, Push{Ref: "refs/heads/x"}, "but from branch main, release/*"},
		"a branch that is taken out":   {Source{Branches: []string{"release/*", "!release/old"}}, Push{Ref: "refs/heads/release/old"}, "is not released from branch release/old"},
		"all but words, code":          {Source{Paths: []string{"**", "!docs/**"}}, Push{Ref: main.Ref, Paths: []string{"docs/a.md", "main.go"}}, ""},
		"all but words, words":         {Source{Paths: []string{"**", "!docs/**"}}, Push{Ref: main.Ref, Paths: []string{"docs/a.md", "docs/b/c.md"}}, "none of the files"},
		"in again":                     {Source{Paths: []string{"**", "!docs/**", "docs/api.yaml"}}, Push{Ref: main.Ref, Paths: []string{"docs/api.yaml"}}, ""},
		"nobody knows what changed":    {Source{Paths: []string{"cmd/**"}}, main, ""},
		"asks for no CI":               {Source{}, Push{Ref: main.Ref, Skip: "[skip ci]"}, "says [skip ci]"},
		"asks for no CI, all the same": {Source{WhenSkipped: ReleaseSkipped}, Push{Ref: main.Ref, Skip: "[skip ci]"}, ""},
		"before its workflow":          {Source{Workflow: "build"}, main, `the workflow "build" has succeeded`},
		"after its workflow":           {Source{Workflow: "build"}, Push{Ref: main.Ref, Workflow: "build"}, ""},
		"after another workflow":       {Source{Workflow: "build"}, Push{Ref: main.Ref, Workflow: "lint"}, `and not "lint"`},
		"a workflow that nobody named": {Source{}, Push{Ref: main.Ref, Workflow: "build"}, "by the push itself"},
	} {
		if got := row.source.Declines(row.push); (got == "") != (row.says == "") || !strings.Contains(got, row.says) {
			t.Errorf("%s: %q, want %q", name, got, row.says)
		}
	}
}

// Anybody may write "fixes:" into a message, and a release that fixes something begins while the alarm is red.
func TestMessageMendsOnlyByThePushOfSomebodyWhoMayOverride(t *testing.T) {
	grace, mallory := Author{Host: "github", ID: "Grace-H", Pushed: true}, Author{Host: "github", ID: "mallory", Pushed: true}
	for name, row := range map[string]struct {
		authors []Author
		seen    bool
		nobody  bool
		mends   bool
	}{
		"pushed by who may":              {[]Author{grace}, true, false, true},
		"written by another":             {[]Author{grace, {Host: "github", ID: "mallory"}}, true, false, true},
		"pushed by somebody else":        {[]Author{mallory}, true, false, false},
		"written by who may, pushed not": {[]Author{mallory, {Host: "github", ID: "Grace-H"}}, true, false, false},
		"told by somebody on the bus":    {[]Author{grace}, false, false, false},
		"a login of another host":        {[]Author{{Host: "gitlab", ID: "Grace-H", Pushed: true}}, true, false, false},
		"a name alone":                   {[]Author{{Name: "grace"}}, true, false, false},
		"nobody may override":            {[]Author{grace}, true, true, false},
	} {
		d := crew()
		d.Gates = &Gates{Override: []string{"grace"}}
		if row.nobody {
			d.Gates = nil
		}
		what, refusal := d.Mends(Push{Message: "fixes: INC-42", Authors: row.authors}, row.seen)
		if (what == "INC-42") != row.mends || (refusal == nil) != row.mends || refusal != nil && (what != "" || refusal.Remedy == "") {
			t.Errorf("%s: %q, %+v", name, what, refusal)
		}
	}
	if what, refusal := crew().Mends(Push{Message: "Round down"}, true); what != "" || refusal != nil {
		t.Errorf("a message that claims nothing: %q, %+v", what, refusal)
	}
}
