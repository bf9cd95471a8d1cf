package cloudformation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscfn "github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/test/sandbox/wire"
)

// changeSet is what an update would change.
type changeSet struct {
	name, id, token string
	description     string
	status          types.ChangeSetStatus
	execution       types.ExecutionStatus
	reason          string
	created         time.Time
	to              shape
	role            string
	triggers        *types.RollbackConfiguration
	changes         []types.Change
	nested          bool // it includes nested stacks
	revert          bool // it is drift-aware
}

// pageOfChanges is how many changes one answer holds. AWS names no figure; its answers are limited in size.
const pageOfChanges = 100

// CreateChangeSet begins to find out what an update would change.
func (s *Service) CreateChangeSet(_ context.Context, in *awscfn.CreateChangeSetInput) (*awscfn.CreateChangeSetOutput, error) {
	if err := refused(in.DeploymentConfig, in.Tags, in.NotificationARNs, nil); err != nil {
		return nil, err
	}
	switch {
	case in.ChangeSetType != "" && in.ChangeSetType != types.ChangeSetTypeUpdate:
		return nil, wire.NotImplemented("CreateChangeSet of type " + string(in.ChangeSetType))
	case in.OnStackFailure != "" || len(in.ResourcesToImport) > 0 || aws.ToBool(in.ImportExistingResources) || len(in.ResourceTypes) > 0 || aws.ToBool(in.UsePreviousTemplate):
		return nil, wire.NotImplemented("CreateChangeSet with OnStackFailure, imports, ResourceTypes or UsePreviousTemplate")
	}
	text, template, err := s.template(in.TemplateBody, in.TemplateURL)
	if err != nil {
		return nil, err
	}
	defer s.lock()()
	st, err := s.find(in.StackName)
	if err != nil {
		return nil, err
	}
	for _, c := range st.sets {
		if c.name == *in.ChangeSetName && c.token == aws.ToString(in.ClientToken) && c.token != "" {
			return &awscfn.CreateChangeSetOutput{Id: &c.id, StackId: &st.id}, nil
		}
		if c.name == *in.ChangeSetName {
			return nil, &types.AlreadyExistsException{Message: aws.String("ChangeSet " + c.id + " already exists")}
		}
	}
	if !st.rests() {
		return nil, invalid("Stack:%s is in %s state and can not be updated.", st.id, st.status)
	}
	to, err := s.towards(st, text, template, in.Parameters)
	if err != nil {
		return nil, err
	}
	if err := checkTriggers(in.RollbackConfiguration); err != nil {
		return nil, err
	}
	c := &changeSet{
		name: *in.ChangeSetName, token: aws.ToString(in.ClientToken), description: aws.ToString(in.Description), status: types.ChangeSetStatusCreatePending,
		execution: types.ExecutionStatusUnavailable, created: time.Now(), to: to, role: aws.ToString(in.RoleARN), triggers: in.RollbackConfiguration,
		nested: aws.ToBool(in.IncludeNestedStacks), revert: in.DeploymentMode == types.DeploymentModeRevertDrift,
	}
	c.id = s.o.Home.ARN("cloudformation", "changeSet/"+c.name+"/"+s.uuid())
	st.sets = append(st.sets, c)
	takes := s.pace.ChangeSet
	go func() {
		if s.passes(takes) {
			s.compare(st, c)
		}
	}()
	return &awscfn.CreateChangeSetOutput{Id: &c.id, StackId: &st.id}, nil
}

// compare ends the making of a change set. One without changes has failed
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html).
func (s *Service) compare(st *stack, c *changeSet) {
	defer s.lock()()
	if c.execution == types.ExecutionStatusObsolete {
		return
	}
	changes, err := s.changes(st, c.to, c)
	switch {
	case err != nil:
		c.status, c.reason = types.ChangeSetStatusFailed, err.Error()
	case len(changes) == 0:
		c.status = types.ChangeSetStatusFailed
		c.reason = "The submitted information didn't contain changes. Submit different information to create a change set."
	default:
		c.status, c.execution, c.changes = types.ChangeSetStatusCreateComplete, types.ExecutionStatusAvailable, changes
	}
}

// changeSet is a change set by its ARN, or by its name and its stack's.
func (s *Service) changeSet(stackName, name *string) (*stack, *changeSet, error) {
	for _, st := range s.stacks {
		if stackName != nil && *stackName != st.name && *stackName != st.id {
			continue
		}
		for _, c := range st.sets {
			if c.id == *name || stackName != nil && c.name == *name {
				return st, c, nil
			}
		}
	}
	if stackName != nil {
		if _, err := s.find(stackName); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, &types.ChangeSetNotFoundException{Message: aws.String("ChangeSet [" + *name + "] does not exist")}
}

// DescribeChangeSet says how far a change set is, and what it would change.
func (s *Service) DescribeChangeSet(_ context.Context, in *awscfn.DescribeChangeSetInput) (*awscfn.DescribeChangeSetOutput, error) {
	defer s.lock()()
	st, c, err := s.changeSet(in.StackName, in.ChangeSetName)
	if err != nil {
		return nil, err
	}
	from := 0
	if in.NextToken != nil {
		if _, err := fmt.Sscan(*in.NextToken, &from); err != nil || from < 0 || from > len(c.changes) {
			return nil, invalid("the token is not one of this change set's")
		}
	}
	out := &awscfn.DescribeChangeSetOutput{
		ChangeSetName: &c.name, ChangeSetId: &c.id, StackId: &st.id, StackName: &st.name, Description: text(c.description), Parameters: c.to.shown(),
		CreationTime: &c.created, ExecutionStatus: c.execution, Status: c.status, StatusReason: text(c.reason), RollbackConfiguration: c.triggers,
		Changes: c.changes[from:min(len(c.changes), from+pageOfChanges)],
	}
	if !aws.ToBool(in.IncludePropertyValues) {
		out.Changes = valueless(out.Changes)
	}
	if c.nested {
		out.IncludeNestedStacks = &c.nested
	}
	if c.revert {
		out.DeploymentMode = types.DeploymentModeRevertDrift
	}
	if from+pageOfChanges < len(c.changes) {
		out.NextToken = aws.String(fmt.Sprint(from + pageOfChanges))
	}
	return out, nil
}

// DeleteChangeSet forgets a change set; one that does not exist is forgotten already.
func (s *Service) DeleteChangeSet(_ context.Context, in *awscfn.DeleteChangeSetInput) (*awscfn.DeleteChangeSetOutput, error) {
	defer s.lock()()
	st, c, err := s.changeSet(in.StackName, in.ChangeSetName)
	switch {
	case err != nil && st == nil && in.StackName != nil && !strings.Contains(err.Error(), "Stack with id"):
		return &awscfn.DeleteChangeSetOutput{}, nil
	case err != nil:
		return nil, err
	case c.execution == types.ExecutionStatusExecuteInProgress:
		return nil, cannot(c, "deleted")
	}
	st.sets = slices.DeleteFunc(st.sets, func(o *changeSet) bool { return o == c })
	return &awscfn.DeleteChangeSetOutput{}, nil
}

// ExecuteChangeSet updates the stack as the change set says, and deletes the stack's other change sets, which do not fit it any more
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html).
func (s *Service) ExecuteChangeSet(_ context.Context, in *awscfn.ExecuteChangeSetInput) (*awscfn.ExecuteChangeSetOutput, error) {
	defer s.lock()()
	st, c, err := s.changeSet(in.StackName, in.ChangeSetName)
	if err != nil {
		return nil, err
	}
	if st.begun(in.ClientRequestToken) != nil {
		return &awscfn.ExecuteChangeSetOutput{}, nil
	}
	switch {
	case c.execution != types.ExecutionStatusAvailable:
		return nil, cannot(c, "executed")
	case !st.rests():
		return nil, invalid("Stack:%s is in %s state and can not be updated.", st.id, st.status)
	}
	if err := st.watch(c.triggers); err != nil {
		return nil, err
	}
	st.role = or(c.role, st.role)
	s.begin(st, &operation{token: aws.ToString(in.ClientRequestToken), to: c.to, set: c, revert: c.revert, lenient: aws.ToBool(in.DisableRollback)})
	return &awscfn.ExecuteChangeSetOutput{}, nil
}

func cannot(c *changeSet, what string) error {
	return &types.InvalidChangeSetStatusException{Message: aws.String(fmt.Sprintf("ChangeSet [%s] cannot be %s in its current execution status of [%s]", c.id, what, c.execution))}
}

// outdate has the change sets that do not fit the stack any more be so. Those beside one that is executed are deleted.
func (st *stack) outdate(executed *changeSet) {
	if executed != nil {
		st.sets = []*changeSet{executed}
		executed.execution, st.executed = types.ExecutionStatusExecuteInProgress, executed.id
		return
	}
	for _, c := range st.sets {
		if c.execution == types.ExecutionStatusAvailable || c.execution == types.ExecutionStatusUnavailable {
			c.execution = types.ExecutionStatusObsolete
		}
	}
}

// ChangeSets is how many change sets a stack has, for a test that looks past CloudFormation.
func (s *Service) ChangeSets(stackName string) int {
	defer s.lock()()
	st, err := s.find(&stackName)
	if err != nil {
		return 0
	}
	return len(st.sets)
}
