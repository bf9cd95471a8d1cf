// Package secretsmanager reads secrets. A secret's text never gets into an error or a log.
package secretsmanager

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

type api interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

// fresh is how long a value is used without reading it again: short, so that a rotated secret is used soon.
const fresh = 5 * time.Minute

// Secret is one secret, read when it is first needed. It is safe for concurrent use.
type Secret struct {
	secrets api
	name    string
	form    Form
	now     func() time.Time

	mu    sync.Mutex
	value string
	read  time.Time
}

// New opens the secret of that name.
func New(cfg aws.Config, name string, form Form, now func() time.Time) *Secret {
	return &Secret{secrets: secretsmanager.NewFromConfig(cfg), name: name, form: form, now: now}
}

// ErrMissing means that there is no such secret, or none that this function may see.
var ErrMissing = errors.New("there is no such secret")

// Value is the secret's text. No caller waits for another caller's slow read: two callers that find no fresh value both read it.
func (s *Secret) Value(ctx context.Context) (string, error) {
	if value := s.known(); value != "" {
		return value, nil
	}
	value, err := text(ctx, s.secrets, s.name, s.form, stageCurrent)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value, s.read = value, s.now()
	return value, nil
}

// known is the value that was read, while it is fresh.
func (s *Secret) known() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.read) >= fresh {
		return ""
	}
	return s.value
}
