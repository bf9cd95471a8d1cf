package sandbox

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscodebuild "github.com/aws/aws-sdk-go-v2/service/codebuild"
	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/test/sandbox/codepipeline"
)

// job queues a job of a pipeline for a function, on the permissions of the role that the pipeline or its action has.
func (s *Sandbox) job(ctx context.Context, role, function string, payload []byte) error {
	return s.options.Hop(ctx, Hop{From: "codepipeline", Target: function, Payload: payload}, func(ctx context.Context) error {
		return s.invoke(ctx, sender{service: byPipelines, role: role}, function, payload)
	})
}

// build has CodeBuild build a commit for a pipeline, on the permissions of its role.
func (s *Sandbox) build(_ context.Context, role, project, commit string) (codepipeline.Built, error) {
	if err := s.access.allow(sender{service: byPipelines, role: role}, "codebuild:StartBuild", s.options.Home.ARN("codebuild", "project/"+project)); err != nil {
		return codepipeline.Built{}, err
	}
	b, err := s.CodeBuild.Complete(&awscodebuild.StartBuildInput{ProjectName: &project, SourceVersion: &commit})
	if err != nil {
		return codepipeline.Built{}, err
	}
	built := codepipeline.Built{ID: *b.Id, Exported: map[string]string{}}
	for _, v := range b.ExportedEnvironmentVariables {
		built.Exported[*v.Name] = *v.Value
	}
	if b.BuildStatus != codebuildtypes.StatusTypeSucceeded {
		built.Failed = "Build terminated with state: " + string(b.BuildStatus)
	}
	return built, nil
}

// described is how often CodePipeline looks whether an execution has ended. No page says it.
const described = 15 * time.Second

// carryOut has Step Functions carry out an execution for a pipeline, with the calls that AWS's page wants its role to be allowed
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html).
func (s *Sandbox) carryOut(ctx context.Context, role string, e codepipeline.Execution) (codepipeline.Executed, error) {
	states := awssfn.NewFromConfig(s.Config(role))
	if _, err := states.DescribeStateMachine(ctx, &awssfn.DescribeStateMachineInput{StateMachineArn: &e.Machine}); err != nil {
		return codepipeline.Executed{}, err
	}
	begun, err := states.StartExecution(ctx, &awssfn.StartExecutionInput{StateMachineArn: &e.Machine, Name: &e.Name, Input: &e.Input})
	if err != nil {
		return codepipeline.Executed{}, err
	}
	done := codepipeline.Executed{ARN: *begun.ExecutionArn}
	for {
		out, err := states.DescribeExecution(ctx, &awssfn.DescribeExecutionInput{ExecutionArn: begun.ExecutionArn})
		if err != nil {
			return done, err
		}
		switch out.Status {
		case sfntypes.ExecutionStatusRunning:
		case sfntypes.ExecutionStatusSucceeded:
			return done, nil
		default:
			done.Failed = "The execution " + aws.ToString(begun.ExecutionArn) + " ended with status " + string(out.Status)
			return done, nil
		}
		select {
		case <-ctx.Done():
			return done, ctx.Err()
		case <-time.After(described):
		}
	}
}
