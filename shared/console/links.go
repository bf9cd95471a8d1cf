// Package console makes links to the pages.
package console

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
)

// How long links and sessions open. A link outlives its question, if the question is open for less than a week.
const (
	LinkLife    = 7 * 24 * time.Hour
	SessionLife = 8 * time.Hour
)

// Looks makes links with which everybody who has one may look.
type Looks struct {
	keys *secretsmanager.Pair
	now  func() time.Time
}

// NewLooks makes links that are signed with the keys for looking.
func NewLooks(keys *secretsmanager.Pair, now func() time.Time) *Looks {
	return &Looks{keys: keys, now: now}
}

// To makes a link to the page of a release at an address. It opens any number of times. Without an address, or while the secret holds no
// key, there are no links: "" and no error.
func (l *Looks) To(ctx context.Context, address, release string) (string, error) {
	if address == "" {
		return "", nil
	}
	keys, err := l.keys.Values(ctx)
	if secretsmanager.IsNotSetUp(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return opens(address, pass.Sign(pass.Link, link(release, l.now()), keys)), nil
}

// Persons makes links that name a person.
type Persons struct {
	keys *secretsmanager.Pair
	now  func() time.Time
}

// NewPersons makes links that are signed with the keys of people.
func NewPersons(keys *secretsmanager.Pair, now func() time.Time) *Persons {
	return &Persons{keys: keys, now: now}
}

// To makes a link that opens once, for the person whom the way of answering (how) knows by the name by. If the secret holds no key, the
// error is one of secretsmanager.IsNotSetUp.
func (l *Persons) To(ctx context.Context, address, release, how, by string) (string, error) {
	keys, err := l.keys.Values(ctx)
	if err != nil {
		return "", err
	}
	p := link(release, l.now())
	p.How, p.By = how, by
	return opens(address, pass.Sign(pass.Link, p, keys)), nil
}

func link(release string, now time.Time) pass.Pass {
	return pass.Pass{ID: NewID(), Release: release, Until: now.Add(LinkLife).Unix()}
}

func opens(address, text string) string {
	return strings.TrimSuffix(address, "/") + "/open?t=" + url.QueryEscape(text)
}

// NewID is an opaque id.
func NewID() string { return rand.Text() }
