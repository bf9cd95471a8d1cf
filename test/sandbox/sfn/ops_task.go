package sfn

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// SendTaskSuccess gives a waiting task its result. The first answer to a token counts; every later one, and any after
// a time-out, a retry or a stop, is TaskTimedOut. An answer that is not JSON is refused and leaves the token open.
func (s *Service) SendTaskSuccess(_ context.Context, in *awssfn.SendTaskSuccessInput) (*awssfn.SendTaskSuccessOutput, error) {
	text := aws.ToString(in.Output)
	if len(text) > maxPayload {
		return nil, invalid("1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to 262144")
	}
	value, err := decode(text)
	if err != nil {
		return nil, &types.InvalidOutput{Message: aws.String("Invalid Output: '" + err.Error() + "'")}
	}
	if err := s.answerTask(in.TaskToken, answer{output: document{value: value, text: text}}); err != nil {
		return nil, err
	}
	return &awssfn.SendTaskSuccessOutput{}, nil
}

// SendTaskFailure fails a waiting task with an error that its Retry and Catch see.
func (s *Service) SendTaskFailure(_ context.Context, in *awssfn.SendTaskFailureInput) (*awssfn.SendTaskFailureOutput, error) {
	if len(aws.ToString(in.Error)) > 256 || len(aws.ToString(in.Cause)) > 32_768 {
		return nil, invalid("1 validation error detected: 'error' has at most 256 and 'cause' at most 32768 characters")
	}
	f := &failure{name: aws.ToString(in.Error), cause: aws.ToString(in.Cause), located: true}
	if err := s.answerTask(in.TaskToken, answer{fault: f}); err != nil {
		return nil, err
	}
	return &awssfn.SendTaskFailureOutput{}, nil
}

// SendTaskHeartbeat starts HeartbeatSeconds anew; TimeoutSeconds goes on.
func (s *Service) SendTaskHeartbeat(_ context.Context, in *awssfn.SendTaskHeartbeatInput) (*awssfn.SendTaskHeartbeatOutput, error) {
	if err := s.beatTask(in.TaskToken); err != nil {
		return nil, err
	}
	return &awssfn.SendTaskHeartbeatOutput{}, nil
}
