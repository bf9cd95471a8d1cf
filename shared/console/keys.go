package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
)

// Keys sign and open passes of both sorts: passes with which everybody who has one may look, and passes that name a person. Each sort
// has keys of its own. A pass that names a person opens only with the keys of people. So a function that makes links for looking cannot
// name anybody, whatever it writes into a pass.
type Keys struct {
	look, people *secretsmanager.Pair
	now          func() time.Time
}

// NewKeys opens the keys of two secrets: for looking, and of people.
func NewKeys(look, people *secretsmanager.Pair, now func() time.Time) *Keys {
	return &Keys{look: look, people: people, now: now}
}

// Sign makes a pass. Without a key of its sort the error is one of secretsmanager.IsNotSetUp.
func (k *Keys) Sign(ctx context.Context, kind pass.Kind, p pass.Pass) (string, error) {
	keys, err := k.of(ctx, p, (*secretsmanager.Pair).Values)
	if err != nil {
		return "", err
	}
	return pass.Sign(kind, p, keys), nil
}

// Link makes a link to the page of a release at an address, for the person whom the way of answering (how) knows by the name by. If by
// is empty, the link is for looking.
func (k *Keys) Link(ctx context.Context, address, release, how, by string) (string, error) {
	p := link(release, k.now())
	if by != "" {
		p.How, p.By = how, by
	}
	text, err := k.Sign(ctx, pass.Link, p)
	if err != nil {
		return "", err
	}
	return opens(address, text), nil
}

// Open reads a pass. The error is a pass.Refusal, or one of secretsmanager.IsNotSetUp if there is no key for the sort that the text claims to
// be, or says why a secret could not be read. A key may have changed a moment ago, so that the signer had the new key already: a pass that
// does not open is tried once more with the keys read again.
func (k *Keys) Open(ctx context.Context, kind pass.Kind, text string) (pass.Pass, error) {
	claimed := pass.Claimed(text)
	keys, err := k.of(ctx, claimed, (*secretsmanager.Pair).Values)
	if err != nil {
		return pass.Pass{}, err
	}
	p, err := pass.Open(kind, text, keys, k.now())
	if !errors.Is(err, pass.Forged) || claimed.Key == "" {
		return p, err
	}
	again, unread := k.of(ctx, claimed, (*secretsmanager.Pair).Again)
	switch {
	case secretsmanager.IsNotSetUp(unread):
		return pass.Pass{}, err
	case unread != nil:
		return pass.Pass{}, unread
	}
	return pass.Open(kind, text, again, k.now())
}

// of is the keys for a pass's sort. read reads a secret. A key for looking never counts as a key of people.
func (k *Keys) of(ctx context.Context, p pass.Pass, read func(*secretsmanager.Pair, context.Context) ([]string, error)) ([]string, error) {
	if p.Looks() {
		return read(k.look, ctx)
	}
	people, err := read(k.people, ctx)
	if err != nil {
		return nil, err
	}
	look, err := read(k.look, ctx)
	if err != nil && !secretsmanager.IsNotSetUp(err) {
		return nil, err
	}
	own := slices.DeleteFunc(slices.Clone(people), func(key string) bool { return slices.Contains(look, key) })
	if len(own) == 0 {
		return nil, fmt.Errorf("secret %s is as good as missing (%w): it holds the key of links for looking, which other functions read; put another one in: aws secretsmanager put-secret-value --secret-id %s --secret-string ...",
			k.people.Name(), secretsmanager.ErrMissing, k.people.Name())
	}
	return own, nil
}
