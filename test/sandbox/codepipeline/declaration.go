package codepipeline

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// declare gives the pipeline a structure, if it is one that AWS takes and that is implemented here.
func (p *pipeline) declare(d types.PipelineDeclaration) error {
	if d.ExecutionMode != "" && d.ExecutionMode != types.ExecutionModeSuperseded {
		return wire.NotImplemented("a pipeline in execution mode " + string(d.ExecutionMode))
	}
	if len(d.Stages) < 2 {
		return structure("Pipeline has %d stage(s). There should be a minimum of two stages in a pipeline", len(d.Stages))
	}
	var stages []*stage
	for i, declared := range d.Stages {
		if err := conditions(d, i); err != nil {
			return err
		}
		made := &stage{StageDeclaration: declared}
		for _, a := range declared.Actions {
			one := &action{ActionDeclaration: a}
			if err := one.known(i == 0); err != nil {
				return err
			}
			if aws.ToInt32(a.RunOrder) != aws.ToInt32(declared.Actions[0].RunOrder) {
				return wire.NotImplemented("a pipeline with actions of a stage that run one after the other")
			}
			made.actions = append(made.actions, one)
		}
		if on := declared.OnSuccess; on != nil {
			for _, r := range on.Conditions[0].Rules {
				made.rules = append(made.rules, &rule{RuleDeclaration: r})
			}
		}
		stages = append(stages, made)
	}
	version := aws.ToInt32(p.Version) + 1
	p.PipelineDeclaration, p.stages = d, stages
	p.Version = &version
	return nil
}

// known refuses actions that are not implemented. Functions and state machines are checked as AWS does
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html and
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html).
func (a *action) known(first bool) error {
	manual := a.approval() && aws.ToString(a.ActionTypeId.Provider) == "Manual"
	switch {
	case first && a.ActionTypeId.Category == types.ActionCategorySource, !first && manual:
		return nil
	case !first && a.invokes():
		return configured(*a.Name, a.Configuration, "FunctionName", "UserParameters")
	case !first && a.builds() && len(a.InputArtifacts) == 1:
		return configured(*a.Name, a.Configuration, "ProjectName")
	case !first && a.executes() && a.Configuration["InputType"] == "FilePath":
		return wire.NotImplemented("an action of Step Functions whose input is a file")
	case !first && a.executes():
		return configured(*a.Name, a.Configuration, "StateMachineArn", "ExecutionNamePrefix", "InputType", "Input")
	}
	return wire.NotImplemented("a pipeline with actions other than sources, builds of CodeBuild with one input, manual approvals, functions of Lambda and executions of Step Functions")
}

// configured refuses a configuration without what is required, or with what nobody knows.
func configured(name string, configuration map[string]string, required string, more ...string) error {
	for key := range configuration {
		if key != required && !slices.Contains(more, key) {
			return structure("Action configuration for action '%s' contains unknown configuration '%s'", name, key)
		}
	}
	if configuration[required] == "" {
		return structure("Action configuration for action '%s' is missing required configuration '%s'", name, required)
	}
	return nil
}

// conditions refuses what AWS refuses of a stage's conditions, and what is not implemented. Results are FAIL or ROLLBACK for onSuccess, and ROLLBACK for
// onFailure (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html); a condition has at most five rules
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html); both are of pipelines of type V2
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html).
func conditions(d types.PipelineDeclaration, at int) error {
	st := d.Stages[at]
	switch on := st.OnSuccess; {
	case (on != nil || st.OnFailure != nil || st.BeforeEntry != nil) && d.PipelineType != types.PipelineTypeV2:
		return structure("Stage conditions are supported for V2 pipelines only: stage '%s'", *st.Name)
	case st.BeforeEntry != nil:
		return wire.NotImplemented("a pipeline with conditions beforeEntry")
	case st.OnFailure != nil && (st.OnFailure.Result != types.ResultRollback || st.OnFailure.Conditions != nil || st.OnFailure.RetryConfiguration != nil):
		return wire.NotImplemented("a pipeline with conditions onFailure other than a rollback")
	case on == nil:
		return nil
	case len(on.Conditions) != 1 || len(on.Conditions[0].Rules) < 1 || len(on.Conditions[0].Rules) > 5:
		return structure("Stage '%s' must have one condition with one to five rules", *st.Name)
	case !slices.Contains([]types.Result{types.ResultRollback, types.ResultFail}, on.Conditions[0].Result):
		return structure("Condition result '%s' is not supported for onSuccess in stage '%s'", on.Conditions[0].Result, *st.Name)
	}
	for _, r := range st.OnSuccess.Conditions[0].Rules {
		if aws.ToString(r.RuleTypeId.Provider) != "LambdaInvoke" {
			return wire.NotImplemented("a pipeline with rules other than LambdaInvoke")
		}
		if err := configured(*r.Name, r.Configuration, "FunctionName", "UserParameters"); err != nil {
			return err
		}
	}
	return nil
}

func structure(format string, values ...any) error {
	return &types.InvalidStructureException{Message: aws.String(fmt.Sprintf(format, values...))}
}
