package ssm

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// Parameters are any parameters, by name.
type Parameters struct{ ssm api }

// NewParameters opens the parameters of an account and region.
func NewParameters(cfg aws.Config) *Parameters { return &Parameters{ssm: open(cfg)} }

// Value reads a parameter as it is stored: a SecureString is not decrypted. found is false when there is none of that name.
func (p *Parameters) Value(ctx context.Context, name string) (value string, found bool, err error) {
	out, err := p.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("reading parameter %s: %w", name, err)
	}
	return aws.ToString(out.Parameter.Value), true, nil
}
