package webhook

import (
	"strings"

	"sluice/events"
)

// The payloads of https://docs.gitlab.com/user/project/integrations/webhook_events/, as far as they are read.
type (
	gitlabPush struct {
		Ref      string         `json:"ref"`
		Before   string         `json:"before"`
		After    string         `json:"after"`
		Checkout string         `json:"checkout_sha"`
		Pusher   string         `json:"user_username"`
		Total    int            `json:"total_commits_count"`
		Commits  []gitlabCommit `json:"commits"`
		Project  struct {
			Path string `json:"path_with_namespace"`
		} `json:"project"`
	}
	gitlabCommit struct {
		ID      string `json:"id"`
		Message string `json:"message"`
		Author  struct {
			Mail string `json:"email"`
		} `json:"author"`
		changes
	}
)

// readGitLab goes by the kind that the body says: X-Gitlab-Event is not signed, and wrong in GitLab's own tests of webhooks.
func readGitLab(d Delivery) ([]events.Push, string, error) {
	var of struct {
		Kind string `json:"object_kind"`
	}
	if err := events.Decode(d.Body, "the body", &of); err != nil {
		return nil, "", err
	}
	switch of.Kind {
	case "push", "tag_push":
	case "release":
		return nil, "The push of the release's tag says its commit.", nil
	default:
		return nil, other(of.Kind), nil
	}
	var p gitlabPush
	if err := events.Decode(d.Body, "the body", &p); err != nil {
		return nil, "", err
	}
	if p.After != "" && strings.Trim(p.After, "0") == "" {
		return nil, "The branch or tag was deleted.", nil
	}
	return []events.Push{p.push()}, "", nil
}

func (p gitlabPush) push() events.Push {
	push := events.Push{Repository: p.Project.Path, Ref: p.Ref, Commit: p.Checkout, Pusher: p.Pusher}
	for _, c := range p.Commits {
		if c.ID == p.Checkout {
			push.Author, push.Message = c.Author.Mail, c.Message
		}
	}
	// GitLab lists 20 commits at most. It does not say whether history was written anew; what was lost by that is not in it.
	if n := len(p.Commits); !tagged(p.Ref) && events.IsCommit(p.Before) && n > 0 && n == p.Total && p.Commits[n-1].ID == p.Checkout {
		for _, c := range p.Commits {
			push.Paths = append(push.Paths, c.all()...)
		}
		push.Paths = distinct(push.Paths)
	}
	return push
}
