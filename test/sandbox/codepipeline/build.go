package codepipeline

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// A Built is how a build of CodeBuild has ended.
type Built struct {
	ID       string // CodeBuild's, of the build
	Failed   string // why; empty when it has succeeded
	Exported map[string]string
}

// builds says whether an action is a build of CodeBuild.
func (a *action) builds() bool {
	return a.ActionTypeId.Category == types.ActionCategoryBuild && aws.ToString(a.ActionTypeId.Provider) == "CodeBuild"
}

// commit is the revision of an action's first input artifact.
func (e *execution) commit(a *action) string {
	if len(a.InputArtifacts) == 0 {
		return ""
	}
	return e.revisions[aws.ToString(a.InputArtifacts[0].Name)]
}

// build has CodeBuild carry an action out, with the commit of its input. What the buildspec exports become variables of the action's namespace
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html); that there are none without a namespace is believed.
func (s *Service) build(p *pipeline, st *stage, a *action, e *execution) {
	role, project, commit, last := p.roleOf(a.RoleArn), a.Configuration["ProjectName"], e.commit(a), a.last
	go func() {
		built, err := s.Build(s.ctx, role, project, commit)
		if s.ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		status := types.ActionExecutionStatusSucceeded
		if err != nil {
			built.Failed = err.Error()
		}
		if built.ID != "" {
			last.ExternalExecutionId = &built.ID
		}
		if a.Namespace != nil {
			a.made = built.Exported
		}
		if built.Failed != "" {
			status, last.ErrorDetails = types.ActionExecutionStatusFailed, &types.ErrorDetails{Code: aws.String("JobFailed"), Message: &built.Failed}
		}
		for _, made := range a.OutputArtifacts { // what is made of a commit is of that commit
			e.revisions[*made.Name] = commit
		}
		told := s.ends(p, st, a, e, status)
		s.mu.Unlock()
		s.tell(told)
	}()
}

// A ran is an action of an execution, as it went.
type ran struct {
	stage, action string
	begun         time.Time
	last          *types.ActionExecution
	made          map[string]string
}

func (e *execution) describe(r *ran) types.ActionExecutionDetail {
	return types.ActionExecutionDetail{
		ActionExecutionId: r.last.ActionExecutionId, ActionName: &r.action, StageName: &r.stage, PipelineExecutionId: e.PipelineExecutionId, PipelineVersion: e.PipelineVersion,
		StartTime: &r.begun, LastUpdateTime: r.last.LastStatusChange, Status: r.last.Status,
		Output: &types.ActionExecutionOutput{OutputVariables: r.made, ExecutionResult: &types.ActionExecutionResult{
			ErrorDetails: r.last.ErrorDetails, ExternalExecutionId: r.last.ExternalExecutionId, ExternalExecutionSummary: r.last.Summary,
		}},
	}
}
