package webhook

import (
	"strconv"
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
		User     int64          `json:"user_id"`
		Name     string         `json:"user_name"`
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
			Name string `json:"name"`
			Mail string `json:"email"`
		} `json:"author"`
		changes
	}
)

// readGitLab goes by the kind in the body: the header X-Gitlab-Event is not signed, and is wrong in GitLab's own tests of webhooks.
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
		return nil, deleted, nil
	}
	return []events.Push{p.push()}, "", nil
}

func (p gitlabPush) push() events.Push {
	push := events.Push{Repository: p.Project.Path, Ref: p.Ref, Commit: p.Checkout, Pusher: p.Pusher}
	var authors [][]events.Author
	for _, c := range p.Commits {
		if c.ID == p.Checkout {
			push.Author, push.Message, push.Skip = c.Author.Mail, c.Message, skip(c.Message)
		}
		authors = append(authors, append([]events.Author{{Name: c.Author.Name, Mail: c.Author.Mail}}, coAuthors(c.Message)...))
		push.Paths = append(push.Paths, c.all()...)
	}
	push.Authors = together(events.GitLab, p.pusher(), authors...)
	// GitLab lists 20 commits at most. It does not say whether history was rewritten, and does not list commits that were lost by that.
	n := len(p.Commits)
	push.Partial = tagged(p.Ref) || !events.IsCommit(p.Before) || n == 0 || n != p.Total || p.Commits[n-1].ID != p.Checkout
	if push.Paths = distinct(push.Paths); push.Partial {
		push.Paths = nil
	}
	return push
}

// pusher is the user whom GitLab has seen push. The user's number stays when the name changes.
func (p gitlabPush) pusher() events.Author {
	if p.User == 0 {
		return events.Author{Name: p.Pusher}
	}
	return events.Author{ID: strconv.FormatInt(p.User, 10), Name: p.Name}
}
