// Package codepipeline is AWS CodePipeline on one machine, as far as its manual approvals need it: pipelines of source and manual
// approval actions, executions that carry revisions, and the answers of people, with the events that tell of them.
//
// Every other kind of action, artifacts, triggers, transitions, conditions, retries, rollbacks and notifications are not implemented. An
// execution that reaches an occupied stage waits before it, and a newer execution takes its place there, as in the mode SUPERSEDED.
// Documentation followed: https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html and
// https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html.
package codepipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"sluice/test/sandbox/wire"
)

// Options of a Service.
type Options struct {
	Home wire.Home
	Emit func(ctx context.Context, detailType string, resources []string, detail any)
}

// A Service is one account's CodePipeline.
type Service struct {
	Options
	ctx       context.Context
	mu        sync.Mutex
	pipelines map[string]*pipeline
	count     int // of ids that were given
}

// New makes a service without pipelines.
func New(ctx context.Context, o Options) *Service {
	return &Service{Options: o, ctx: ctx, pipelines: map[string]*pipeline{}}
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
	last    *execution // that is in it, or was the last
	door    *execution // that waits to be let in
	actions []*action
}

type action struct {
	types.ActionDeclaration
	last *types.ActionExecution
}

type execution struct {
	types.PipelineExecution
	stage int
	state types.StageExecutionStatus // in that stage
}

// approval says whether an action is a manual approval.
func (a *action) approval() bool { return a.ActionTypeId.Category == types.ActionCategoryApproval }

// CreatePipeline makes a pipeline. It does not start by itself here.
func (s *Service) CreatePipeline(_ context.Context, in *codepipeline.CreatePipelineInput) (*codepipeline.CreatePipelineOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &pipeline{PipelineDeclaration: *in.Pipeline, executions: map[string]*execution{}, tokens: map[string]*string{}}
	if s.pipelines[aws.ToString(p.Name)] != nil {
		return nil, &types.PipelineNameInUseException{Message: aws.String("A pipeline with the name '" + *p.Name + "' already exists in account '" + s.Home.Account + "'")}
	}
	if p.ExecutionMode != "" && p.ExecutionMode != types.ExecutionModeSuperseded {
		return nil, wire.NotImplemented("CreatePipeline in execution mode " + string(p.ExecutionMode))
	}
	if len(p.Stages) < 2 {
		return nil, &types.InvalidStructureException{Message: aws.String("Pipeline has " + fmt.Sprint(len(p.Stages)) + " stage(s). There should be a minimum of two stages in a pipeline")}
	}
	for i, declared := range p.Stages {
		made := &stage{StageDeclaration: declared}
		for _, a := range declared.Actions {
			source := i == 0 && a.ActionTypeId.Category == types.ActionCategorySource
			if manual := a.ActionTypeId.Category == types.ActionCategoryApproval && aws.ToString(a.ActionTypeId.Provider) == "Manual"; !manual && !source {
				return nil, wire.NotImplemented("CreatePipeline with actions other than sources and manual approvals")
			}
			made.actions = append(made.actions, &action{ActionDeclaration: a})
		}
		p.stages = append(p.stages, made)
	}
	p.Version = aws.Int32(1)
	s.pipelines[*p.Name] = p
	return &codepipeline.CreatePipelineOutput{Pipeline: &p.PipelineDeclaration}, nil
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

// scope is the ARN that a call is about: an action for its answer, the pipeline otherwise
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
	}
	return []wire.Grant{{Action: "codepipeline:" + operation, Resource: resource}}
}
