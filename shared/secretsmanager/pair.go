package secretsmanager

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Pair is a secret that two sides share. The value before the current one still counts, because the other side may change later.
// It is safe for concurrent use.
type Pair struct {
	secrets api
	name    string
	form    Form
	now     func() time.Time

	mu     sync.Mutex
	values []string
	read   time.Time
	again  time.Time // when Again last read it
	failed error     // the error of that reading
}

// pause is how long Again does not read the secret once more: strangers are refused, too, and must not cost a call each.
const pause = 10 * time.Second

// NewPair opens the secret of that name.
func NewPair(cfg aws.Config, name string, form Form, now func() time.Time) *Pair {
	return &Pair{secrets: secretsmanager.NewFromConfig(cfg), name: name, form: form, now: now}
}

// Name is the name of the secret.
func (p *Pair) Name() string { return p.name }

// Values are the values that count, the current one first. The error is ErrMissing for a secret that was never put, and ErrUnfit for an unfit one.
func (p *Pair) Values(ctx context.Context) ([]string, error) {
	if values := p.known(); values != nil {
		return values, nil
	}
	return p.look(ctx)
}

// Again are the values for a caller whom Values refuse: the secret may have changed since it was read. It is read again, unless that
// was done within the last ten seconds. If that reading failed, Again returns its error, so that nobody is refused for that reason.
func (p *Pair) Again(ctx context.Context) ([]string, error) {
	if values, failed, due := p.due(); !due {
		return values, failed
	}
	values, err := p.look(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = err
	return values, err
}

// due says whether the secret may be read again. It allows one caller at a time. If not, it returns what is known.
func (p *Pair) due() (values []string, failed error, due bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.read) < pause {
		return p.values, nil, false
	}
	if now.Sub(p.again) < pause {
		return p.values, p.failed, false
	}
	p.again = now
	return nil, nil, true
}

// look reads both values.
func (p *Pair) look(ctx context.Context) ([]string, error) {
	current, err := text(ctx, p.secrets, p.name, p.form, stageCurrent)
	if err != nil {
		return nil, err
	}
	values := []string{current}
	switch previous, err := text(ctx, p.secrets, p.name, p.form, stagePrevious); {
	case err == nil:
		values = append(values, previous)
	case !IsNotSetUp(err): // a previous value that is missing or unfit does not count
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
