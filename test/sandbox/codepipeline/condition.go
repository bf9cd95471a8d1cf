package codepipeline

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// A rule is one of a condition's, with how it went for the execution that is in the stage, or was the last.
type rule struct {
	types.RuleDeclaration
	last *types.RuleExecution
	call *call // while it runs
}

// judge has the functions of a stage's condition say whether the stage may succeed. "If all rules in a condition succeed, then the condition is met"; if
// one fails, its result follows (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html). That a rollback is not judged
// again is believed.
func (s *Service) judge(p *pipeline, st *stage, e *execution) []news {
	for _, r := range st.rules {
		now := time.Now()
		r.last = &types.RuleExecution{RuleExecutionId: s.id(*e.PipelineExecutionId + *r.Name), Status: types.RuleExecutionStatusInProgress, LastStatusChange: &now}
		r.call = &call{pipeline: p, execution: e, name: *r.Name, role: p.roleOf(r.RoleArn), configuration: r.Configuration, artifacts: r.InputArtifacts, since: now}
		r.call.ends = func(o outcome) []news { return s.judged(p, st, r, e, o) }
	}
	for _, r := range st.rules {
		s.next(r.call)
	}
	return nil
}

// judged is what follows when a rule ends.
func (s *Service) judged(p *pipeline, st *stage, r *rule, e *execution, o outcome) []news {
	now := time.Now()
	r.call, r.last.LastStatusChange, r.last.ErrorDetails, r.last.Summary, r.last.ExternalExecutionId = nil, &now, o.failure, o.details.Summary, o.details.ExternalExecutionId
	r.last.Status = types.RuleExecutionStatusSucceeded
	if o.failure != nil {
		r.last.Status = types.RuleExecutionStatusFailed
		for _, other := range st.rules {
			if other.call != nil {
				other.call.stop()
			}
		}
		return s.fail(p, e, st.OnSuccess.Conditions[0].Result == types.ResultRollback)
	}
	for _, other := range st.rules {
		if other.last.Status != types.RuleExecutionStatusSucceeded {
			return nil
		}
	}
	return s.leave(p, e)
}

// condition is how the condition onSuccess of a stage stands.
func (st *stage) condition() *types.StageConditionState {
	if len(st.rules) == 0 || st.rules[0].last == nil {
		return nil
	}
	status := types.ConditionExecutionStatusSucceeded
	state := types.ConditionState{}
	for _, r := range st.rules {
		last := *r.last
		state.RuleStates = append(state.RuleStates, types.RuleState{RuleName: r.Name, LatestExecution: &last})
		switch {
		case last.Status == types.RuleExecutionStatusFailed:
			status = types.ConditionExecutionStatusFailed
		case last.Status == types.RuleExecutionStatusInProgress && status == types.ConditionExecutionStatusSucceeded:
			status = types.ConditionExecutionStatusInProgress
		}
	}
	state.LatestExecution = &types.ConditionExecution{Status: status, Summary: aws.String("")}
	return &types.StageConditionState{ConditionStates: []types.ConditionState{state}, LatestExecution: &types.StageConditionsExecution{Status: status}}
}
