package codepipeline

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

var tokenForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// PutApprovalResult answers a manual approval that waits.
func (s *Service) PutApprovalResult(ctx context.Context, in *codepipeline.PutApprovalResultInput) (*codepipeline.PutApprovalResultOutput, error) {
	return s.PutApprovalResultAs(s.principal(wire.Caller(ctx)), in)
}

// PutApprovalResultAs is PutApprovalResult by somebody, named by an ARN as CloudTrail writes it.
func (s *Service) PutApprovalResultAs(by string, in *codepipeline.PutApprovalResultInput) (*codepipeline.PutApprovalResultOutput, error) {
	s.mu.Lock()
	p, st, a, err := s.find(in)
	if err == nil {
		err = a.open(in)
	}
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	now, status := time.Now(), types.ActionExecutionStatusSucceeded
	if in.Result.Status == types.ApprovalStatusRejected {
		status = types.ActionExecutionStatusFailed
	}
	a.last.Summary, a.last.LastUpdatedBy = in.Result.Summary, &by
	told := slices.Insert(s.ends(p, st, a, st.last, status), 1, s.trail(by, in, now))
	s.mu.Unlock()
	s.tell(told)
	return &codepipeline.PutApprovalResultOutput{ApprovedAt: &now}, nil
}

func (s *Service) find(in *codepipeline.PutApprovalResultInput) (*pipeline, *stage, *action, error) {
	p := s.pipelines[aws.ToString(in.PipelineName)]
	if p == nil {
		return nil, nil, nil, missing(in.PipelineName)
	}
	for _, st := range p.stages {
		if *st.Name != aws.ToString(in.StageName) {
			continue
		}
		for _, a := range st.actions {
			if *a.Name == aws.ToString(in.ActionName) && a.approval() {
				return p, st, a, nil
			}
		}
		return nil, nil, nil, &types.ActionNotFoundException{Message: aws.String("Action '" + aws.ToString(in.ActionName) + "' does not exist in stage '" + *st.Name + "'")}
	}
	return nil, nil, nil, &types.StageNotFoundException{Message: aws.String("Stage '" + aws.ToString(in.StageName) + "' does not exist in pipeline '" + *p.Name + "'")}
}

// open refuses answers to what does not wait, and with the token of another wait.
func (a *action) open(in *codepipeline.PutApprovalResultInput) error {
	token := aws.ToString(in.Token)
	switch {
	case !tokenForm.MatchString(token):
		return &types.ValidationException{Message: aws.String("Value at 'token' failed to satisfy constraint: Member must satisfy regular expression pattern: " + tokenForm.String())}
	case in.Result == nil || in.Result.Summary == nil || len([]rune(*in.Result.Summary)) > 512:
		return &types.ValidationException{Message: aws.String("Value at 'result.summary' failed to satisfy constraint: Member must have length less than or equal to 512")}
	case in.Result.Status != types.ApprovalStatusApproved && in.Result.Status != types.ApprovalStatusRejected:
		return &types.ValidationException{Message: aws.String("Value at 'result.status' failed to satisfy constraint: Member must satisfy enum value set: [Approved, Rejected]")}
	case a.last == nil || token != aws.ToString(a.last.Token):
		return &types.InvalidApprovalTokenException{Message: aws.String("The approval token is invalid")}
	case a.last.Status != types.ActionExecutionStatusInProgress:
		return &types.ApprovalAlreadyCompletedException{Message: aws.String("The approval has already been completed")}
	}
	return nil
}

// done says whether no action of the stage waits any more.
func (st *stage) done() bool {
	for _, a := range st.actions {
		if a.last.Status != types.ActionExecutionStatusSucceeded {
			return false
		}
	}
	return true
}

// principal is a caller as CloudTrail names them: a role by its session.
func (s *Service) principal(caller string) string {
	if _, role, is := strings.Cut(caller, ":role/"); is {
		return s.Home.Global("sts", "assumed-role/"+role[strings.LastIndexByte(role, '/')+1:]+"/sandbox")
	}
	return s.Home.Global("iam", "user/keyboard")
}
