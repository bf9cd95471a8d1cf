package cloudformation

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/cfn"
	"sluice/test/sandbox/wire"
)

// stack is a stack: what it is now, and the operation that is under way.
type stack struct {
	name, id string
	status   types.StackStatus
	reason   string
	created  time.Time
	updated  time.Time
	shape
	outputs  map[string]string
	role     string
	triggers *types.RollbackConfiguration
	policy   string
	sets     []*changeSet
	executed string // id of the change set that was executed last
	events   []types.StackEvent
	op       *operation // the last one
	drift    *detection // the last one
}

// shape is a template with its parameters, and what was made of it.
type shape struct {
	text       string
	template   *cfn.Template
	parameters map[string]string
	made       map[string]cfn.Created
	properties map[string]map[string]any
}

func (sh shape) clone() shape {
	sh.made, sh.properties = maps.Clone(sh.made), maps.Clone(sh.properties)
	return sh
}

// rests says whether an operation may begin: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html lists the states.
func (st *stack) rests() bool {
	switch st.status {
	case types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusUpdateRollbackComplete, types.StackStatusImportComplete, types.StackStatusImportRollbackComplete:
		return true
	}
	return false
}

// CreateStack makes a stack, resource by resource.
func (s *Service) CreateStack(_ context.Context, in *awscfn.CreateStackInput) (*awscfn.CreateStackOutput, error) {
	if err := refused(in.DeploymentConfig, in.Tags, in.NotificationARNs, in.DisableRollback); err != nil {
		return nil, err
	}
	if in.OnFailure != "" || in.TimeoutInMinutes != nil || in.StackPolicyURL != nil || in.RollbackConfiguration != nil {
		return nil, wire.NotImplemented("CreateStack with OnFailure, TimeoutInMinutes, StackPolicyURL or RollbackConfiguration")
	}
	text, template, err := s.template(in.TemplateBody, in.TemplateURL)
	if err != nil {
		return nil, err
	}
	defer s.lock()()
	for _, st := range s.stacks {
		if st.name == *in.StackName {
			return nil, &types.AlreadyExistsException{Message: aws.String("Stack [" + st.name + "] already exists")}
		}
	}
	st := &stack{name: *in.StackName, created: time.Now(), role: aws.ToString(in.RoleARN), policy: aws.ToString(in.StackPolicyBody)}
	st.id = s.o.Home.ARN("cloudformation", "stack/"+st.name+"/"+s.uuid())
	st.shape = shape{template: nil, made: map[string]cfn.Created{}, properties: map[string]map[string]any{}}
	to, err := s.towards(st, text, template, in.Parameters)
	if err != nil {
		return nil, err
	}
	s.stacks = append(s.stacks, st)
	s.begin(st, &operation{creates: true, token: aws.ToString(in.ClientRequestToken), to: to})
	return &awscfn.CreateStackOutput{StackId: &st.id, OperationId: &st.op.id}, nil
}

// UpdateStack updates a stack without a change set, as somebody's hand does and as the way back of a release.
func (s *Service) UpdateStack(_ context.Context, in *awscfn.UpdateStackInput) (*awscfn.UpdateStackOutput, error) {
	if err := refused(in.DeploymentConfig, in.Tags, in.NotificationARNs, nil); err != nil {
		return nil, err
	}
	if in.StackPolicyBody != nil || in.StackPolicyURL != nil || in.StackPolicyDuringUpdateBody != nil || in.StackPolicyDuringUpdateURL != nil {
		return nil, wire.NotImplemented("UpdateStack with a stack policy")
	}
	var text string
	var template *cfn.Template
	if !aws.ToBool(in.UsePreviousTemplate) {
		var err error
		if text, template, err = s.template(in.TemplateBody, in.TemplateURL); err != nil {
			return nil, err
		}
	}
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	if known := st.begun(in.ClientRequestToken); known != nil {
		return &awscfn.UpdateStackOutput{StackId: &st.id, OperationId: &known.id}, nil
	}
	if !st.rests() {
		return nil, invalid("Stack:%s is in %s state and can not be updated.", st.id, st.status)
	}
	if template == nil {
		text, template = st.text, st.template
	}
	to, err := s.towards(st, text, template, in.Parameters)
	if err != nil {
		return nil, err
	}
	changes, err := s.changes(st, to, nil)
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 && in.RollbackConfiguration == nil {
		return nil, invalid("No updates are to be performed.")
	}
	st.role = or(aws.ToString(in.RoleARN), st.role)
	if err := st.watch(in.RollbackConfiguration); err != nil {
		return nil, err
	}
	s.begin(st, &operation{token: aws.ToString(in.ClientRequestToken), to: to, lenient: aws.ToBool(in.DisableRollback)})
	return &awscfn.UpdateStackOutput{StackId: &st.id, OperationId: &st.op.id}, nil
}

// begun is the last operation, if it has this token: the same token once more begins nothing
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html, ClientRequestToken).
func (st *stack) begun(token *string) *operation {
	if token != nil && st.op != nil && st.op.token == *token {
		return st.op
	}
	return nil
}

// DescribeStacks describes one stack, or all of them on one page
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
func (s *Service) DescribeStacks(_ context.Context, in *awscfn.DescribeStacksInput) (*awscfn.DescribeStacksOutput, error) {
	defer s.lock()()
	described := s.stacks
	if in.StackName != nil {
		st, err := s.find(in.StackName)
		if err != nil {
			return nil, err
		}
		described = []*stack{st}
	}
	out := &awscfn.DescribeStacksOutput{}
	for _, st := range described {
		out.Stacks = append(out.Stacks, st.describe())
	}
	return out, nil
}

func (st *stack) describe() types.Stack {
	d := types.Stack{
		StackName: &st.name, StackId: &st.id, StackStatus: st.status, StackStatusReason: text(st.reason), CreationTime: &st.created, RoleARN: text(st.role),
		RollbackConfiguration: st.triggers, Parameters: st.shown(), ChangeSetId: text(st.executed), DisableRollback: aws.Bool(false),
		DriftInformation: st.drifted(),
	}
	if d.RollbackConfiguration == nil {
		d.RollbackConfiguration = &types.RollbackConfiguration{}
	}
	if !st.updated.IsZero() {
		d.LastUpdatedTime = aws.Time(st.updated)
	}
	for _, key := range slices.Sorted(maps.Keys(st.outputs)) {
		d.Outputs = append(d.Outputs, types.Output{OutputKey: &key, OutputValue: aws.String(st.outputs[key])})
	}
	return d
}

// shown are the parameters as they are shown: a value with NoEcho is asterisks
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
func (sh shape) shown() (all []types.Parameter) {
	for _, name := range slices.Sorted(maps.Keys(sh.parameters)) {
		value := sh.parameters[name]
		if sh.template.Parameters[name].Hidden() {
			value = "****"
		}
		all = append(all, types.Parameter{ParameterKey: &name, ParameterValue: &value})
	}
	return all
}

// SetStackPolicy says which resources an update may change.
func (s *Service) SetStackPolicy(_ context.Context, in *awscfn.SetStackPolicyInput) (*awscfn.SetStackPolicyOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	switch {
	case err != nil:
		return nil, err
	case in.StackPolicyURL != nil:
		return nil, wire.NotImplemented("SetStackPolicy from a URL")
	case in.StackPolicyBody == nil || len(*in.StackPolicyBody) > 16384:
		return nil, invalid("a stack policy has 1 to 16384 bytes")
	}
	if _, err := readPolicy(*in.StackPolicyBody); err != nil {
		return nil, invalid("Error validating stack policy: %v", err)
	}
	st.policy = *in.StackPolicyBody
	return &awscfn.SetStackPolicyOutput{}, nil
}

// GetStackPolicy answers the stack's policy; a stack without one answers none.
func (s *Service) GetStackPolicy(_ context.Context, in *awscfn.GetStackPolicyInput) (*awscfn.GetStackPolicyOutput, error) {
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	return &awscfn.GetStackPolicyOutput{StackPolicyBody: text(st.policy)}, nil
}

func refused(c *types.DeploymentConfig, tags []types.Tag, topics []string, lenient *bool) error {
	switch {
	case c != nil && c.Mode == types.DeploymentConfigModeExpress:
		return wire.NotImplemented("a deployment in EXPRESS mode")
	case len(tags) > 0 || len(topics) > 0:
		return wire.NotImplemented("a stack with tags or notifications")
	case lenient != nil:
		return wire.NotImplemented("CreateStack with DisableRollback")
	}
	return nil
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// bucketed reads the bucket and key out of a URL of an object: https://bucket.s3.region.amazonaws.com/key, or with the bucket in the path
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
func bucketed(url string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(url, "https://")
	host, path, found := strings.Cut(rest, "/")
	if !ok || !found {
		return "", "", false
	}
	if before, _, virtual := strings.Cut(host, ".s3."); virtual {
		return before, path, path != ""
	}
	bucket, key, ok = strings.Cut(path, "/")
	return bucket, key, ok && key != "" && strings.HasPrefix(host, "s3.")
}
