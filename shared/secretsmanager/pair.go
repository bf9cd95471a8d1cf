package secretsmanager

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// The stages of a secret's versions: put-secret-value makes what was current the previous one
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
const (
	stageCurrent  = "AWSCURRENT"
	stagePrevious = "AWSPREVIOUS"
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

// Values are the values that count, the current one first. A secret that was never put is ErrMissing.
func (p *Pair) Values(ctx context.Context) ([]string, error) {
	if values := p.known(); values != nil {
		return values, nil
	}
	current, err := p.at(ctx, stageCurrent)
	if err != nil {
		return nil, err
	}
	values := []string{current}
	switch previous, err := p.at(ctx, stagePrevious); {
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

func (p *Pair) at(ctx context.Context, stage string) (string, error) {
	out, err := p.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &p.name, VersionStage: &stage})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return "", fmt.Errorf("reading secret %s: %w; create it: aws secretsmanager create-secret --name %s --secret-string ...", p.name, ErrMissing, p.name)
	}
	if err != nil {
		return "", fmt.Errorf("reading secret %s: %w", p.name, err)
	}
	value := strings.TrimSpace(aws.ToString(out.SecretString))
	if value == "" {
		return "", fmt.Errorf("reading secret %s: its version %s holds no text; put one in: aws secretsmanager put-secret-value --secret-id %s --secret-string ...", p.name, stage, p.name)
	}
	return value, nil
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
