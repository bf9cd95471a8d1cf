package codepipeline

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/events"
	"sluice/shared/builds"
)

type runs interface {
	StartPipelineExecution(context.Context, *codepipeline.StartPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.StartPipelineExecutionOutput, error)
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
	ListActionExecutions(context.Context, *codepipeline.ListActionExecutionsInput, ...func(*codepipeline.Options)) (*codepipeline.ListActionExecutionsOutput, error)
	StopPipelineExecution(context.Context, *codepipeline.StopPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.StopPipelineExecutionOutput, error)
}

// Runs are executions of pipelines that make revisions of commits. Their handle is the pipeline and the execution: "shop/1b2c...".
type Runs struct {
	pipelines runs
	region    string
}

// NewRuns opens CodePipeline.
func NewRuns(cfg aws.Config) *Runs {
	return &Runs{pipelines: codepipeline.NewFromConfig(cfg), region: cfg.Region}
}

// Start begins an execution that has the commit for the revision of the pipeline's source action
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevisionOverride.html). That the same token answers the same execution is
// CodePipeline's word without a time.
func (r *Runs) Start(ctx context.Context, o builds.Order) (builds.Build, error) {
	p := *o.By.CodePipeline
	out, err := r.pipelines.StartPipelineExecution(ctx, &codepipeline.StartPipelineExecutionInput{
		Name: &p.Pipeline, ClientRequestToken: &o.Token,
		SourceRevisions: []types.SourceRevisionOverride{{ActionName: &p.SourceAction, RevisionType: types.SourceRevisionTypeCommitId, RevisionValue: &o.Commit}},
	})
	if err != nil {
		err = fmt.Errorf("starting pipeline %s: %w", p.Pipeline, err)
		if refused(err) {
			err = &builds.RefusedError{Err: err}
		}
		return builds.Build{}, err
	}
	return r.named(events.RunHandle(p.Pipeline, *out.PipelineExecutionId)), nil
}

// refused says whether CodePipeline will never start this: there is no such pipeline, or no such action in it.
func refused(err error) bool {
	var missing *types.PipelineNotFoundException
	var invalid *types.ValidationException
	return errors.As(err, &missing) || errors.As(err, &invalid)
}

// split is the pipeline and the execution that a handle names (events.RunHandle).
func split(handle string) (pipeline, execution string) {
	pipeline, execution, _ = strings.Cut(handle, "/")
	return pipeline, execution
}

// named is an execution of which nothing is known but its name.
func (r *Runs) named(handle string) builds.Build {
	pipeline, execution := split(handle)
	host := r.region + ".console.aws.amazon.com"
	switch {
	case strings.HasPrefix(r.region, "us-gov-"):
		host = "console.amazonaws-us-gov.com"
	case strings.HasPrefix(r.region, "cn-"):
		host = "console.amazonaws.cn"
	}
	return builds.Build{Handle: handle, Page: fmt.Sprintf("https://%s/codesuite/codepipeline/pipelines/%s/executions/%s/timeline?region=%s", host, url.PathEscape(pipeline), execution, r.region)}
}

// Running says whether an execution has not ended.
func (r *Runs) Running(ctx context.Context, handle string) (bool, error) {
	b, err := r.read(ctx, handle)
	return b.Status == builds.Running, err
}

// Build reads an execution, and when it has ended what its actions have put out, or which of them failed.
func (r *Runs) Build(ctx context.Context, handle string) (builds.Build, error) {
	b, err := r.read(ctx, handle)
	if err != nil || b.Status == builds.Running {
		return b, err
	}
	return b, r.actions(ctx, &b)
}

func (r *Runs) read(ctx context.Context, handle string) (builds.Build, error) {
	b := r.named(handle)
	pipeline, execution := split(handle)
	out, err := r.pipelines.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &pipeline, PipelineExecutionId: &execution})
	var gone *types.PipelineExecutionNotFoundException
	var missing *types.PipelineNotFoundException
	switch {
	case errors.As(err, &gone) || errors.As(err, &missing): // it was deleted meanwhile
		b.Status, b.Why = builds.Failed, "CodePipeline does not know its execution any more"
		return b, nil
	case err != nil:
		return b, fmt.Errorf("reading execution %s: %w", handle, err)
	}
	switch status := out.PipelineExecution.Status; status {
	case types.PipelineExecutionStatusInProgress, types.PipelineExecutionStatusStopping, "":
	case types.PipelineExecutionStatusSucceeded:
		b.Status = builds.Succeeded
	default:
		b.Status, b.Why = builds.Failed, "CodePipeline says "+string(status)
	}
	return b, nil
}

// actions reads what the actions of an execution have put out, and the first that failed. They are listed the newest first, so of two actions that put
// out the same variable the later one counts.
func (r *Runs) actions(ctx context.Context, b *builds.Build) error {
	pipeline, execution := split(b.Handle)
	b.Exported = map[string]string{}
	pages := codepipeline.NewListActionExecutionsPaginator(r.pipelines, &codepipeline.ListActionExecutionsInput{
		PipelineName: &pipeline, Filter: &types.ActionExecutionFilter{PipelineExecutionId: &execution},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("reading the actions of execution %s: %w", b.Handle, err)
		}
		for _, a := range page.ActionExecutionDetails {
			if a.Status == types.ActionExecutionStatusFailed {
				b.Why = fmt.Sprintf("action %s of stage %s: %s", aws.ToString(a.ActionName), aws.ToString(a.StageName), failure(a.Output))
			}
			if a.Output == nil {
				continue
			}
			for name, value := range a.Output.OutputVariables {
				if _, later := b.Exported[name]; !later {
					b.Exported[name] = value
				}
			}
		}
	}
	return nil
}

// failure is what an action said when it failed.
func failure(out *types.ActionExecutionOutput) string {
	if out != nil && out.ExecutionResult != nil {
		result := out.ExecutionResult
		said := aws.ToString(result.ExternalExecutionSummary)
		if result.ErrorDetails != nil && aws.ToString(result.ErrorDetails.Message) != "" {
			said = aws.ToString(result.ErrorDetails.Message)
		}
		if said = strings.TrimSuffix(events.Line(said), "."); said != "" {
			return said
		}
	}
	return "it failed"
}

// Stop ends an execution that nobody waits for any more, when the actions that run have ended. It may have ended by itself.
func (r *Runs) Stop(ctx context.Context, handle string) error {
	pipeline, execution := split(handle)
	_, err := r.pipelines.StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{
		PipelineName: &pipeline, PipelineExecutionId: &execution, Reason: aws.String("the release of Sluice that it was for has ended"),
	})
	var over *types.PipelineExecutionNotStoppableException
	var stopping *types.DuplicatedStopRequestException
	if err != nil && !refused(err) && !errors.As(err, &over) && !errors.As(err, &stopping) {
		return fmt.Errorf("stopping execution %s: %w", handle, err)
	}
	return nil
}
