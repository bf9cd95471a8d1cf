package webhook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/events"
	"sluice/shared/webhook"
)

// read is the one push of a sample, after one change of its text.
func read(t *testing.T, name, old, new string) events.Push {
	t.Helper()
	body := strings.Replace(sample(t, name), old, new, 1)
	if old != "" && body == sample(t, name) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	pushes, note, refusal := webhook.Read(delivery(name, body), []string{secret}, now)
	if refusal != nil || len(pushes) == 0 {
		t.Fatalf("%s: %v, note %q", name, refusal, note)
	}
	return pushes[0]
}

// Whoever is missed here may approve their own work. Each row is a way in which work comes into a push.
func TestEverybodyWhoseWorkIsPushedIsAnAuthor(t *testing.T) {
	for what, row := range map[string]struct {
		sample, old, new string
		want             events.Author
	}{
		"of an earlier commit": {"github-push", `"username": "ada"`, `"username": "mallory"`, events.Author{ID: "mallory", Mail: "ada@example.com", Name: "Ada"}},
		"who pushed":           {"github-push", "", "", hubGrace},
		"a committer": {
			"github-push", `"email": "noreply@github.com",
        "username": "web-flow"`, `"email": "linus@example.com", "username": "linus"`, events.Author{ID: "linus", Mail: "linus@example.com", Name: "GitHub"},
		},
		"a co-author":                  {"github-push", `"cart: remove rounding by hand"`, `"cart: x\n\nCo-Authored-By: Lin <lin@example.com>"`, events.Author{Name: "Lin", Mail: "lin@example.com"}},
		"a co-author, by login":        {"github-push", `"cart: remove rounding by hand"`, `"x\n\nco-authored-by: Lin <7+lin@users.noreply.github.com>\n"`, events.Author{ID: "lin", Name: "Lin", Mail: "7+lin@users.noreply.github.com"}},
		"an older private address":     {"github-push", `"cart: remove rounding by hand"`, `"x\n\nco-authored-by: <lin@users.noreply.github.com>\n"`, events.Author{ID: "lin", Mail: "lin@users.noreply.github.com"}},
		"of a forced push":             {"github-push-forced", `"username": "ada"`, `"username": "mallory"`, events.Author{ID: "mallory", Mail: "ada@example.com", Name: "Ada"}},
		"GitLab, of an earlier commit": {"gitlab-push", `"email": "ada@example.com"`, `"email": "9-mal@users.noreply.gitlab.com"`, events.Author{ID: "9", Mail: "9-mal@users.noreply.gitlab.com", Name: "Ada"}},
		"GitLab, a co-author":          {"gitlab-push", `"cart: remove rounding by hand"`, `"x\n\nCo-authored-by: Lin <lin@example.com>"`, events.Author{Name: "Lin", Mail: "lin@example.com"}},
		"GitLab, who pushed":           {"gitlab-push", "", "", labGrace},
		"Bitbucket, of a commit": {
			"bitbucket-push", `"commits": []`, `"commits": [{"author": {"raw": "Mal <mal@example.com>", "user": {"uuid": "{9d}", "nickname": "mal"}}}]`,
			events.Author{ID: "{9d}", Mail: "mal@example.com", Name: "mal"},
		},
		"Bitbucket, who pushed": {"bitbucket-push", "", "", bucketGrace},
	} {
		p := read(t, row.sample, row.old, row.new)
		if !slices.Contains(p.Authors, row.want) {
			t.Errorf("%s: authors %+v, want %+v among them", what, p.Authors, row.want)
		}
	}
	for _, a := range read(t, "github-push", "", "").Authors {
		if a.ID == "web-flow" {
			t.Errorf("GitHub's own committer is taken for a person: %+v", a)
		}
	}
}

// What is not listed may be anybody's work.
func TestThatCommitsAreMissingIsSaid(t *testing.T) {
	for what, row := range map[string]struct {
		sample, old, new string
		partial          bool
	}{
		"all of them":             {"github-push", "", "", false},
		"all of a forced push":    {"github-push-forced", "", "", false},
		"a new branch":            {"github-push-new-branch", "", "", true},
		"a tag":                   {"github-push-tag", "", "", true},
		"more than listed":        {"github-push", `"forced": false`, `"forced": false, "size": 3`, true},
		"all, GitLab":             {"gitlab-push", "", "", false},
		"more than 20, GitLab":    {"gitlab-push-many", "", "", true},
		"a tag, GitLab":           {"gitlab-tag-push", "", "", true},
		"all, Bitbucket":          {"bitbucket-push", `"commits": []`, `"commits": [{}]`, false},
		"more than 5, Bitbucket":  {"bitbucket-push", `"truncated": false`, `"truncated": true`, true},
		"nothing, Bitbucket":      {"bitbucket-push", "", "", true},
		"a new branch, Bitbucket": {"bitbucket-push", `"created": false`, `"created": true`, true},
		"Data Center":             {"bitbucket-refs-changed", "", "", true},
	} {
		if p := read(t, row.sample, row.old, row.new); p.Partial != row.partial {
			t.Errorf("%s: partial %v, want %v", what, p.Partial, row.partial)
		}
	}
}

// The last commit of a push asks, as it does the hosts.
func TestMessageThatAsksForNoCIIsNoticed(t *testing.T) {
	for message, want := range map[string]string{
		"Fix a word [skip ci]":                  "[skip ci]",
		"[CI Skip] Fix a word":                  "[ci skip]",
		`Fix a word\n\nfor readers [no ci]`:     "[no ci]",
		"[skip actions] x":                      "[skip actions]",
		"x [actions skip]":                      "[actions skip]",
		`x\n\n\nskip-checks: true`:              "skip-checks: true",
		`x\n\n\nskip-checks:true\n`:             "skip-checks: true",
		`x\n\nskip-checks: true\n\nnot the end`: "",
		`x\n\n\nskip-checks: false`:             "",
		"skip ci":                               "",
		"Do not [skip] ci":                      "",
	} {
		for sampled, old := range map[string]string{"github-push": "", "gitlab-push": `"cart: round prices\n\nEvery price is rounded.\n"`, "bitbucket-push": `"cart: round prices\n"`} {
			text := sample(t, sampled)
			if old == "" { // the same commit stands under commits and head_commit
				old = `"cart: round prices\n\nEvery price is rounded."`
			}
			pushes, _, refusal := webhook.Read(delivery(sampled, strings.ReplaceAll(text, old, `"`+message+`"`)), []string{secret}, now)
			if refusal != nil || pushes[0].Skip != want {
				t.Errorf("%s, %q: %v, skip %q, want %q", sampled, message, refusal, pushes[0].Skip, want)
			}
		}
	}
	if p := read(t, "github-push", `"cart: remove rounding by hand"`, `"x [skip ci]"`); p.Skip != "" {
		t.Errorf("an earlier commit asks for all: %q", p.Skip)
	}
}

// What was remembered of a delivery is forgotten in the end: a recorded one must not release an old commit then.
func TestOldPushIsRefusedByItsOwnTime(t *testing.T) {
	at := time.Unix(1795428000, 0)
	for _, sampled := range []string{"github-push", "github-push-tag", "github-workflow-run", "github-release-commit", "bitbucket-refs-changed"} {
		for after, old := range map[time.Duration]bool{0: false, 72 * time.Hour: false, 74 * time.Hour: true, 91 * 24 * time.Hour: true} {
			pushes, _, refusal := webhook.Read(delivery(sampled, sample(t, sampled)), []string{secret}, at.Add(after))
			if (refusal != nil) != old || old && (refusal.Status != 410 || pushes != nil) {
				t.Errorf("%s, %v later: %v, %v", sampled, after, pushes, refusal)
			}
		}
	}
}

// A commit whose workflow runs once more is the same delivery: what was released and went back is not released each night.
func TestEveryRunOfAWorkflowForACommitIsOneDelivery(t *testing.T) {
	first := read(t, "github-workflow-run", "", "")
	if again := read(t, "github-workflow-run", `"run_attempt": 1`, `"run_attempt": 2, "x": "y"`); again.Delivery != first.Delivery {
		t.Errorf("%s, and once more %s", first.Delivery, again.Delivery)
	}
	for old, new := range map[string]string{`"head_sha": "` + head: `"head_sha": "` + other, `"head_branch": "main"`: `"head_branch": "Main"`, `"name": "build"`: `"name": "Build"`} {
		if p := read(t, "github-workflow-run", old, new); p.Delivery == first.Delivery {
			t.Errorf("with %s it is the same delivery", new)
		}
	}
}
