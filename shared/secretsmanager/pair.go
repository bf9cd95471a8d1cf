package secretsmanager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Pair is a secret that two sides share, of which the value before the current one still counts: the other side may change later.
// It is safe for concurrent use.
type Pair struct {
	secrets api
	name    string
	now     func() time.Time

	mu     sync.Mutex
	values []string
	read   time.Time
}

// NewPair opens the secret of that name.
func NewPair(cfg aws.Config, name string, now func() time.Time) *Pair {
	return &Pair{secrets: secretsmanager.NewFromConfig(cfg), name: name, now: now}
}

// Name is the name of the secret.
func (p *Pair) Name() string { return p.name }

// Values are the values that count, the current one first. A secret that was never put is ErrMissing.
func (p *Pair) Values(ctx context.Context) ([]string, error) {
	if values := p.known(); values != nil {
		return values, nil
	}
	current, err := text(ctx, p.secrets, p.name, stageCurrent)
	if err != nil {
		return nil, err
	}
	values := []string{current}
	switch previous, err := text(ctx, p.secrets, p.name, stagePrevious); {
	case err == nil:
		values = append(values, previous)
	case !errors.Is(err, ErrMissing):
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.values, p.read = values, p.now()
	return values, nil
}

// known are the values that were read, while they are fresh.
func (p *Pair) known() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now().Sub(p.read) >= fresh {
		return nil
	}
	return p.values
}
