package codepipeline

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// key is the form of a variable's name
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html).
var key = regexp.MustCompile(`^[A-Za-z0-9@\-_]+$`)

// ofSuccess checks an answer of success (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html and
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionDetails.html): "outputVariables can be included only when there is no
// continuation token on the request".
func ofSuccess(in *codepipeline.PutJobSuccessResultInput) error {
	if !tokenForm.MatchString(aws.ToString(in.JobId)) {
		return unfit("jobId", "Member must satisfy regular expression pattern: "+tokenForm.String())
	}
	if in.ContinuationToken != nil {
		if err := length("continuationToken", in.ContinuationToken, 2048); err != nil {
			return err
		}
		if len(in.OutputVariables) > 0 {
			return unfit("outputVariables", "Member must not be there with a continuation token")
		}
	}
	for name := range in.OutputVariables {
		if !key.MatchString(name) {
			return unfit("outputVariables", "Map keys must satisfy regular expression pattern: "+key.String())
		}
	}
	if d := in.ExecutionDetails; d != nil {
		if err := length("executionDetails.summary", d.Summary, 2048); err != nil {
			return err
		}
		return length("executionDetails.externalExecutionId", d.ExternalExecutionId, 1500)
	}
	return nil
}

// ofFailure checks an answer of failure (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html).
func ofFailure(in *codepipeline.PutJobFailureResultInput) error {
	d := in.FailureDetails
	switch {
	case !tokenForm.MatchString(aws.ToString(in.JobId)):
		return unfit("jobId", "Member must satisfy regular expression pattern: "+tokenForm.String())
	case d == nil || d.Message == nil:
		return unfit("failureDetails.message", "Member must not be null")
	case !slices.Contains(types.FailureType("").Values(), d.Type):
		return unfit("failureDetails.type", fmt.Sprintf("Member must satisfy enum value set: %v", types.FailureType("").Values()))
	}
	if err := length("failureDetails.message", d.Message, 5000); err != nil {
		return err
	}
	return length("failureDetails.externalExecutionId", d.ExternalExecutionId, 1500)
}

// length refuses a text that is there and is empty or too long.
func length(member string, text *string, most int) error {
	switch {
	case text == nil:
		return nil
	case *text == "":
		return unfit(member, "Member must have length greater than or equal to 1")
	case len([]rune(*text)) > most:
		return unfit(member, fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
	return nil
}

func unfit(member, constraint string) error {
	return &types.ValidationException{Message: aws.String("Value at '" + member + "' failed to satisfy constraint: " + constraint)}
}
