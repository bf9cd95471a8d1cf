package ssm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"sluice/shared/rollout"
)

// Sources are the parameters that say which services are released from a source, one for each source.
type Sources struct {
	ssm  api
	path string
}

// NewSources opens the sources under a path that ends in a slash.
func NewSources(cfg aws.Config, path string) *Sources {
	return &Sources{ssm: open(cfg), path: path}
}

// Services lists the services that are released from a source; there may be none.
func (s *Sources) Services(ctx context.Context, source string) ([]string, error) {
	out, err := s.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(s.path + rollout.SourceKey(source))})
	var missing *types.ParameterNotFound
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is released from %s: %w", source, err)
	}
	var services []string
	if err := json.Unmarshal([]byte(aws.ToString(out.Parameter.Value)), &services); err != nil {
		return nil, fmt.Errorf("reading what is released from %s: %w", source, err)
	}
	return services, nil
}
