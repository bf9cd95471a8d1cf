package github_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/shared/github"
	"sluice/shared/rollout"
)

const commit = "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"

// Names that come from outside become part of an address: nothing but an owner and a repository may.
func TestOnlyARepositoryOfGitHubIsTold(t *testing.T) {
	for name, ok := range map[string]bool{
		"github/acme/checkout": true, "github/Acme-Inc/check.out_2": true,
		"gitlab/acme/checkout": false, "github/acme": false, "github/acme/checkout/pulls": false, "github//checkout": false, "github/acme/..": false,
		"github/acme/check?out": false, "github/acme/check%2fout": false, "": false,
	} {
		if _, told := github.Of(rollout.Release{Revision: rollout.Revision{Repository: name, Commit: commit}}, "production", ""); told != ok {
			t.Errorf("%q is told of: %v", name, told)
		}
	}
	for _, c := range []string{"", "main", commit[:39], strings.ToUpper(commit)} {
		if _, told := github.Of(rollout.Release{Revision: rollout.Revision{Repository: "github/acme/checkout", Commit: c}}, "production", ""); told {
			t.Errorf("commit %q is told of", c)
		}
	}
}

func TestWhatIsSaidFitsIntoGitHub(t *testing.T) {
	r := rollout.Release{
		ID: "checkout-1", Service: "checkout", Revision: rollout.Revision{Repository: "github/acme/checkout", Commit: commit}, By: strings.Repeat("é", 500),
		Audit: []rollout.Line{{What: strings.Repeat("ü", 500)}},
	}
	told, _ := github.Of(r, "staging", "https://example.com/releases/checkout-1")
	for name, text := range map[string]string{"status": told.Status.Description, "deployment": told.Deployment.Description, "progress": told.Progress.Description} {
		if utf8.RuneCountInString(text) > 140 || !utf8.ValidString(text) {
			t.Errorf("the %s's description has %d characters", name, utf8.RuneCountInString(text))
		}
	}
	if told.Deployment.Production {
		t.Error("staging is called production")
	}
}

// The parts of one release are of one commit. GitHub would take one for the other, and end the deployment of one by that of the other.
func TestPartsInSeveralPlacesDoNotShareAStatus(t *testing.T) {
	told := func(parent, region string) (context, environment string) {
		r := rollout.Release{Parent: parent, Service: "checkout", Revision: rollout.Revision{Repository: "github/acme/checkout", Commit: commit}, Place: rollout.Place{Account: "123456789012", Region: region}}
		all, _ := github.Of(r, "production", "")
		return all.Status.Context, all.Deployment.Environment
	}
	if context, environment := told("", "eu-central-1"); context != "sluice/production/checkout" || environment != "production/checkout" {
		t.Errorf("a release by itself has the status %s and the environment %s", context, environment)
	}
	one, here := told("shop-0a1b2c3d4e5f", "eu-central-1")
	other, there := told("shop-0a1b2c3d4e5f", "us-east-1")
	if one == other || here == there {
		t.Errorf("two parts share the status %s or the environment %s", one, here)
	}
}
