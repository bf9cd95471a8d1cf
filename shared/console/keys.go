package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluice/shared/pass"
	"sluice/shared/secretsmanager"
)

// Keys sign and open passes of both sorts: those with which whoever has them may look, and those that name a person. The key says
// what a pass may be. What names a person is held against the keys of people alone, so that a function which makes links for looking
// can name nobody, whatever it writes into a pass.
type Keys struct {
	look, people *secretsmanager.Pair
	now          func() time.Time
}

// NewKeys signs and opens with the keys of two secrets.
func NewKeys(look, people *secretsmanager.Pair, now func() time.Time) *Keys {
	return &Keys{look: look, people: people, now: now}
}

// Sign makes a pass. Without a key of its sort the error is one of secretsmanager.IsNotSetUp.
func (k *Keys) Sign(ctx context.Context, kind pass.Kind, p pass.Pass) (string, error) {
	keys, err := k.of(ctx, p)
	if err != nil {
		return "", err
	}
	return pass.Sign(kind, p, keys), nil
}

// Link makes a link to the page of a release at an address: for the person whom the way of answering (how) knows by a name, or, where
// there is no name, for looking.
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

// Open reads a pass. The error is a pass.Refusal, or one of secretsmanager.IsNotSetUp where there is no key of the sort that the text claims
// to be, or says why a secret could not be read.
func (k *Keys) Open(ctx context.Context, kind pass.Kind, text string) (pass.Pass, error) {
	keys, err := k.of(ctx, pass.Claimed(text))
	if err != nil {
		return pass.Pass{}, err
	}
	return pass.Open(kind, text, keys, k.now())
}

// of is the keys of a pass's sort.
func (k *Keys) of(ctx context.Context, p pass.Pass) ([]string, error) {
	if p.Looks() {
		return k.look.Values(ctx)
	}
	people, err := k.people.Values(ctx)
	if err != nil {
		return nil, err
	}
	look, err := k.look.Values(ctx)
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
