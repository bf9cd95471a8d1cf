// Package github tells GitHub how the release of a commit goes: by a commit status and by a deployment with its statuses.
//
// The rules are those of https://docs.github.com/en/rest/commits/statuses and https://docs.github.com/en/rest/deployments.
package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Host is GitHub's REST API, used with a token. It is safe for concurrent use.
type Host struct {
	http  *http.Client
	base  string // https://api.github.com
	token func(context.Context) (string, error)
}

// New opens the API at base. The token needs write permission for "commit statuses" and "deployments".
func New(client *http.Client, base string, token func(context.Context) (string, error)) *Host {
	return &Host{http: client, base: strings.TrimSuffix(base, "/"), token: token}
}

// A Refusal is an answer of GitHub other than success.
type Refusal struct {
	Doing   string
	Status  int
	Message string // GitHub's
}

// Error says what went wrong, and what to do if that is known.
func (r *Refusal) Error() string {
	said := fmt.Sprintf("%s: GitHub answered %d: %s", r.Doing, r.Status, r.Message)
	switch r.Status {
	case http.StatusUnauthorized:
		return said + "; put a token that is valid into the secret"
	case http.StatusForbidden, http.StatusNotFound:
		return said + "; give the token access to the repository, with commit statuses and deployments to write"
	}
	return said
}

// Mark writes a status of a commit. The newest status of a context counts.
func (h *Host) Mark(ctx context.Context, repository, commit string, s Status) error {
	return h.call(ctx, http.MethodPost, "marking commit "+commit, repository, "/statuses/"+url.PathEscape(commit), s, nil)
}

// deployment is the body of the call that makes a deployment.
type deployment struct {
	Ref              string            `json:"ref"`
	Task             string            `json:"task"`
	Environment      string            `json:"environment"`
	Description      string            `json:"description"`
	Payload          map[string]string `json:"payload"`
	AutoMerge        bool              `json:"auto_merge"`
	RequiredContexts []string          `json:"required_contexts"` // empty: no other status has to be green first
	Production       bool              `json:"production_environment"`
}

// Deploy makes the deployment that stands for a release, or finds it: the answer of an earlier try may have been lost.
func (h *Host) Deploy(ctx context.Context, repository, commit string, d Deployment) (id string, err error) {
	var known []struct {
		ID      int64           `json:"id"`
		Payload json.RawMessage `json:"payload"`
	}
	query := url.Values{"sha": {commit}, "environment": {d.Environment}, "per_page": {"100"}}
	if err := h.call(ctx, http.MethodGet, "listing deployments", repository, "/deployments?"+query.Encode(), nil, &known); err != nil {
		return "", err
	}
	for _, k := range known {
		if strings.Contains(string(k.Payload), d.Release) { // an object, or an object in a string
			return strconv.FormatInt(k.ID, 10), nil
		}
	}
	var made struct {
		ID int64 `json:"id"`
	}
	err = h.call(ctx, http.MethodPost, "making a deployment", repository, "/deployments", deployment{
		Ref: commit, Task: "deploy", Environment: d.Environment, Description: d.Description, Payload: map[string]string{"release": d.Release},
		RequiredContexts: []string{}, Production: d.Production,
	}, &made)
	return strconv.FormatInt(made.ID, 10), err
}

// Progress writes how a deployment stands.
func (h *Host) Progress(ctx context.Context, repository, deployment string, p Progress) error {
	return h.call(ctx, http.MethodPost, "telling of deployment "+deployment, repository, "/deployments/"+url.PathEscape(deployment)+"/statuses", p, nil)
}

// most bounds what is read of an answer.
const most = 1 << 20

// call speaks to a repository. The token is in a header and nowhere else.
func (h *Host) call(ctx context.Context, method, doing, repository, path string, in, out any) error {
	token, err := h.token(ctx)
	if err != nil {
		return err
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, h.base+"/repos/"+repository+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "sluice", "Content-Type": "application/json",
	} {
		request.Header.Set(name, value)
	}
	response, err := h.http.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if response.StatusCode/100 != 2 {
		var said struct {
			Message string `json:"message"`
		}
		_ = json.Unmarshal(text, &said) // a proxy's page has none
		return &Refusal{Doing: doing, Status: response.StatusCode, Message: said.Message}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: reading the answer: %w", doing, err)
	}
	return nil
}
