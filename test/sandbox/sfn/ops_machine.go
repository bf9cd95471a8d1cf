package sfn

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// CreateStateMachine compiles the definition and refuses it now rather than at run time. The call is idempotent for
// the same name, definition, logging and tracing; a different role or different tags are then ignored, as on AWS.
func (s *Service) CreateStateMachine(_ context.Context, in *awssfn.CreateStateMachineInput) (*awssfn.CreateStateMachineOutput, error) {
	if err := checkCreate(in); err != nil {
		return nil, err
	}
	p, err := s.compile(aws.ToString(in.Definition))
	if err != nil {
		return nil, invalidDefinition(err)
	}
	now := time.Now().Truncate(time.Millisecond)
	r := &revision{
		definition: *in.Definition, program: p, role: *in.RoleArn, updated: now,
		logging: in.LoggingConfiguration, tracing: in.TracingConfiguration,
	}
	arn := s.options.Home.ARN("states", "stateMachine:"+*in.Name)

	s.mu.Lock()
	defer s.mu.Unlock()
	if m, exists := s.machines[arn]; exists {
		if !m.current.same(r) {
			return nil, &types.StateMachineAlreadyExists{Message: aws.String("State Machine Already Exists: '" + arn + "'")}
		}
		return &awssfn.CreateStateMachineOutput{StateMachineArn: &m.arn, CreationDate: &m.created}, nil
	}
	m := &stateMachine{arn: arn, name: *in.Name, created: now, current: r}
	s.machines[arn] = m
	return &awssfn.CreateStateMachineOutput{StateMachineArn: &m.arn, CreationDate: &m.created}, nil
}

func checkCreate(in *awssfn.CreateStateMachineInput) error {
	switch {
	case in.Type != "" && in.Type != types.StateMachineTypeStandard:
		return &types.StateMachineTypeNotSupported{Message: aws.String("type " + string(in.Type) + " is not implemented by the sandbox: use STANDARD")}
	case in.Publish || in.VersionDescription != nil:
		return invalid("state machine versions (publish) are not implemented by the sandbox")
	case in.EncryptionConfiguration != nil && in.EncryptionConfiguration.Type != types.EncryptionTypeAwsOwnedKey:
		return &types.InvalidEncryptionConfiguration{Message: aws.String("customer managed keys are not implemented by the sandbox")}
	}
	if err := checkRole(in.RoleArn); err != nil {
		return err
	}
	return checkName(aws.ToString(in.Name))
}

var iamRole = regexp.MustCompile(`^arn:aws[a-z-]*:iam::`)

func checkRole(arn *string) error {
	if !iamRole.MatchString(aws.ToString(arn)) {
		return &types.InvalidArn{Message: aws.String("Invalid Role Arn: '" + aws.ToString(arn) + "'")}
	}
	return nil
}

func invalidDefinition(err error) error {
	return &types.InvalidDefinition{Message: aws.String("Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: " + err.Error() + "'")}
}

func (r *revision) same(other *revision) bool {
	return r.definition == other.definition && reflect.DeepEqual(r.logging, other.logging) && reflect.DeepEqual(r.tracing, other.tracing)
}

// UpdateStateMachine makes a new revision; running executions keep theirs.
func (s *Service) UpdateStateMachine(_ context.Context, in *awssfn.UpdateStateMachineInput) (*awssfn.UpdateStateMachineOutput, error) {
	if in.Publish || in.VersionDescription != nil {
		return nil, invalid("state machine versions (publish) are not implemented by the sandbox")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.machine(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	next, err := s.with(m.current, in)
	if err != nil {
		return nil, err
	}
	next.id, next.updated = s.random.uuid(), time.Now().Truncate(time.Millisecond)
	m.current = next
	return &awssfn.UpdateStateMachineOutput{UpdateDate: &next.updated, RevisionId: &next.id}, nil
}

// with is a revision changed as asked.
func (s *Service) with(r *revision, in *awssfn.UpdateStateMachineInput) (*revision, error) {
	next := *r
	if in.Definition == nil && in.RoleArn == nil && in.LoggingConfiguration == nil && in.TracingConfiguration == nil {
		return nil, &types.MissingRequiredParameter{Message: aws.String("Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified")}
	}
	if in.RoleArn != nil {
		if err := checkRole(in.RoleArn); err != nil {
			return nil, err
		}
		next.role = *in.RoleArn
	}
	if in.Definition != nil {
		p, err := s.compile(*in.Definition)
		if err != nil {
			return nil, invalidDefinition(err)
		}
		next.definition, next.program = *in.Definition, p
	}
	if in.LoggingConfiguration != nil {
		next.logging = in.LoggingConfiguration
	}
	if in.TracingConfiguration != nil {
		next.tracing = in.TracingConfiguration
	}
	return &next, nil
}

// compile refuses what is of another partition: there, an ARN of this one is of nobody.
func (s *Service) compile(definition string) (*program, error) {
	for _, arn := range quotedARN.FindAllStringSubmatch(definition, -1) {
		if arn[1] != s.options.Home.Partition() {
			return nil, fmt.Errorf("an ARN of partition %s is not valid in %s", arn[1], s.options.Home.Partition())
		}
	}
	return compile(definition)
}

var quotedARN = regexp.MustCompile(`"arn:(aws[a-z-]*):`)

// DeleteStateMachine removes the machine and aborts its running executions. AWS does the same, a little later.
func (s *Service) DeleteStateMachine(_ context.Context, in *awssfn.DeleteStateMachineInput) (*awssfn.DeleteStateMachineOutput, error) {
	if err := checkARN(in.StateMachineArn, "stateMachine"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, exists := s.machines[*in.StateMachineArn]
	if !exists {
		return &awssfn.DeleteStateMachineOutput{}, nil
	}
	for _, e := range m.executions {
		e.end(types.ExecutionStatusAborted, "", nil)
		delete(s.executions, e.arn)
	}
	delete(s.machines, m.arn)
	return &awssfn.DeleteStateMachineOutput{}, nil
}

// DescribeStateMachine shows the current revision.
func (s *Service) DescribeStateMachine(_ context.Context, in *awssfn.DescribeStateMachineInput) (*awssfn.DescribeStateMachineOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m, err := s.machine(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	r := m.current
	return &awssfn.DescribeStateMachineOutput{
		StateMachineArn: &m.arn, Name: &m.name, CreationDate: &m.created,
		Definition: &r.definition, RoleArn: &r.role, RevisionId: optional(r.id), Description: optional(r.program.comment),
		LoggingConfiguration: r.logging, TracingConfiguration: r.tracing,
		Status: types.StateMachineStatusActive, Type: types.StateMachineTypeStandard,
		EncryptionConfiguration: &types.EncryptionConfiguration{Type: types.EncryptionTypeAwsOwnedKey},
	}, nil
}

// ListStateMachines lists by name.
func (s *Service) ListStateMachines(_ context.Context, in *awssfn.ListStateMachinesInput) (*awssfn.ListStateMachinesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	arns := slices.Sorted(maps.Keys(s.machines))
	places, next, err := pager{size: in.MaxResults, token: in.NextToken}.cut(len(arns), everything)
	if err != nil {
		return nil, err
	}
	out := &awssfn.ListStateMachinesOutput{NextToken: next, StateMachines: []types.StateMachineListItem{}}
	for _, arn := range pick(arns, places) {
		m := s.machines[arn]
		out.StateMachines = append(out.StateMachines, types.StateMachineListItem{
			StateMachineArn: &m.arn, Name: &m.name, CreationDate: &m.created, Type: types.StateMachineTypeStandard,
		})
	}
	return out, nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
