// Package console makes links to the pages.
package console

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"time"

	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
)

// How long links open. Whoever answers has at least as long as the question is open, as far as that is within a week.
const (
	LinkLife    = 7 * 24 * time.Hour
	SessionLife = 8 * time.Hour
)

// Links makes links with the keys of a secret.
type Links struct {
	keys *secretsmanager.Pair
	now  func() time.Time
}

// New makes links that keys sign.
func New(keys *secretsmanager.Pair, now func() time.Time) *Links { return &Links{keys: keys, now: now} }

// To makes a link to the page of a release at an address. Without a name (by) it is for looking, and opens as often as somebody
// likes; with one it opens once, for the person whom the way of answering (how) knows by that name. Where no key was ever put
// into the secret there are no links: "" and no error.
func (l *Links) To(ctx context.Context, address, release, how, by string) (string, error) {
	keys, err := l.keys.Values(ctx)
	if errors.Is(err, secretsmanager.ErrMissing) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text := pass.Sign(pass.Link, pass.Pass{ID: NewID(), Release: release, How: how, By: by, Until: l.now().Add(LinkLife).Unix()}, keys)
	return strings.TrimSuffix(address, "/") + "/open?t=" + url.QueryEscape(text), nil
}

// NewID is an opaque id.
func NewID() string { return rand.Text() }
