package secretsmanager

import (
	"context"
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
	form    Form
	now     func() time.Time

	mu     sync.Mutex
	values []string
	read   time.Time
}

// NewPair opens the secret of that name.
func NewPair(cfg aws.Config, name string, form Form, now func() time.Time) *Pair {
	return &Pair{secrets: secretsmanager.NewFromConfig(cfg), name: name, form: form, now: now}
}

// Name is the name of the secret.
func (p *Pair) Name() string { return p.name }

// Values are the values that count, the current one first. A secret that was never put is ErrMissing, and one that cannot be what is meant ErrUnfit.
func (p *Pair) Values(ctx context.Context) ([]string, error) {
	if values := p.known(); values != nil {
		return values, nil
	}
	current, err := text(ctx, p.secrets, p.name, p.form, stageCurrent)
	if err != nil {
		return nil, err
	}
	values := []string{current}
	switch previous, err := text(ctx, p.secrets, p.name, p.form, stagePrevious); {
	case err == nil:
		values = append(values, previous)
	case !IsNotSetUp(err): // what was wrong before counts for nobody
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
