package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sluice/events"
)

// The payloads of https://docs.github.com/en/webhooks/webhook-events-and-payloads, as far as they are read.
type (
	githubUser struct {
		Login string `json:"login"`
	}
	githubRepository struct {
		Name   string     `json:"full_name"`
		Pushed githubTime `json:"pushed_at"`
	}
	githubCommit struct {
		ID        string       `json:"id"`
		Message   string       `json:"message"`
		Author    githubAuthor `json:"author"`
		Committer githubAuthor `json:"committer"`
		changes
	}
	githubAuthor struct {
		Login string `json:"username"`
		Mail  string `json:"email"`
		Name  string `json:"name"`
	}
	githubPush struct {
		Ref        string           `json:"ref"`
		After      string           `json:"after"`
		Created    bool             `json:"created"`
		Deleted    bool             `json:"deleted"`
		Forced     bool             `json:"forced"`
		Size       int              `json:"size"`
		Head       githubCommit     `json:"head_commit"`
		Commits    []githubCommit   `json:"commits"`
		Repository githubRepository `json:"repository"`
		Sender     githubUser       `json:"sender"`
	}
	githubRelease struct {
		Action  string `json:"action"`
		Release struct {
			Tag    string     `json:"tag_name"`
			At     githubTime `json:"published_at"`
			Target string     `json:"target_commitish"`
			Author githubUser `json:"author"`
		} `json:"release"`
		Repository githubRepository `json:"repository"`
	}
	githubRun struct {
		Action string `json:"action"`
		Run    struct {
			Workflow   string           `json:"name"`
			Event      string           `json:"event"`
			Conclusion string           `json:"conclusion"`
			Branch     string           `json:"head_branch"`
			SHA        string           `json:"head_sha"`
			Ended      githubTime       `json:"updated_at"`
			From       githubRepository `json:"head_repository"`
		} `json:"workflow_run"`
		Repository githubRepository `json:"repository"`
	}
)

// githubTime is a time as GitHub writes it: Unix seconds in a push, text in other events.
type githubTime struct{ time.Time }

// UnmarshalJSON reads both forms; anything else is the zero time.
func (t *githubTime) UnmarshalJSON(text []byte) error {
	if seconds, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		t.Time = time.Unix(seconds, 0).UTC()
		return nil
	}
	if at, err := time.Parse(`"`+time.RFC3339+`"`, string(text)); err == nil {
		t.Time = at.UTC()
	}
	return nil
}

// webFlow is the committer of what people merge and edit on GitHub's pages. It is no person.
const webFlow = "noreply@github.com"

// authors is everybody whom a commit names: its author, its committer if that is a person, and co-authors.
func (c githubCommit) authors() []events.Author {
	all := []events.Author{c.Author.author()}
	if c.Committer.Mail != webFlow {
		all = append(all, c.Committer.author())
	}
	return append(all, coAuthors(c.Message)...)
}

func (a githubAuthor) author() events.Author {
	return events.Author{ID: a.Login, Mail: a.Mail, Name: a.Name}
}

func readGitHub(d Delivery) ([]events.Push, string, error) {
	switch event := d.Header["x-github-event"]; event {
	case "ping":
		return nil, "pong", nil
	case "push":
		return readGitHubPush(d.Body)
	case "release":
		return readGitHubRelease(d.Body)
	case "workflow_run":
		return readGitHubRun(d.Body)
	default:
		return nil, other(event), nil
	}
}

// other is the note for an event that Sluice does not read.
func other(event string) string {
	return fmt.Sprintf("Sluice does not read events of the kind %.60q.", event)
}

// mostCommits is how many commits GitHub lists at most.
const mostCommits = 2048

func readGitHubPush(body []byte) ([]events.Push, string, error) {
	var p githubPush
	if err := events.Decode(body, "the body", &p); err != nil {
		return nil, "", err
	}
	if p.Deleted {
		return nil, deleted, nil
	}
	commit := p.After
	if tagged(p.Ref) && p.Head.ID != "" { // an annotated tag is an object of its own
		commit = p.Head.ID
	}
	push := events.Push{
		Repository: p.Repository.Name, Ref: p.Ref, Commit: commit,
		Author: either(p.Head.Author.Login, p.Head.Author.Mail), Pusher: p.Sender.Login, Message: p.Head.Message,
		Skip: skip(p.Head.Message), At: p.Repository.Pushed.Time,
	}
	authors := [][]events.Author{p.Head.authors()}
	for _, c := range p.Commits {
		authors, push.Paths = append(authors, c.authors()), append(push.Paths, c.all()...)
	}
	push.Authors = together(events.GitHub, events.Author{ID: p.Sender.Login}, authors...)
	n := len(p.Commits)
	push.Partial = p.Created || n == 0 || n >= mostCommits || p.Size > n || p.Commits[n-1].ID != p.After
	if push.Paths = distinct(push.Paths); push.Partial || p.Forced { // the commits that a forced push takes away changed files, too, and are not listed
		push.Paths = nil
	}
	return []events.Push{push}, "", nil
}

func readGitHubRelease(body []byte) ([]events.Push, string, error) {
	var r githubRelease
	if err := events.Decode(body, "the body", &r); err != nil {
		return nil, "", err
	}
	switch {
	case r.Action != "published":
		return nil, "Only a release that is published says something new.", nil
	case !events.IsCommit(r.Release.Target): // it is mostly a branch, which may have moved
		return nil, "The release does not say its commit; the push of its tag does.", nil
	}
	return []events.Push{{
		Repository: r.Repository.Name, Ref: tags + r.Release.Tag, Commit: r.Release.Target, Pusher: r.Release.Author.Login,
		Authors: []events.Author{{ID: r.Release.Author.Login, Pushed: true}}, Partial: true, At: r.Release.At.Time,
	}}, "", nil
}

// readGitHubRun only takes runs for a push to the repository itself. Runs for a schedule, a pull request, a fork whose branch is called
// main, too, or an event that GitHub may add later do not run what somebody pushed here. The payload does not tell a tag from a
// branch and does not list commits, so the caller looks for the push (Brought) before it tells the bus.
func readGitHubRun(body []byte) ([]events.Push, string, error) {
	var w githubRun
	if err := events.Decode(body, "the body", &w); err != nil {
		return nil, "", err
	}
	switch {
	case w.Action != "completed":
		return nil, "The workflow has not ended.", nil
	case w.Run.Conclusion != "success":
		return nil, "The workflow did not succeed.", nil
	case w.Run.From.Name != w.Repository.Name:
		return nil, "The workflow ran for a fork.", nil
	case w.Run.Event != "push":
		return nil, fmt.Sprintf("The workflow ran for %.60q and not for a push.", w.Run.Event), nil
	case w.Run.Workflow == "":
		return nil, "The workflow has no name.", nil
	}
	p := events.Push{
		Repository: w.Repository.Name, Ref: heads + w.Run.Branch, Commit: w.Run.SHA, Workflow: w.Run.Workflow, Partial: true, At: w.Run.Ended.Time,
	}
	p.Delivery = Run(p)
	return []events.Push{p}, "", nil
}

// Run is the delivery name of a workflow that has succeeded for a commit on a branch. It is the same for each run, so that the commit
// is released once, even if somebody runs the workflow again.
func Run(p events.Push) string {
	return named(events.GitHub, "run", p, p.Workflow)
}

// Brought is the name under which it is kept that a push brought a commit to a branch.
func Brought(p events.Push) string { return named(p.Host, "push", p, "") }

// named is a name of a commit on a ref of a repository. A repository is the same in capitals and in small letters.
func named(host, what string, p events.Push, more string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{strings.ToLower(p.Repository), p.Ref, p.Commit, more}, "\x00")))
	return host + "-" + what + "-" + hex.EncodeToString(sum[:16])
}
