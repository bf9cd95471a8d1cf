package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/webhook"
)

const (
	secret = "correct horse battery staple"
	head   = "4f1c2a9be07d35861b24c9d7e5f60a1832b7cd90"
	other  = "0d1e2f30415263748596a7b8c9dae1f203142536"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// files is each sample with the event that its header names.
var files = map[string]string{
	"github-push": "push", "github-push-forced": "push", "github-push-new-branch": "push", "github-push-tag": "push",
	"github-push-deleted": "push", "github-ping": "ping", "github-release": "release", "github-release-commit": "release",
	"github-workflow-run": "workflow_run",
	"gitlab-push":         "Push Hook", "gitlab-push-many": "Push Hook", "gitlab-push-new-branch": "Push Hook",
	"gitlab-push-deleted": "Push Hook", "gitlab-tag-push": "Tag Push Hook", "gitlab-release": "Release Hook",
	"bitbucket-push": "repo:push", "bitbucket-push-deleted": "repo:push", "bitbucket-refs-changed": "repo:refs_changed",
	"bitbucket-ping": "diagnostics:ping",
}

func sample(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// delivery is a sample's body, signed as its host does.
func delivery(name, body string) webhook.Delivery {
	host, _, _ := strings.Cut(name, "-")
	header := map[string]string{"content-type": "application/json"}
	switch host {
	case events.GitHub:
		header["x-github-event"], header["x-hub-signature-256"] = files[name], hub(secret, body)
	case events.GitLab:
		header["x-gitlab-event"], header["x-gitlab-token"] = files[name], secret
	case events.Bitbucket:
		header["x-event-key"], header["x-hub-signature"] = files[name], hub(secret, body)
	}
	d := webhook.Delivery{Host: host, Header: header, Body: []byte(body)}
	d.Of = webhook.Claimed(d)
	return d
}

func hub(key, body string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

func name(d webhook.Delivery) string {
	sum := sha256.Sum256(d.Body)
	return d.Host + "-" + hex.EncodeToString(sum[:])[:32]
}

// The authors of the samples, as each host knows them.
var (
	hubGrace    = events.Author{ID: "grace", Pushed: true}
	hubAda      = events.Author{ID: "ada", Mail: "ada@example.com", Name: "Ada"}
	labGrace    = events.Author{ID: "4", Name: "Grace", Pushed: true}
	labAda      = events.Author{Mail: "ada@example.com", Name: "Ada"}
	bucketGrace = events.Author{ID: "{0d3f5d4e-6a1b-4c2e-8f70-5b1c9a2e7d33}", Name: "grace", Pushed: true}
)

var touched = []string{"cart/price.go", "cart/round.go", "cart/total.go"}

func TestEachHostsPushesAreRead(t *testing.T) {
	push := func(repository, ref, commit, author, message string, paths []string) events.Push {
		p := events.Push{
			Repository: repository, Ref: ref, Commit: commit, Author: author, Pusher: "grace", Message: message, Paths: paths,
			Partial: paths == nil, At: time.Unix(1795428000, 0).UTC(), Authors: []events.Author{hubGrace, hubAda},
		}
		switch {
		case repository == "acme/shop/checkout":
			p.At, p.Authors = time.Time{}, []events.Author{labGrace, labAda}
		case author == "ada@example.com":
			p.At, p.Authors = time.Time{}, []events.Author{bucketGrace, {Mail: "ada@example.com"}}
		}
		return p
	}
	whole := func(p events.Push) events.Push { p.Partial = false; return p }
	run := events.Push{Repository: "acme/checkout", Ref: "refs/heads/main", Commit: head, Workflow: "build", Partial: true, At: time.Unix(1795428000, 0).UTC()}
	const hubRepo, labRepo, message = "acme/checkout", "acme/shop/checkout", "cart: round prices"
	for sampled, want := range map[string][]events.Push{
		"github-push":            {push(hubRepo, "refs/heads/main", head, "ada", message, touched)},
		"github-push-forced":     {whole(push(hubRepo, "refs/heads/main", head, "ada", message, nil))},
		"github-push-new-branch": {push(hubRepo, "refs/heads/team/faster", head, "ada", message, nil)},
		"github-push-tag":        {push(hubRepo, "refs/tags/v1.2", head, "ada", message, nil)}, // the commit, and not the tag's own id
		"github-release-commit": {{
			Repository: hubRepo, Ref: "refs/tags/v1.2", Commit: head, Pusher: "grace", Partial: true, At: time.Date(2026, 11, 23, 10, 1, 0, 0, time.UTC),
			Authors: []events.Author{{ID: "grace", Pushed: true}},
		}},
		"github-workflow-run":    {run},
		"gitlab-push":            {push(labRepo, "refs/heads/main", head, "ada@example.com", message, touched)},
		"gitlab-push-many":       {push(labRepo, "refs/heads/main", head, "ada@example.com", message, nil)},
		"gitlab-push-new-branch": {push(labRepo, "refs/heads/team/faster", head, "ada@example.com", message, nil)},
		"gitlab-tag-push":        {push(labRepo, "refs/tags/v1.2", head, "ada@example.com", message, nil)},
		"bitbucket-push": {
			push(hubRepo, "refs/heads/main", head, "ada@example.com", message, nil),
			push(hubRepo, "refs/tags/v1.2", other, "ada@example.com", message, nil),
		},
		"bitbucket-refs-changed": {{
			Repository: "ACME/checkout", Ref: "refs/heads/main", Commit: head, Pusher: "grace", Partial: true, At: time.Date(2026, 11, 23, 9, 59, 32, 0, time.UTC),
			Authors: []events.Author{{ID: "1", Name: "grace", Pushed: true}},
		}},
	} {
		d := delivery(sampled, sample(t, sampled))
		for i := range want {
			want[i].Host = d.Host
			if want[i].Delivery = name(d); want[i].Workflow != "" {
				want[i].Delivery = webhook.Run(want[i])
			}
			if len(want) > 1 {
				want[i].Delivery += []string{"-0", "-1"}[i]
			}
		}
		got, note, refusal := webhook.Read(d, []string{secret}, now)
		if diff := cmp.Diff(want, got); refusal != nil || note != "" || diff != "" {
			t.Errorf("%s: %v, note %q (-want +got):\n%s", sampled, refusal, note, diff)
		}
	}
}

// What leads to nothing is told apart: each row is a sample, one change of its text, and a word of the note.
func TestWhatIsNoPushIsNoted(t *testing.T) {
	for what, row := range map[string]struct{ sample, old, new, note string }{
		"GitHub's ping":            {"github-ping", "", "", "pong"},
		"deleted tag":              {"github-push-deleted", "", "", "deleted"},
		"release of a branch":      {"github-release", "", "", "push of its tag"},
		"release, short sha":       {"github-release-commit", head, head[:12], "push of its tag"},
		"draft":                    {"github-release-commit", "published", "created", "published"},
		"run starts":               {"github-workflow-run", `"action": "completed"`, `"action": "requested"`, "not ended"},
		"run fails":                {"github-workflow-run", `"conclusion": "success"`, `"conclusion": "failure"`, "not succeed"},
		"run for a pull request":   {"github-workflow-run", `"event": "push"`, `"event": "pull_request"`, "not for a push"},
		"run of a foreign request": {"github-workflow-run", `"event": "push"`, `"event": "pull_request_target"`, "not for a push"},
		"run of every night":       {"github-workflow-run", `"event": "push"`, `"event": "schedule"`, "not for a push"},
		"run by hand":              {"github-workflow-run", `"event": "push"`, `"event": "workflow_dispatch"`, "not for a push"},
		"run for what comes yet":   {"github-workflow-run", `"event": "push"`, `"event": "merge_train"`, "not for a push"},
		"run without a word":       {"github-workflow-run", `"event": "push"`, `"event": ""`, "not for a push"},
		"GitLab, deleted":          {"gitlab-push-deleted", "", "", "deleted"},
		"GitLab's release":         {"gitlab-release", "", "", "tag"},
		"GitLab, another kind":     {"gitlab-push", `"object_kind": "push"`, `"object_kind": "issue"`, `"issue"`},
		"Bitbucket, deleted":       {"bitbucket-push-deleted", "", "", "No branch"},
		"Bitbucket, closed":        {"bitbucket-push", `"changes": [`, `"changes": [{"closed": true, "new": {"type": "branch", "name": "main", "target": {"hash": "` + head + `"}}}], "others": [`, "No branch"},
		"Bitbucket, bookmark":      {"bitbucket-push", `"changes": [`, `"changes": [{"new": {"type": "bookmark", "name": "main", "target": {"hash": "` + head + `"}}}], "others": [`, "No branch"},
		"Data Center, deleted":     {"bitbucket-refs-changed", "UPDATE", "DELETE", "No branch"},
		"Bitbucket's ping":         {"bitbucket-ping", "", "", "pong"},
	} {
		body := strings.Replace(sample(t, row.sample), row.old, row.new, 1)
		pushes, note, refusal := webhook.Read(delivery(row.sample, body), []string{secret}, now)
		if refusal != nil || len(pushes) != 0 || !strings.Contains(note, row.note) {
			t.Errorf("%s: %v, %v, note %q", what, refusal, pushes, note)
		}
	}
	for sampled, header := range map[string]string{"github-push": "x-github-event", "bitbucket-push": "x-event-key"} {
		d := delivery(sampled, sample(t, sampled))
		d.Header[header] = "star\n" + strings.Repeat("x", 999)
		if pushes, note, refusal := webhook.Read(d, []string{secret}, now); refusal != nil || pushes != nil || len(note) > 200 || strings.Contains(note, "\n") {
			t.Errorf("%s with another event: %v, %v, note %q", sampled, refusal, pushes, note)
		}
	}
}

// A fork's branch may be called main, too.
func TestRunsOfForksAreNoPushes(t *testing.T) {
	body := sample(t, "github-workflow-run")
	i := strings.Index(body, `"head_repository"`)
	fork := body[:i] + strings.Replace(body[i:], "acme/checkout", "mallory/checkout", 1)
	pushes, note, refusal := webhook.Read(delivery("github-workflow-run", fork), []string{secret}, now)
	if refusal != nil || pushes != nil || !strings.Contains(note, "fork") {
		t.Errorf("%v, %v, note %q", refusal, pushes, note)
	}
}

// Each change makes it unsure whether every path is listed.
func TestPathsAreUnknownWhereTheHostDoesNotListThemAll(t *testing.T) {
	for what, row := range map[string]struct{ sample, old, new string }{
		"forced":             {"github-push", `"forced": false`, `"forced": true`},
		"new":                {"github-push", `"created": false`, `"created": true`},
		"more than listed":   {"github-push", `"forced": false`, `"forced": false, "size": 3`},
		"last is another":    {"github-push", `"after": "` + head, `"after": "` + other},
		"GitLab, more":       {"gitlab-push", `"total_commits_count": 2`, `"total_commits_count": 3`},
		"GitLab, last":       {"gitlab-push", `"checkout_sha": "` + head, `"checkout_sha": "` + other},
		"GitLab, moved tag":  {"gitlab-push", "refs/heads/main", "refs/tags/v1.2"},
		"GitLab, none":       {"gitlab-push", `"commits": [`, `"commits": [], "others": [`},
		"GitLab, new branch": {"gitlab-push", `"before": "b7cd904f1c2a9be07d35861b24c9d7e5f60a1832"`, `"before": "` + strings.Repeat("0", 40) + `"`},
		"a path too long":    {"gitlab-push", "cart/price.go", strings.Repeat("x", 301)},
	} {
		body := sample(t, row.sample)
		changed := strings.Replace(body, row.old, row.new, 1)
		pushes, _, refusal := webhook.Read(delivery(row.sample, changed), []string{secret}, now)
		if refusal != nil || len(pushes) != 1 || pushes[0].Paths != nil || changed == body {
			t.Errorf("%s: %v, %v", what, refusal, pushes)
		}
	}
	if pushes := manyCommits(t, 2047); len(pushes[0].Paths) == 0 {
		t.Error("2047 commits are all of them, and their paths are unknown")
	}
	if pushes := manyCommits(t, 2048); pushes[0].Paths != nil {
		t.Error("2048 commits may be a part, and their paths are known")
	}
}

// Only a tag has an id besides its commit's: a branch stands where the push says.
func TestABranchStandsAtTheCommitThatWasPushed(t *testing.T) {
	body := strings.Replace(sample(t, "github-push"), `"after": "`+head, `"after": "`+other, 1)
	pushes, _, refusal := webhook.Read(delivery("github-push", body), []string{secret}, now)
	if refusal != nil || pushes[0].Commit != other {
		t.Errorf("%v, %v", refusal, pushes)
	}
}

func manyCommits(t *testing.T, n int) []events.Push {
	t.Helper()
	one := `{"id": "` + head + `", "added": ["a"]},`
	body := `{"ref": "refs/heads/main", "after": "` + head + `", "repository": {"full_name": "acme/checkout"}, "commits": [` + strings.TrimSuffix(strings.Repeat(one, n), ",") + `]}`
	pushes, _, refusal := webhook.Read(delivery("github-push", body), []string{secret}, now)
	if refusal != nil || len(pushes) != 1 {
		t.Fatalf("%d commits: %v, %v", n, refusal, pushes)
	}
	return pushes
}

// A delivery's name is its body's and not its header's, which anybody may write.
func TestTheSameBodyIsTheSameDelivery(t *testing.T) {
	d := delivery("github-push", sample(t, "github-push"))
	d.Header["x-github-delivery"] = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	first, _, _ := webhook.Read(d, []string{secret}, now)
	d.Header["x-github-delivery"] = "another"
	second, _, _ := webhook.Read(d, []string{secret}, now.Add(time.Hour))
	third, _, _ := webhook.Read(delivery("github-push", sample(t, "github-push")+" "), []string{secret}, now)
	if first[0].Delivery != second[0].Delivery || first[0].Delivery == third[0].Delivery {
		t.Errorf("names %s, %s and, of another body, %s", first[0].Delivery, second[0].Delivery, third[0].Delivery)
	}
	if !regexp.MustCompile(`^github-[0-9a-f]{32}$`).MatchString(first[0].Delivery) {
		t.Errorf("named %s", first[0].Delivery)
	}
}
