// Package codepipeline is AWS CodePipeline on one machine, as far as Sluice meets it: pipelines of sources, builds of CodeBuild, manual approvals,
// functions of Lambda and executions of Step Functions, with conditions whose rules invoke functions; executions that carry revisions, and rollbacks of
// stages; the answers of people, with the events that tell of them.
//
// Every other kind of action, contents of artifacts, triggers, transitions, overrides and notifications are not implemented. The actions of a
// stage run at the same time. An execution that reaches an occupied stage waits before it, and a newer execution takes its place there, as in the
// mode SUPERSEDED. Documentation followed: https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html and
// https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html.
package codepipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home wire.Home
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
	// Invoke has a function run, on the permissions of a role, and does not wait for it.
	Invoke func(ctx context.Context, role, function string, payload []byte) error
	// Build has CodeBuild build a commit, on the permissions of a role, and waits for its end.
	Build func(ctx context.Context, role, project, commit string) (Built, error)
	// Execute has Step Functions carry out an execution, on the permissions of a role, and waits for its end.
	Execute func(ctx context.Context, role string, e Execution) (Executed, error)
}

// A Service is one account's CodePipeline.
type Service struct {
	Options
	ctx       context.Context
	mu        sync.Mutex
	pipelines map[string]*pipeline
	jobs      map[string]*call // by id
	count     int              // of ids that were given
}

// New makes a service without pipelines.
func New(ctx context.Context, o Options) *Service {
	return &Service{Options: o, ctx: ctx, pipelines: map[string]*pipeline{}, jobs: map[string]*call{}}
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "codepipeline", Target: "CodePipeline_20150709", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

// A pipeline is its declaration and what is in each stage.
type pipeline struct {
	types.PipelineDeclaration
	stages     []*stage
	executions map[string]*execution
	tokens     map[string]*string // ids of executions, by the token of the call that began them
}

type stage struct {
	types.StageDeclaration
	last      *execution // that is in it, or was the last
	door      *execution // that waits to be let in
	actions   []*action
	rules     []*rule      // of its condition onSuccess
	succeeded []*execution // in their order
}

type action struct {
	types.ActionDeclaration
	last *types.ActionExecution
	made map[string]string // variables
	ran  *ran              // of the execution that is in the stage, or was the last
	call *call             // of a function, while the action runs
}

type execution struct {
	types.PipelineExecution
	stage     int
	state     types.StageExecutionStatus // in that stage
	begun     time.Time
	ran       []*ran                       // its actions, in the order in which they began
	revisions map[string]string            // by artifact
	variables map[string]map[string]string // by namespace
}

// approval says whether an action is a manual approval.
func (a *action) approval() bool { return a.ActionTypeId.Category == types.ActionCategoryApproval }

// invokes says whether an action is a function of Lambda.
func (a *action) invokes() bool {
	return a.ActionTypeId.Category == types.ActionCategoryInvoke && aws.ToString(a.ActionTypeId.Provider) == "Lambda"
}

// rolledBack says whether an execution is the rollback of a stage.
func (e *execution) rolledBack() bool { return e.ExecutionType == types.ExecutionTypeRollback }

// CreatePipeline makes a pipeline. It does not start by itself here.
func (s *Service) CreatePipeline(_ context.Context, in *codepipeline.CreatePipelineInput) (*codepipeline.CreatePipelineOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pipelines[aws.ToString(in.Pipeline.Name)] != nil {
		return nil, &types.PipelineNameInUseException{Message: aws.String("A pipeline with the name '" + *in.Pipeline.Name + "' already exists in account '" + s.Home.Account + "'")}
	}
	p := &pipeline{executions: map[string]*execution{}, tokens: map[string]*string{}}
	if err := p.declare(*in.Pipeline); err != nil {
		return nil, err
	}
	s.pipelines[*p.Name] = p
	return &codepipeline.CreatePipelineOutput{Pipeline: &p.PipelineDeclaration}, nil
}

// UpdatePipeline gives a pipeline another structure, with the next version. Only one in which nothing runs can be changed here.
func (s *Service) UpdatePipeline(_ context.Context, in *codepipeline.UpdatePipelineInput) (*codepipeline.UpdatePipelineOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pipelines[aws.ToString(in.Pipeline.Name)]
	if p == nil {
		return nil, missing(in.Pipeline.Name)
	}
	for _, e := range p.executions {
		if e.Status == types.PipelineExecutionStatusInProgress {
			return nil, wire.NotImplemented("UpdatePipeline while an execution is in progress")
		}
	}
	before := p.stages
	if err := p.declare(*in.Pipeline); err != nil {
		return nil, err
	}
	for _, st := range p.stages { // what has succeeded in a stage stays known
		if i := slices.IndexFunc(before, func(o *stage) bool { return *o.Name == *st.Name }); i >= 0 {
			st.succeeded = before[i].succeeded
		}
	}
	return &codepipeline.UpdatePipelineOutput{Pipeline: &p.PipelineDeclaration}, nil
}

// id is unique, looks like a UUID and is the same each time that the same is done.
func (s *Service) id(of string) *string {
	s.count++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", of, s.count))
	h := hex.EncodeToString(sum[:16])
	return aws.String(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

func missing(name *string) error {
	return &types.PipelineNotFoundException{Message: aws.String("Account does not have a pipeline with name '" + aws.ToString(name) + "'")}
}

func (s *Service) arn(resource string) string {
	return s.Home.ARN("codepipeline", resource)
}

// scope is the ARN that a call is about: an action for its answer, a stage for its rollback and its retry, the pipeline otherwise. Answers to jobs have no
// resource to name
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html).
func (s *Service) scope(operation string, input any) []wire.Grant {
	resource := "*"
	switch in := input.(type) {
	case *codepipeline.PutApprovalResultInput:
		resource = s.arn(aws.ToString(in.PipelineName) + "/" + aws.ToString(in.StageName) + "/" + aws.ToString(in.ActionName))
	case *codepipeline.GetPipelineStateInput:
		resource = s.arn(aws.ToString(in.Name))
	case *codepipeline.GetPipelineExecutionInput:
		resource = s.arn(aws.ToString(in.PipelineName))
	case *codepipeline.StartPipelineExecutionInput:
		resource = s.arn(aws.ToString(in.Name))
	case *codepipeline.StopPipelineExecutionInput:
		resource = s.arn(aws.ToString(in.PipelineName))
	case *codepipeline.UpdatePipelineInput:
		resource = s.arn(aws.ToString(in.Pipeline.Name))
	case *codepipeline.RollbackStageInput:
		resource = s.arn(aws.ToString(in.PipelineName) + "/" + aws.ToString(in.StageName))
	case *codepipeline.RetryStageExecutionInput:
		resource = s.arn(aws.ToString(in.PipelineName) + "/" + aws.ToString(in.StageName))
	case *codepipeline.ListActionExecutionsInput:
		resource = s.arn(aws.ToString(in.PipelineName))
	case *codepipeline.ListPipelineExecutionsInput:
		resource = s.arn(aws.ToString(in.PipelineName))
	}
	return []wire.Grant{{Action: "codepipeline:" + operation, Resource: resource}}
}
