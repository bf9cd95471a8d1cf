// Package comment keeps one comment on the pull request of a CI job: it writes it once and writes it anew afterwards. It knows GitHub Actions, GitLab CI
// and Bitbucket Pipelines by the variables that each sets for its jobs.
package comment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// patience is how long one call to a host of code may take.
const patience = 30 * time.Second

// Keep writes the comment on the pull request of this job, over the one that it wrote before: a comment of the same author that begins with the same
// line. It returns the address of the comment. getenv reads the job's variables.
func Keep(ctx context.Context, getenv func(string) string, text string) (string, error) {
	t, err := threadOf(getenv)
	if err != nil {
		return "", err
	}
	title, _, _ := strings.Cut(text, "\n")
	old, err := t.find(ctx, title)
	if err != nil {
		return "", err
	}
	var written json.RawMessage
	if old.ID != "" {
		if _, err := t.call(ctx, t.edits, t.one(old.ID), t.body(text), &written); err == nil {
			return t.address(written), nil
		} else if refused := (*refusal)(nil); !errors.As(err, &refused) || refused.status != http.StatusForbidden {
			return "", err
		}
	} // somebody else's comment begins like ours: it stays, and so does what is true beside it
	if _, err := t.call(ctx, http.MethodPost, t.comments, t.body(text), &written); err != nil {
		return "", err
	}
	return t.address(written), nil
}

// A refusal is an answer of a host that is not what was asked for.
type refusal struct {
	status int
	what   string
}

func (r *refusal) Error() string { return r.what }

// A thread is the comments of one pull request.
type thread struct {
	host     string // "GitHub"
	header   http.Header
	remedy   string // what to do when the host refuses
	comments string // URL of the list, and to which a new one is sent
	pages    string // the query that asks for long pages
	edits    string // the method that changes one
	one      func(id string) string
	body     func(text string) any
	list     func(raw json.RawMessage) ([]note, string, error) // of one page, and the next page's URL where the body tells it
	mine     func(ctx context.Context, t *thread) (func(note) bool, error)
	address  func(raw json.RawMessage) string
}

// A note is one comment.
type note struct {
	ID     string
	Author string
	Text   string
}

// find is the comment of ours with a title; its zero value when there is none.
func (t *thread) find(ctx context.Context, title string) (note, error) {
	mine, err := t.mine(ctx, t)
	if err != nil {
		return note{}, err
	}
	page := t.comments + "?" + t.pages
	for page != "" {
		var raw json.RawMessage
		links, err := t.call(ctx, http.MethodGet, page, nil, &raw)
		if err != nil {
			return note{}, err
		}
		notes, next, err := t.list(raw)
		if err != nil {
			return note{}, fmt.Errorf("reading the comments of %s: %w", t.host, err)
		}
		for _, n := range notes {
			if first, _, _ := strings.Cut(n.Text, "\n"); strings.TrimSpace(first) == title && mine(n) {
				return n, nil
			}
		}
		if next == "" {
			next = nextOf(links)
		}
		if next != "" && origin(next) != origin(t.comments) { // the path may be another: GitHub goes on by the repository's number
			return note{}, fmt.Errorf("%s continues its comments at %s, which is not where they are: the token is not sent there", t.host, next)
		}
		page = next
	}
	return note{}, nil
}

// call is one request. It answers the header Link.
func (t *thread) call(ctx context.Context, method, address string, body any, answer any) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return "", fmt.Errorf("writing to %s: %w", t.host, err)
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, sent)
	if err != nil {
		return "", fmt.Errorf("asking %s: %w", t.host, err)
	}
	request.Header = t.header.Clone()
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("asking %s: %w", t.host, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return "", fmt.Errorf("reading what %s answers: %w", t.host, err)
	}
	if response.StatusCode >= 300 {
		return "", &refusal{response.StatusCode, fmt.Sprintf("%s answers %s to %s of the pull request's comments: %.300s\n  %s", t.host, response.Status, method, bytes.TrimSpace(text), t.remedy)}
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return "", fmt.Errorf("reading what %s answers: %w", t.host, err)
	}
	return response.Header.Get("Link"), nil
}

// nextPage is the next page in a header Link (https://www.rfc-editor.org/rfc/rfc8288).
var nextPage = regexp.MustCompile(`<([^>]+)>\s*;[^,]*rel="next"`)

func nextOf(links string) string {
	if m := nextPage.FindStringSubmatch(links); m != nil {
		return m[1]
	}
	return ""
}

// origin is the scheme and host of an address.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}

// client follows nobody elsewhere: GitLab's token is in a header that Go's client does not take off.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// errNoJob is for who is at home.
var errNoJob = errors.New("no pull request is known here: --comment is for a job of GitHub Actions, GitLab CI or Bitbucket Pipelines that runs for a pull request; without it the text is printed")
