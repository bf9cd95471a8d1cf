package codepipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

type jobs interface {
	PutJobSuccessResult(context.Context, *codepipeline.PutJobSuccessResultInput, ...func(*codepipeline.Options)) (*codepipeline.PutJobSuccessResultOutput, error)
	PutJobFailureResult(context.Context, *codepipeline.PutJobFailureResultInput, ...func(*codepipeline.Options)) (*codepipeline.PutJobFailureResultOutput, error)
}

// Jobs answers the jobs with which pipelines invoke a function. CodePipeline takes one answer for a job. A job that is answered, or that CodePipeline
// has given up, stays as it is, and is no error: nobody waits for the answer any more
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html).
type Jobs struct{ pipelines jobs }

// NewJobs opens CodePipeline.
func NewJobs(cfg aws.Config) *Jobs { return &Jobs{pipelines: codepipeline.NewFromConfig(cfg)} }

// An Answer is what a job is told. Exactly one of Token, Variables and Failure is set.
type Answer struct {
	Token     string            // it goes on: the next call brings the token back
	Variables map[string]string // it has succeeded, with what later actions may read
	Failure   types.FailureType // it has failed
	Says      string            // for people; not empty
	Work      string            // the id of what the job waits for, outside of CodePipeline; may be empty
}

// What CodePipeline takes, in characters (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionDetails.html and
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html).
const (
	mostOfASuccess = 2048
	mostOfAFailure = 5000
)

// Answer answers a job.
func (j *Jobs) Answer(ctx context.Context, job string, a Answer) error {
	var work *string
	if a.Work != "" {
		work = &a.Work
	}
	var err error
	if a.Failure != "" {
		_, err = j.pipelines.PutJobFailureResult(ctx, &codepipeline.PutJobFailureResultInput{
			JobId: &job, FailureDetails: &types.FailureDetails{Type: a.Failure, Message: aws.String(short(a.Says, mostOfAFailure)), ExternalExecutionId: work},
		})
	} else {
		in := &codepipeline.PutJobSuccessResultInput{
			JobId: &job, OutputVariables: a.Variables, ExecutionDetails: &types.ExecutionDetails{Summary: aws.String(short(a.Says, mostOfASuccess)), ExternalExecutionId: work},
		}
		if a.Token != "" {
			in.ContinuationToken = &a.Token
		}
		_, err = j.pipelines.PutJobSuccessResult(ctx, in)
	}
	var over *types.InvalidJobStateException
	var gone *types.JobNotFoundException
	if err != nil && !errors.As(err, &over) && !errors.As(err, &gone) {
		return fmt.Errorf("answering job %s: %w", job, err)
	}
	return nil
}

// short cuts a text to a number of characters.
func short(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
