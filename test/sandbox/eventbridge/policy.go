package eventbridge

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"sluice/test/sandbox/wire"
)

// PutPermission replaces the resource policy of a bus. It is kept and shown here; Options.Protect has it decide.
func (s *Service) PutPermission(_ context.Context, in *awseventbridge.PutPermissionInput) (*awseventbridge.PutPermissionOutput, error) {
	if in.Policy == nil {
		return nil, wire.NotImplemented("PutPermission without a whole Policy")
	}
	if !json.Valid([]byte(*in.Policy)) {
		return nil, wire.Validation("Parameter Policy is not valid: it is not JSON")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.busOf(in.EventBusName)
	if err != nil {
		return nil, err
	}
	b.policy = aws.ToString(in.Policy)
	return &awseventbridge.PutPermissionOutput{}, s.protect(b)
}

func (s *Service) protect(b *bus) error {
	if s.options.Protect == nil {
		return nil
	}
	if err := s.options.Protect(b.arn, b.policy); err != nil {
		return wire.Validation("Parameter Policy is not valid: %v", err)
	}
	return nil
}
