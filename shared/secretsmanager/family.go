package secretsmanager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Family is secrets whose names begin alike, of which not all exist. That one does not is believed as long as a value is, so that
// asking for it costs no call each time. It is safe for concurrent use.
type Family struct {
	open func(name string) *Pair
	now  func() time.Time

	mu      sync.Mutex
	members map[string]*member
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

// Values are those of Pair.Values for the secret whose name ends so; nothing when there is none.
func (f *Family) Values(ctx context.Context, name string) ([]string, error) {
	pair, missing := f.member(name)
	if missing {
		return nil, nil
	}
	values, err := pair.Values(ctx)
	if errors.Is(err, ErrMissing) {
		f.miss(name)
		return nil, nil
	}
	return values, err
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

func (f *Family) miss(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m := f.members[name]; m != nil {
		m.missing = f.now()
	}
}
