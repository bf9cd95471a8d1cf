// Package webhook reads what GitHub, GitLab and Bitbucket say about pushes, and believes nothing before it is verified. It only
// decides: the caller brings the request, the secrets and the clock.
package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/events"
)

// A Delivery is one request as it came.
type Delivery struct {
	Host   string            // github, gitlab or bitbucket: the host whose address was called
	Of     string            // the repository whose secrets verify it, from Claimed; a push of another one is refused
	Header map[string]string // names are lower case
	Body   []byte            // the raw bytes, because these are signed
}

// A Refusal says why a delivery is not taken, and what its sender should do. It never holds a secret or a part of the body.
type Refusal struct {
	Status         int // of the answer
	Reason, Remedy string
}

// Error is the refusal in one line.
func (r *Refusal) Error() string { return r.Reason + ": " + r.Remedy }

// mostBody is the largest body that is read: as much as a function URL of Lambda takes
// (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), which is thousands of commits.
const mostBody = 6 << 20

// oldest is how old a push may be: as long as GitHub offers to send a delivery again
// (https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks), and an hour more. Deliveries are
// remembered longer than that, so that nothing is told twice.
const oldest = 73 * time.Hour

// Read verifies a delivery with the active secrets, and returns the pushes that it tells of. If there is nothing to do (a ping, a
// deleted branch, an event of another kind), pushes is empty, and note says why in one sentence.
func Read(d Delivery, secrets []string, now time.Time) (pushes []events.Push, note string, refusal *Refusal) {
	verify, read, refusal := host(d.Host)
	if refusal != nil {
		return nil, "", refusal
	}
	if len(d.Body) > mostBody {
		return nil, "", &Refusal{
			http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", mostBody),
			"push fewer commits at once, or ask for the release itself with the event release.requested",
		}
	}
	if refusal := verify(d, active(secrets), now); refusal != nil {
		return nil, "", refusal
	}
	if refusal := legible(d); refusal != nil {
		return nil, "", refusal
	}
	told, note, err := read(d)
	if err == nil {
		pushes, err = d.checked(told)
	}
	if err != nil {
		return nil, "", unlike(err)
	}
	for _, p := range pushes {
		if p.Repository != d.Of {
			return nil, "", unauthorized("the delivery tells of another repository than it was verified for", "send the host's own payload unchanged")
		}
		if !p.At.IsZero() && p.At.Before(now.Add(-oldest)) {
			return nil, "", &Refusal{http.StatusGone, "the push is older than three days", "push again, or ask for the release itself with the event release.requested"}
		}
	}
	return pushes, note, nil
}

type (
	verifier func(d Delivery, secrets []string, now time.Time) *Refusal
	reader   func(d Delivery) (told []events.Push, note string, err error)
)

func host(name string) (verifier, reader, *Refusal) {
	switch name {
	case events.GitHub:
		return verifyGitHub, readGitHub, nil
	case events.GitLab:
		return verifyGitLab, readGitLab, nil
	case events.Bitbucket:
		return verifyBitbucket, readBitbucket, nil
	}
	return nil, nil, &Refusal{http.StatusNotFound, "no such host of code", "send webhooks to the address of github, gitlab or bitbucket"}
}

// legible refuses a body that is not JSON. It is called after verification, so that strangers learn nothing.
func legible(d Delivery) *Refusal {
	kind, _, err := mime.ParseMediaType(d.Header["content-type"])
	switch {
	case err != nil || kind != "application/json":
		return &Refusal{http.StatusUnsupportedMediaType, "the content type is not application/json", "set the webhook's content type to application/json"}
	case !utf8.Valid(d.Body) || !json.Valid(d.Body):
		return &Refusal{http.StatusBadRequest, "the body is not JSON", "send the host's own payload unchanged"}
	}
	return nil
}

// checked gives each push its name and makes it fit to be sent.
func (d Delivery) checked(told []events.Push) ([]events.Push, error) {
	var pushes []events.Push
	for i, p := range told {
		if p.Host = d.Host; p.Delivery == "" {
			p.Delivery = d.name()
		}
		if len(told) > 1 {
			p.Delivery = fmt.Sprintf("%s-%d", p.Delivery, i)
		}
		p, err := p.Checked()
		if err != nil {
			return nil, err
		}
		pushes = append(pushes, p)
	}
	return pushes, nil
}

// Claimed is the repository that a delivery names, before it is verified. It decides which secrets must fit the delivery. It is empty
// when the delivery is not signed or names none.
func Claimed(d Delivery) string {
	if !slices.ContainsFunc([]string{"x-hub-signature-256", "x-hub-signature", "webhook-signature", "x-gitlab-token"}, func(h string) bool { return d.Header[h] != "" }) {
		return ""
	}
	var of struct {
		Repository struct {
			Name    string `json:"full_name"`
			Slug    string `json:"slug"`
			Project struct {
				Key string `json:"key"`
			} `json:"project"`
		} `json:"repository"`
		Project struct {
			Path string `json:"path_with_namespace"`
		} `json:"project"`
	}
	if err := json.Unmarshal(d.Body, &of); err != nil {
		return ""
	}
	name := of.Repository.Name
	switch {
	case d.Host == events.GitLab:
		name = of.Project.Path
	case d.Host == events.Bitbucket && d.Header["x-event-key"] == dataCenterEvent:
		name = of.Repository.Project.Key + "/" + of.Repository.Slug
	}
	if !events.IsRepository(name) {
		return ""
	}
	return name
}

// SecretOf is what follows the name of the host's secret in the name of a repository's own secret. It is in small letters, and has + for
// ~, which names of secrets may not hold (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html).
func SecretOf(repository string) string {
	return "/" + strings.ReplaceAll(strings.ToLower(repository), "~", "+")
}

// name is the delivery's name: the same for the same body. The hosts' own ids (X-GitHub-Delivery and the like) are not signed, so
// somebody who saw a delivery could send it again under a new id, and everything would be done twice.
func (d Delivery) name() string {
	sum := sha256.Sum256(d.Body)
	return d.Host + "-" + hex.EncodeToString(sum[:16])
}

// unlike refuses a payload that is not as its host documents it. It names only the field that is wrong, because the error's text
// holds parts of the body.
func unlike(err error) *Refusal {
	field := "the body"
	var m *events.Malformed
	if errors.As(err, &m) {
		field = strings.TrimPrefix(m.Field, "detail.")
	}
	return &Refusal{http.StatusBadRequest, field + " is missing, or not as the host documents it", "send the host's own payload unchanged"}
}
