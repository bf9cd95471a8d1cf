package codepipeline

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// StartPipelineExecution begins an execution. It carries the revisions that the call names: there is no repository to read.
func (s *Service) StartPipelineExecution(_ context.Context, in *codepipeline.StartPipelineExecutionInput) (*codepipeline.StartPipelineExecutionOutput, error) {
	if in.Variables != nil {
		return nil, wire.NotImplemented("StartPipelineExecution with variables")
	}
	s.mu.Lock()
	p := s.pipelines[aws.ToString(in.Name)]
	if p == nil {
		s.mu.Unlock()
		return nil, missing(in.Name)
	}
	if err := p.startable(in); err != nil {
		s.mu.Unlock()
		return nil, err
	}
	if token := aws.ToString(in.ClientRequestToken); token != "" { // the SDK's own tries of a call have the same
		if known := p.tokens[token]; known != nil {
			s.mu.Unlock()
			return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: known}, nil
		}
	}
	e := s.begin(p, types.ExecutionTypeStandard, types.TriggerTypeStartPipelineExecution)
	for _, r := range in.SourceRevisions {
		e.ArtifactRevisions = append(e.ArtifactRevisions, types.ArtifactRevision{Name: r.ActionName, RevisionId: r.RevisionValue, Created: aws.Time(time.Now())})
	}
	p.tokens[aws.ToString(in.ClientRequestToken)] = e.PipelineExecutionId
	told := append([]news{s.changes(p, e, types.PipelineExecutionStatusInProgress)}, s.enter(p, e, 0)...)
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.StartPipelineExecutionOutput{PipelineExecutionId: e.PipelineExecutionId}, nil
}

// requestToken is the form of a token
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html).
var requestToken = regexp.MustCompile(`^[a-zA-Z0-9-]{1,128}$`)

// startable refuses tokens of another form, and revisions of what is no source of the pipeline. That the latter is a ValidationException is believed.
func (p *pipeline) startable(in *codepipeline.StartPipelineExecutionInput) error {
	if in.ClientRequestToken != nil && !requestToken.MatchString(*in.ClientRequestToken) {
		return unfit("clientRequestToken", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$")
	}
	for _, r := range in.SourceRevisions {
		if !slices.ContainsFunc(p.stages[0].actions, func(a *action) bool { return *a.Name == aws.ToString(r.ActionName) }) {
			return &types.ValidationException{Message: aws.String("Source action '" + aws.ToString(r.ActionName) + "' does not exist in pipeline '" + *p.Name + "'")}
		}
	}
	return nil
}

// begin makes an execution, which is nowhere yet.
func (s *Service) begin(p *pipeline, kind types.ExecutionType, trigger types.TriggerType) *execution {
	e := &execution{PipelineExecution: types.PipelineExecution{
		PipelineExecutionId: s.id(*p.Name), PipelineName: p.Name, PipelineVersion: p.Version, Status: types.PipelineExecutionStatusInProgress,
		ExecutionType: kind, Trigger: &types.ExecutionTrigger{TriggerType: trigger},
	}, begun: time.Now(), revisions: map[string]string{}, variables: map[string]map[string]string{}}
	e.variables["codepipeline"] = map[string]string{"PipelineExecutionId": *e.PipelineExecutionId}
	p.executions[*e.PipelineExecutionId] = e
	return e
}

// enter lets an execution into a stage, or has it wait at the door. What waited there is superseded.
func (s *Service) enter(p *pipeline, e *execution, at int) (told []news) {
	if at == len(p.stages) {
		return []news{s.changes(p, e, types.PipelineExecutionStatusSucceeded)}
	}
	in := p.stages[at]
	if in.occupied(at) {
		if in.door != nil {
			told = []news{s.changes(p, in.door, types.PipelineExecutionStatusSuperseded)}
		}
		in.door = e
		return told
	}
	return s.run(p, e, at, func(*action) bool { return true })
}

// run begins those actions of a stage that are wanted.
func (s *Service) run(p *pipeline, e *execution, at int, wanted func(*action) bool) (told []news) {
	in := p.stages[at]
	in.last, e.stage, e.state = e, at, types.StageExecutionStatusInProgress
	var begun []*action
	for _, a := range in.actions {
		if a.last == nil || wanted(a) {
			begun = append(begun, a)
		}
	}
	for _, a := range begun {
		now := time.Now()
		a.made, a.last = nil, &types.ActionExecution{ActionExecutionId: s.id(*e.PipelineExecutionId + *a.Name), Status: types.ActionExecutionStatusInProgress, LastStatusChange: &now}
		a.ran = &ran{stage: *in.Name, action: *a.Name, begun: now, last: a.last}
		e.ran = append(e.ran, a.ran)
		told = append(told, s.news(p, in, a, e, "STARTED"))
	}
	for _, a := range begun {
		switch {
		case a.approval():
			a.last.Token = s.id("token")
		case a.invokes():
			s.act(p, in, a, e)
		case a.builds():
			s.build(p, in, a, e)
		case a.executes():
			s.execute(p, in, a, e)
		default:
			e.bring(a)
			told = append(told, s.ends(p, in, a, e, types.ActionExecutionStatusSucceeded)...)
		}
	}
	return told
}

// occupied says whether an execution is in the stage.
func (st *stage) occupied(at int) bool {
	return st.last != nil && st.last.stage == at && st.last.state == types.StageExecutionStatusInProgress
}

// bring is what a source does: its artifacts are of the revision that was named for it, and its variables say so
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html).
func (e *execution) bring(a *action) {
	for _, r := range e.ArtifactRevisions {
		if *r.Name != *a.Name {
			continue
		}
		for _, made := range a.OutputArtifacts {
			e.revisions[*made.Name] = aws.ToString(r.RevisionId)
		}
		a.made = map[string]string{"CommitId": aws.ToString(r.RevisionId)}
	}
}

// ends is what follows when an action ends: the stage waits for its other actions, or is left, or fails.
func (s *Service) ends(p *pipeline, st *stage, a *action, e *execution, status types.ActionExecutionStatus) []news {
	now, state := time.Now(), "SUCCEEDED"
	a.last.Status, a.last.LastStatusChange, a.ran.made = status, &now, maps.Clone(a.made)
	if status == types.ActionExecutionStatusFailed {
		state = "FAILED"
	} else if a.Namespace != nil {
		e.variables[*a.Namespace] = a.made
	}
	told := []news{s.news(p, st, a, e, state)}
	switch {
	case e.state != types.StageExecutionStatusInProgress: // another action of the stage has failed already
		return told
	case state == "FAILED":
		return append(told, s.fail(p, e, st.OnFailure != nil)...)
	case !st.done():
		return told
	case e.Status == types.PipelineExecutionStatusStopping:
		e.state = types.StageExecutionStatusStopped
		return append(append(told, s.changes(p, e, types.PipelineExecutionStatusStopped)), s.open(p, st, e.stage)...)
	case len(st.rules) > 0 && !e.rolledBack():
		return append(told, s.judge(p, st, e)...)
	}
	return append(told, s.leave(p, e)...)
}

// leave takes an execution from its stage to the next, and lets in who waits at the door. A rollback is of its stage alone.
func (s *Service) leave(p *pipeline, e *execution) (told []news) {
	in, at := p.stages[e.stage], e.stage
	e.state, in.succeeded = types.StageExecutionStatusSucceeded, append(in.succeeded, e)
	next := at + 1
	if e.rolledBack() {
		next = len(p.stages)
	}
	return append(s.enter(p, e, next), s.open(p, in, at)...)
}

// fail ends an execution in its stage, and takes the stage back if it is to be.
func (s *Service) fail(p *pipeline, e *execution, back bool) []news {
	in, at := p.stages[e.stage], e.stage
	e.state = types.StageExecutionStatusFailed
	told := []news{s.changes(p, e, types.PipelineExecutionStatusFailed)}
	for _, a := range in.actions {
		if a.call != nil {
			a.call.stop()
		}
	}
	if target := in.before(p); back && target != nil && !e.rolledBack() {
		return append(told, s.back(p, at, target, types.TriggerTypeAutomatedRollback)...)
	}
	return append(told, s.open(p, in, at)...)
}

// open lets in who waits at the door of a stage.
func (s *Service) open(p *pipeline, in *stage, at int) []news {
	next := in.door
	if next == nil {
		return nil
	}
	in.door = nil
	return s.enter(p, next, at)
}
