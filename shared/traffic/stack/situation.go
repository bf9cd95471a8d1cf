package stack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"sluice/shared/traffic"
)

// situation is what a stack is and what happens to it.
type situation struct {
	types.Stack
	operation
	template string // as CloudFormation answers it
	revision string // its digest, with the parameters
}

// operation is the last one of a stack, as its events tell.
type operation struct {
	token     string    // as the newest event bears it
	latest    time.Time // the newest event
	resources map[string]types.ResourceStatus
	failures  []string // why resources failed, the oldest first
	why       string   // that the stack itself was turned round
}

// situation reads a stack. Its events are read as far back as the last operation began, where that one is still under way or has not succeeded.
func (d *Deployer) situation(ctx context.Context, name string) (s situation, err error) {
	out, err := d.cfn.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return s, refused(fmt.Errorf("reading stack %s: %w", name, err))
	}
	if len(out.Stacks) != 1 {
		return s, fmt.Errorf("reading stack %s: CloudFormation answers %d", name, len(out.Stacks))
	}
	s.Stack = out.Stacks[0]
	if s.gone() {
		return s, &traffic.Obstacle{What: fmt.Sprintf("stack %s is %s, so it serves nothing", name, s.StackStatus), Remedy: "create it by hand first: Sluice releases to stacks that stand"}
	}
	if s.operation, err = d.operation(ctx, s.Stack); err != nil {
		return s, err
	}
	template, err := d.cfn.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: &name, TemplateStage: types.TemplateStageOriginal})
	if err != nil {
		return s, fmt.Errorf("reading the template of stack %s: %w", name, err)
	}
	s.template = aws.ToString(template.TemplateBody)
	s.revision, err = digest(s.template, shown(s.Parameters))
	return s, err
}

// gone says whether there is no stack that serves anything.
func (s situation) gone() bool {
	status := string(s.StackStatus)
	return strings.HasPrefix(status, "DELETE") || strings.HasPrefix(status, "ROLLBACK") || status == "CREATE_FAILED" || status == "REVIEW_IN_PROGRESS"
}

// rests says whether an update can begin.
func (s situation) rests() bool {
	return slices.Contains([]types.StackStatus{
		types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusUpdateRollbackComplete, types.StackStatusImportComplete, types.StackStatusImportRollbackComplete,
	}, s.StackStatus)
}

// turned says whether the last update is on its way back, or has come back.
func (s situation) turned() bool { return strings.HasPrefix(string(s.StackStatus), "UPDATE_ROLLBACK") }

// operation reads the events of the last operation.
func (d *Deployer) operation(ctx context.Context, st types.Stack) (o operation, err error) {
	o.resources = map[string]types.ResourceStatus{}
	in := &cloudformation.DescribeStackEventsInput{StackName: st.StackId}
	for {
		page, err := d.cfn.DescribeStackEvents(ctx, in)
		if err != nil {
			return o, fmt.Errorf("reading the events of stack %s: %w", aws.ToString(st.StackName), err)
		}
		for _, e := range page.StackEvents {
			if o.add(e, st) {
				return o, nil
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil || st.StackStatus == types.StackStatusUpdateComplete {
			return o, nil
		}
	}
}

// add takes an event that is older than those before. begins says that it is the one with which the operation began.
func (o *operation) add(e types.StackEvent, st types.Stack) (begins bool) {
	why, logical := aws.ToString(e.ResourceStatusReason), aws.ToString(e.LogicalResourceId)
	if o.latest.IsZero() {
		o.token, o.latest = aws.ToString(e.ClientRequestToken), aws.ToTime(e.Timestamp)
		if o.token == "" {
			o.token = aws.ToString(e.OperationId)
		}
	}
	if aws.ToString(e.PhysicalResourceId) == aws.ToString(st.StackId) {
		if e.ResourceStatus == types.ResourceStatusUpdateRollbackInProgress && why != "User Initiated" {
			o.why = why
		}
		return strings.HasSuffix(string(e.ResourceStatus), "E_IN_PROGRESS") && e.ResourceStatus != types.ResourceStatusUpdateRollbackInProgress && strings.HasPrefix(why, "User Initiated")
	}
	if _, newer := o.resources[logical]; !newer {
		o.resources[logical] = e.ResourceStatus
	}
	if strings.HasSuffix(string(e.ResourceStatus), "_FAILED") && o.why == "" {
		o.failures = append([]string{fmt.Sprintf("%s: %s", logical, why)}, o.failures...)
	}
	return false
}

// refused turns what CloudFormation refuses for good into an obstacle.
func refused(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	said := api.ErrorMessage()
	switch code := api.ErrorCode(); {
	case code == "ValidationError" && strings.Contains(said, "does not exist") && strings.Contains(said, "Stack with id"):
		return &traffic.Obstacle{What: "the stack does not exist: " + said, Remedy: "create it, or name another one in the definition"}
	case code == "InsufficientCapabilitiesException" || code == "InsufficientCapabilities":
		return &traffic.Obstacle{What: "the template makes what CloudFormation wants to be told of: " + said, Remedy: "write it under target.stack.capabilities"}
	}
	return err
}

// says finds a message of CloudFormation's general error.
func says(err error, part string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), part)
}
