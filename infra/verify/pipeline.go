package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/shared/rollout"
)

// stage looks for the stage that a hook takes back.
func (a *Account) stage(at string, p rollout.PipelineStage) look {
	return a.pipeline(at+".rollBackStage", p.Pipeline, func(stages []types.StageState) string {
		there := slices.ContainsFunc(stages, func(s types.StageState) bool { return aws.ToString(s.StageName) == p.Stage })
		return unless(there, fmt.Sprintf("pipeline %s has no stage %s", p.Pipeline, p.Stage))
	})
}

// builder looks for the pipeline that builds, and for its source action, which stands in its first stage
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html).
func (a *Account) builder(p rollout.BuildPipeline) look {
	return a.pipeline("source.build.codePipeline", p.Pipeline, func(stages []types.StageState) string {
		there := len(stages) > 0 && slices.ContainsFunc(stages[0].ActionStates, func(s types.ActionState) bool { return aws.ToString(s.ActionName) == p.SourceAction })
		return unless(there, fmt.Sprintf("the first stage of pipeline %s has no action %s", p.Pipeline, p.SourceAction))
	})
}

// pipeline looks for a pipeline, and for what else must be there in its stages.
func (a *Account) pipeline(at, name string, missing func(stages []types.StageState) string) look {
	return look{at, "pipeline " + name, func(ctx context.Context) (string, error) {
		out, err := codepipeline.NewFromConfig(a.engine.AWS).GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: &name})
		if none := new(types.PipelineNotFoundException); errors.As(err, &none) {
			return "there is no pipeline " + name, nil
		}
		if err != nil {
			return "", err
		}
		return missing(out.StageStates), nil
	}, "correct its name: aws codepipeline list-pipelines"}
}
