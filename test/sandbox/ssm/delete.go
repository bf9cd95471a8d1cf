package ssm

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsssm "github.com/aws/aws-sdk-go-v2/service/ssm"

	"sluice/test/sandbox/wire"
)

// DeleteParameter removes a parameter with all its versions.
func (s *Service) DeleteParameter(_ context.Context, in *awsssm.DeleteParameterInput) (*awsssm.DeleteParameterOutput, error) {
	if !s.remove(aws.ToString(in.Name)) {
		return nil, notFound(aws.ToString(in.Name))
	}
	return &awsssm.DeleteParameterOutput{}, nil
}

func (s *Service) remove(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, there := s.parameters[name]
	delete(s.parameters, name)
	return there
}

// DeleteParameters removes up to ten parameters, and tells which names it does not know.
func (s *Service) DeleteParameters(_ context.Context, in *awsssm.DeleteParametersInput) (*awsssm.DeleteParametersOutput, error) {
	if len(in.Names) < 1 || len(in.Names) > 10 {
		return nil, wire.Validation("1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10")
	}
	out := &awsssm.DeleteParametersOutput{}
	for _, name := range in.Names {
		if s.remove(name) {
			out.DeletedParameters = append(out.DeletedParameters, name)
		} else {
			out.InvalidParameters = append(out.InvalidParameters, name)
		}
	}
	return out, nil
}
