package webhook_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/shared/webhook"
)

const published = "published/" // whose payloads they are: testdata/published/README.md

// reading is what a payload says, or the note why it says nothing.
type reading struct {
	event   string
	push    events.Push
	authors []string // ids, else mail addresses; whoever pushed is first
	note    string
}

// readings is each payload that a host, or a client library of one, has published.
var readings = map[string]reading{
	"github-ping":              {event: "ping", note: "pong"},
	"github-ping-organisation": {event: "ping", note: "pong"},
	"github-create":            {event: "create", note: `"create"`},
	"github-push-tag": {event: "push", authors: []string{"Codertocat", "Codertocat"}, push: events.Push{
		Repository: "Codertocat/Hello-World", Ref: "refs/tags/simple-tag", Commit: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
		Author: "Codertocat", Pusher: "Codertocat", Message: "Adding a .gitignore file",
		Partial: true,
	}},
	"github-push-tag-deleted": {event: "push", note: "deleted"},
	"github-push-branch": {event: "push", authors: []string{"Codertocat", "Codertocat"}, push: events.Push{
		Repository: "Codertocat/Hello-World", Ref: "refs/heads/master", Commit: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
		Author: "Codertocat", Pusher: "Codertocat", Message: "Initial commit",
		Partial: true,
	}},
	"github-push-commits": {event: "push", authors: []string{"binkkatal", "binkkatal"}, push: events.Push{
		Repository: "binkkatal/sample_app", Ref: "refs/heads/master", Commit: "fd489864e7642b48eaad6e3f155c10e46810ec72",
		Author: "binkkatal", Pusher: "binkkatal", Message: "test a push event", Paths: []string{".razorops.yaml", "app/controllers/application_controller.rb"},
	}},
	"github-release-published":      {event: "release", note: "push of its tag"},
	"github-release-created":        {event: "release", note: "published"},
	"github-workflow-run-completed": {event: "workflow_run", note: "not succeed"},
	"github-workflow-run-requested": {event: "workflow_run", note: "not ended"},
	"github-workflow-run-succeeded": {event: "workflow_run", push: events.Push{
		Repository: "octo-org/octo-repo", Ref: "refs/heads/master", Commit: "3484a3fb816e0859fd6e1cea078d76385ff50625",
		Workflow: "test", Partial: true,
	}},
	"gitlab-push": {event: "Push Hook", authors: []string{"4", "jordi@softcatala.org", "gitlabdev@dv6700.(none)"}, push: events.Push{ // two of four commits are listed: nobody knows all paths
		Repository: "mike/diaspora", Ref: "refs/heads/master", Commit: "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
		Author: "gitlabdev@dv6700.(none)", Pusher: "jsmith", Message: "fixed readme",
		Partial: true,
	}},
	"gitlab-push-older": {event: "Push Hook", authors: []string{"4", "jordi@softcatala.org", "gitlabdev@dv6700.(none)"}, push: events.Push{ // before GitLab said who pushed
		Repository: "mike/diaspora", Ref: "refs/heads/master", Commit: "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
		Author: "gitlabdev@dv6700.(none)", Message: "fixed readme",
		Partial: true,
	}},
	"gitlab-tag-push": {event: "Tag Push Hook", authors: []string{"1", "johnsmith@example.com"}, push: events.Push{
		Repository: "jsmith/example", Ref: "refs/tags/v1.0.0", Commit: "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7",
		Author: "johnsmith@example.com", Pusher: "jsmith", Message: "Merge branch 'some-feature' into 'master'",
		Partial: true,
	}},
	"gitlab-tag-push-older": {event: "Tag Push Hook", authors: []string{"1"}, push: events.Push{
		Repository: "jsmith/example", Ref: "refs/tags/v1.0.0", Commit: "82b3d5ae55f7080f1e6022629cdb57bfae7cccc7",
		Partial: true,
	}},
	"gitlab-release": {event: "Release Hook", note: "tag"},
	"bitbucket-push": {event: "repo:push", authors: []string{"{a54f16da-24e9-4d7f-a3a7-b1ba2cd98aa3}", "{a54f16da-24e9-4d7f-a3a7-b1ba2cd98aa3}"}, push: events.Push{
		Repository: "team_name/repo_name", Ref: "refs/heads/name-of-branch", Commit: "709d658dc5b6d6afcd46049c2f332ee3f515a67d",
		Author: "emmap1", Pusher: "emmap1", Message: "new commit message",
	}},
	"bitbucket-refs-changed": {event: "repo:refs_changed", note: "No branch"},
}

func TestPublishedPayloadsAreRead(t *testing.T) {
	for name, want := range readings {
		got, note, refusal := webhook.Read(publishedDelivery(name, sample(t, published+name)), []string{secret}, time.Unix(0, 0)) // they are old
		var pushes []events.Push
		if want.note == "" && len(got) == 1 {
			want.push.Host, _, _ = strings.Cut(name, "-")
			want.push.Delivery = got[0].Delivery
			pushes = []events.Push{want.push}
			if authors := ids(got[0].Authors); !slices.Equal(authors, want.authors) {
				t.Errorf("%s: authors %v, want %v", name, authors, want.authors)
			}
			if timed := !got[0].At.IsZero(); timed != strings.HasPrefix(name, "github-") {
				t.Errorf("%s: pushed at %v", name, got[0].At)
			}
			got[0].Authors, got[0].At = nil, time.Time{}
		}
		if diff := cmp.Diff(pushes, got); refusal != nil || diff != "" || want.note != "" && !strings.Contains(note, want.note) {
			t.Errorf("%s: %v, note %q (-want +got):\n%s", name, refusal, note, diff)
		}
	}
	files, err := filepath.Glob("testdata/" + published + "*.json")
	if err != nil || len(files) != len(readings) {
		t.Errorf("%d payloads lie there, %d are read (%v)", len(files), len(readings), err)
	}
}

func ids(authors []events.Author) (all []string) {
	for _, a := range authors {
		switch {
		case a.ID != "":
			all = append(all, a.ID)
		default:
			all = append(all, a.Mail)
		}
	}
	return all
}

// A deletion, of Bitbucket's Data Center too, is the same payload with another word: here it moves a branch.
func TestPublishedChangeOfDataCenterIsRead(t *testing.T) {
	body := strings.NewReplacer(`"DELETE"`, `"UPDATE"`, strings.Repeat("0", 40), head).Replace(sample(t, published+"bitbucket-refs-changed"))
	got, note, refusal := webhook.Read(publishedDelivery("bitbucket-refs-changed", body), []string{secret}, time.Unix(0, 0))
	want := events.Push{Host: events.Bitbucket, Repository: "~gopher/webhook-test", Ref: "refs/heads/feature/wip", Commit: head, Pusher: "gopher", Partial: true}
	if refusal != nil || len(got) != 1 {
		t.Fatalf("%v, note %q, %v", refusal, note, got)
	}
	want.Delivery, want.Authors, want.At = got[0].Delivery, got[0].Authors, got[0].At
	if authors := ids(got[0].Authors); len(authors) != 1 || authors[0] == "gopher" || got[0].At.IsZero() {
		t.Errorf("authors %v, at %v", authors, got[0].At)
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What others wrote is kept with its origin and license.
func TestPublishedPayloadsSayWhereTheyAreFrom(t *testing.T) {
	text, err := os.ReadFile("testdata/" + published + "README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(readings)) {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("the README does not say where %s is from", name)
		}
	}
}

// publishedDelivery is a payload, signed as its host does.
func publishedDelivery(name, body string) webhook.Delivery {
	d := delivery(name, body)
	for _, header := range []string{"x-github-event", "x-gitlab-event", "x-event-key"} {
		if _, sent := d.Header[header]; sent {
			d.Header[header] = readings[name].event
		}
	}
	return d
}
