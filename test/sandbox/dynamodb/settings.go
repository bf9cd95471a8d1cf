package dynamodb

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// UpdateTimeToLive turns the expiry of items on or off; it holds at once (AWS: within the hour).
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
func (s *Service) UpdateTimeToLive(_ context.Context, in *awsdynamodb.UpdateTimeToLiveInput) (*awsdynamodb.UpdateTimeToLiveOutput, error) {
	wanted := in.TimeToLiveSpecification
	if wanted == nil || aws.ToString(wanted.AttributeName) == "" || wanted.Enabled == nil {
		return nil, invalid("TimeToLiveSpecification must have AttributeName and Enabled")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.named(in.TableName)
	if err != nil {
		return nil, err
	}
	switch enabled := t.expiry.attribute != ""; {
	case *wanted.Enabled && enabled:
		return nil, invalid("TimeToLive is already enabled")
	case !*wanted.Enabled && !enabled:
		return nil, invalid("TimeToLive is already disabled")
	case *wanted.Enabled:
		t.expiry = expiry{attribute: *wanted.AttributeName}
	case *wanted.AttributeName != t.expiry.attribute:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.expiry.attribute)
	default:
		t.expiry = expiry{}
	}
	return &awsdynamodb.UpdateTimeToLiveOutput{TimeToLiveSpecification: &types.TimeToLiveSpecification{
		AttributeName: aws.String(*wanted.AttributeName), Enabled: aws.Bool(*wanted.Enabled),
	}}, nil
}
