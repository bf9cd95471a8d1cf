package secretsmanager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Family is a group of secrets whose names begin alike; not all of them exist. A missing secret is remembered as long as a value is
// (fresh), so that asking for it does not cost a call each time. It is safe for concurrent use.
type Family struct {
	open func(name string) *Pair
	now  func() time.Time

	mu      sync.Mutex
	members map[string]*member
	again   time.Time // when a missing secret was last looked for
}

type member struct {
	pair    *Pair
	missing time.Time // when it was found missing
}

// mostMembers bounds what is remembered: names come from callers whom nobody has verified yet.
const mostMembers = 1000

// NewFamily opens the secrets whose names begin with a prefix.
func NewFamily(cfg aws.Config, prefix string, form Form, now func() time.Time) *Family {
	return &Family{open: func(name string) *Pair { return NewPair(cfg, prefix+name, form, now) }, now: now, members: map[string]*member{}}
}

// Values is Pair.Values of the secret whose name ends with name; nothing when there is no such secret.
func (f *Family) Values(ctx context.Context, name string) ([]string, error) {
	pair, missing := f.member(name)
	if missing {
		return nil, nil
	}
	values, err := pair.Values(ctx)
	if errors.Is(err, ErrMissing) {
		f.mark(name, f.now())
		return nil, nil
	}
	return values, err
}

// Again is Pair.Again of the secret whose name ends with name. A missing secret is looked for again, but only one of the family in ten seconds.
func (f *Family) Again(ctx context.Context, name string) ([]string, error) {
	pair, missing := f.member(name)
	if missing && !f.due(name) {
		return nil, nil
	}
	values, err := pair.Again(ctx)
	if errors.Is(err, ErrMissing) {
		f.mark(name, f.now())
		return nil, nil
	}
	if err == nil {
		f.mark(name, time.Time{})
	}
	return values, err
}

// due says whether a missing secret may be looked for again. It allows one caller at a time.
func (f *Family) due(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, m := f.now(), f.members[name]
	if now.Sub(f.again) < pause || m != nil && now.Sub(m.missing) < pause {
		return false
	}
	f.again = now
	return true
}

func (f *Family) member(name string) (pair *Pair, missing bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.members[name]
	if m == nil {
		if len(f.members) >= mostMembers {
			clear(f.members)
		}
		m = &member{pair: f.open(name)}
		f.members[name] = m
	}
	return m.pair, !m.missing.IsZero() && f.now().Sub(m.missing) < fresh
}

// mark remembers when a secret was found missing; the zero time means that it exists.
func (f *Family) mark(name string, missing time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m := f.members[name]; m != nil {
		m.missing = missing
	}
}
