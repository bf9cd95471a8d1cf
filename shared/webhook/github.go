package webhook

import (
	"fmt"

	"sluice/events"
)

// The payloads of https://docs.github.com/en/webhooks/webhook-events-and-payloads, as far as they are read.
type (
	githubUser struct {
		Login string `json:"login"`
	}
	githubRepository struct {
		Name string `json:"full_name"`
	}
	githubCommit struct {
		ID      string       `json:"id"`
		Message string       `json:"message"`
		Author  githubAuthor `json:"author"`
		changes
	}
	githubAuthor struct {
		Login string `json:"username"`
		Mail  string `json:"email"`
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
			Target string     `json:"target_commitish"`
			Author githubUser `json:"author"`
		} `json:"release"`
		Repository githubRepository `json:"repository"`
	}
	githubRun struct {
		Action string `json:"action"`
		Run    struct {
			Event      string           `json:"event"`
			Conclusion string           `json:"conclusion"`
			Branch     string           `json:"head_branch"`
			SHA        string           `json:"head_sha"`
			Head       githubCommit     `json:"head_commit"`
			From       githubRepository `json:"head_repository"`
		} `json:"workflow_run"`
		Repository githubRepository `json:"repository"`
		Sender     githubUser       `json:"sender"`
	}
)

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

// other is the note for what a webhook sends and Sluice does not read.
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
		return nil, "The branch or tag was deleted.", nil
	}
	commit := p.After
	if tagged(p.Ref) && p.Head.ID != "" { // an annotated tag is an object of its own
		commit = p.Head.ID
	}
	push := events.Push{
		Repository: p.Repository.Name, Ref: p.Ref, Commit: commit,
		Author: either(p.Head.Author.Login, p.Head.Author.Mail), Pusher: p.Sender.Login, Message: p.Head.Message,
	}
	if n := len(p.Commits); !p.Created && !p.Forced && n > 0 && n < mostCommits && p.Size <= n && p.Commits[n-1].ID == p.After {
		for _, c := range p.Commits {
			push.Paths = append(push.Paths, c.all()...)
		}
		push.Paths = distinct(push.Paths)
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
	case !events.IsCommit(r.Release.Target): // mostly it is a branch, which may have moved
		return nil, "The release does not say its commit; the push of its tag does.", nil
	}
	return []events.Push{{
		Repository: r.Repository.Name, Ref: tags + r.Release.Tag, Commit: r.Release.Target, Pusher: r.Release.Author.Login,
	}}, "", nil
}

// readGitHubRun takes runs for what the repository itself pushed. Anybody may open a pull request from a fork whose branch is
// called main, and its run succeeds with a commit that nobody of the repository has seen.
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
	case w.Run.Event == "pull_request", w.Run.Event == "pull_request_target":
		return nil, "The workflow ran for a pull request.", nil
	}
	return []events.Push{{
		Repository: w.Repository.Name, Ref: heads + w.Run.Branch, Commit: w.Run.SHA, // the payload does not tell a tag from a branch
		Author: either(w.Run.Head.Author.Login, w.Run.Head.Author.Mail), Pusher: w.Sender.Login, Message: w.Run.Head.Message,
	}}, "", nil
}
