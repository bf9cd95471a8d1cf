package comment

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// threadOf finds the pull request that a job runs for.
func threadOf(getenv func(string) string) (*thread, error) {
	switch {
	case getenv("GITHUB_ACTIONS") == "true":
		return gitHub(getenv)
	case getenv("GITLAB_CI") == "true":
		return gitLab(getenv)
	case getenv("BITBUCKET_BUILD_NUMBER") != "":
		return bitbucket(getenv)
	}
	return nil, errNoJob
}

// ofPullRequest is the ref of a job for a pull request
// (https://docs.github.com/en/actions/reference/workflows-and-actions/variables: GITHUB_REF).
var ofPullRequest = regexp.MustCompile(`^refs/pull/([0-9]+)/`)

// gitHub is the thread of a job of GitHub Actions (https://docs.github.com/en/rest/issues/comments).
func gitHub(getenv func(string) string) (*thread, error) {
	remedy := "Give the job permissions: pull-requests: write, and the step env: GITHUB_TOKEN: ${{ github.token }}. A pull request from a fork gets no such token."
	number := ofPullRequest.FindStringSubmatch(getenv("GITHUB_REF"))
	if number == nil {
		return nil, errNoJob
	}
	token := getenv("GITHUB_TOKEN")
	if token == "" {
		return nil, fmt.Errorf("GITHUB_TOKEN is missing. %s", remedy)
	}
	repository := cmp.Or(getenv("GITHUB_API_URL"), "https://api.github.com") + "/repos/" + getenv("GITHUB_REPOSITORY")
	return &thread{
		host: "GitHub", remedy: remedy, edits: http.MethodPatch,
		header:   http.Header{"Authorization": {"Bearer " + token}, "Accept": {"application/vnd.github+json"}, "X-Github-Api-Version": {"2022-11-28"}},
		comments: repository + "/issues/" + number[1] + "/comments", pages: "per_page=100",
		one:  func(id string) string { return repository + "/issues/comments/" + id },
		body: func(text string) any { return map[string]string{"body": text} },
		list: func(raw json.RawMessage) (notes []note, next string, err error) {
			var all []struct {
				ID   int64
				Body string
				User struct{ Type string }
			}
			err = json.Unmarshal(raw, &all)
			for _, c := range all {
				notes = append(notes, note{ID: strconv.FormatInt(c.ID, 10), Author: c.User.Type, Text: c.Body})
			}
			return notes, "", err
		},
		// The token of a job is an installation's, which begins so and may change what people write. It does not say who it is, so a comment of a
		// person is never taken for ours (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/).
		mine: func(context.Context, *thread) (func(note) bool, error) {
			return func(n note) bool { return n.Author == "Bot" || !strings.HasPrefix(token, "ghs_") }, nil
		},
		address: at("html_url"),
	}, nil
}

// gitLab is the thread of a job of GitLab CI (https://docs.gitlab.com/api/notes/).
func gitLab(getenv func(string) string) (*thread, error) {
	remedy := "Make a project access token with the scope api and the role Reporter, and give it to the job as the masked variable GITLAB_TOKEN: a job's own token may not write comments."
	request, token := getenv("CI_MERGE_REQUEST_IID"), getenv("GITLAB_TOKEN")
	if request == "" {
		return nil, errNoJob
	}
	if token == "" {
		return nil, fmt.Errorf("GITLAB_TOKEN is missing. %s", remedy)
	}
	api := cmp.Or(getenv("CI_API_V4_URL"), "https://gitlab.com/api/v4")
	comments := api + "/projects/" + url.PathEscape(getenv("CI_PROJECT_ID")) + "/merge_requests/" + url.PathEscape(request) + "/notes"
	return &thread{
		host: "GitLab", remedy: remedy, edits: http.MethodPut, header: http.Header{"Private-Token": {token}}, comments: comments, pages: "per_page=100",
		one:  func(id string) string { return comments + "/" + id },
		body: func(text string) any { return map[string]string{"body": text} },
		list: func(raw json.RawMessage) (notes []note, next string, err error) {
			var all []struct {
				ID     int64
				Body   string
				Author struct{ ID int64 }
			}
			err = json.Unmarshal(raw, &all)
			for _, c := range all {
				notes = append(notes, note{ID: strconv.FormatInt(c.ID, 10), Author: strconv.FormatInt(c.Author.ID, 10), Text: c.Body})
			}
			return notes, "", err
		},
		mine: func(ctx context.Context, t *thread) (func(note) bool, error) {
			var user struct{ ID int64 }
			_, err := t.call(ctx, http.MethodGet, api+"/user", nil, &user)
			return func(n note) bool { return n.Author == strconv.FormatInt(user.ID, 10) }, err
		},
		address: func(json.RawMessage) string {
			return getenv("CI_MERGE_REQUEST_PROJECT_URL") + "/-/merge_requests/" + request
		},
	}, nil
}

// bitbucket is the thread of a job of Bitbucket Pipelines
// (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/). Its Markdown has no HTML.
func bitbucket(getenv func(string) string) (*thread, error) {
	remedy := "Make a repository access token with the permission to write pull requests, and give it to the step as the secured variable BITBUCKET_TOKEN."
	request, token := getenv("BITBUCKET_PR_ID"), getenv("BITBUCKET_TOKEN")
	if request == "" {
		return nil, errNoJob
	}
	if token == "" {
		return nil, fmt.Errorf("BITBUCKET_TOKEN is missing. %s", remedy)
	}
	api := cmp.Or(getenv("BITBUCKET_API_URL"), "https://api.bitbucket.org/2.0")
	comments := api + "/repositories/" + getenv("BITBUCKET_REPO_FULL_NAME") + "/pullrequests/" + url.PathEscape(request) + "/comments"
	plain := strings.NewReplacer("<details><summary>", "**", "</summary>", "**", "</details>", "")
	return &thread{
		host: "Bitbucket", remedy: remedy, edits: http.MethodPut, header: http.Header{"Authorization": {"Bearer " + token}}, comments: comments, pages: "pagelen=100",
		one:  func(id string) string { return comments + "/" + id },
		body: func(text string) any { return map[string]any{"content": map[string]string{"raw": plain.Replace(text)}} },
		list: func(raw json.RawMessage) (notes []note, next string, err error) {
			var all struct {
				Next   string
				Values []struct {
					ID      int64
					Deleted bool
					Content struct{ Raw string }
				}
			}
			err = json.Unmarshal(raw, &all)
			for _, c := range all.Values {
				if !c.Deleted {
					notes = append(notes, note{ID: strconv.FormatInt(c.ID, 10), Text: c.Content.Raw})
				}
			}
			return notes, all.Next, err
		},
		// Nobody changes what somebody else has written there.
		mine:    func(context.Context, *thread) (func(note) bool, error) { return func(note) bool { return true }, nil },
		address: at("links", "html", "href"),
	}, nil
}

// at reads a text in the answer of a host.
func at(keys ...string) func(json.RawMessage) string {
	return func(raw json.RawMessage) string {
		for _, key := range keys {
			var fields map[string]json.RawMessage
			if json.Unmarshal(raw, &fields) != nil {
				return ""
			}
			raw = fields[key]
		}
		var text string
		_ = json.Unmarshal(raw, &text)
		return text
	}
}
