package stack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	CancelUpdateStack(context.Context, *cloudformation.CancelUpdateStackInput, ...func(*cloudformation.Options)) (*cloudformation.CancelUpdateStackOutput, error)
	ContinueUpdateRollback(context.Context, *cloudformation.ContinueUpdateRollbackInput, ...func(*cloudformation.Options)) (*cloudformation.ContinueUpdateRollbackOutput, error)
	CreateChangeSet(context.Context, *cloudformation.CreateChangeSetInput, ...func(*cloudformation.Options)) (*cloudformation.CreateChangeSetOutput, error)
	DeleteChangeSet(context.Context, *cloudformation.DeleteChangeSetInput, ...func(*cloudformation.Options)) (*cloudformation.DeleteChangeSetOutput, error)
	DescribeChangeSet(context.Context, *cloudformation.DescribeChangeSetInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeChangeSetOutput, error)
	DescribeStackResourceDrifts(context.Context, *cloudformation.DescribeStackResourceDriftsInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackResourceDriftsOutput, error)
	DetectStackDrift(context.Context, *cloudformation.DetectStackDriftInput, ...func(*cloudformation.Options)) (*cloudformation.DetectStackDriftOutput, error)
	DescribeStackEvents(context.Context, *cloudformation.DescribeStackEventsInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackEventsOutput, error)
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
	ExecuteChangeSet(context.Context, *cloudformation.ExecuteChangeSetInput, ...func(*cloudformation.Options)) (*cloudformation.ExecuteChangeSetOutput, error)
	GetStackPolicy(context.Context, *cloudformation.GetStackPolicyInput, ...func(*cloudformation.Options)) (*cloudformation.GetStackPolicyOutput, error)
	GetTemplate(context.Context, *cloudformation.GetTemplateInput, ...func(*cloudformation.Options)) (*cloudformation.GetTemplateOutput, error)
	SetStackPolicy(context.Context, *cloudformation.SetStackPolicyInput, ...func(*cloudformation.Options)) (*cloudformation.SetStackPolicyOutput, error)
	RollbackStack(context.Context, *cloudformation.RollbackStackInput, ...func(*cloudformation.Options)) (*cloudformation.RollbackStackOutput, error)
	UpdateStack(context.Context, *cloudformation.UpdateStackInput, ...func(*cloudformation.Options)) (*cloudformation.UpdateStackOutput, error)
}

// Deployer is the traffic.Deployer of stacks, and says beforehand what a release will change.
type Deployer struct {
	cfn    api
	shelf  shelf
	region string
}

var (
	_ traffic.Deployer  = (*Deployer)(nil)
	_ traffic.Previewer = (*Deployer)(nil)
)

// Ports opens all that the kind can do.
func Ports(cfg aws.Config) traffic.Ports {
	d := New(cfg)
	return traffic.Ports{Deployer: d, Inspector: d, Previewer: d, Drifter: d}
}

// New builds a deployer on the account and Region of cfg.
func New(cfg aws.Config) *Deployer {
	return &Deployer{cloudformation.NewFromConfig(cfg), shelf{s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })}, cfg.Region}
}

// Read implements traffic.Deployer.
func (d *Deployer) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil {
		return rollout.Split{}, err
	}
	h, ours := parse(s.token)
	split := rollout.Split{Stable: s.revision, Tag: base(s.token)}
	switch s.StackStatus {
	case types.StackStatusUpdateInProgress:
		if ours {
			split.Stable = h.to
		}
		split.Moving, err = d.arrives(ctx, *t.Stack, s)
	case types.StackStatusUpdateCompleteCleanupInProgress:
		if ours {
			split.Stable = h.to
		}
	case types.StackStatusUpdateRollbackInProgress, types.StackStatusUpdateRollbackCompleteCleanupInProgress:
		if ours {
			split.Stable = h.from
		}
		split.Moving = "CloudFormation takes the update back"
	case types.StackStatusUpdateFailed, types.StackStatusUpdateRollbackFailed:
		split.Stable = string(s.StackStatus) // neither revision: somebody has to have it go on
	default:
		if !s.rests() {
			split.Moving = "the stack is " + string(s.StackStatus)
		}
	}
	return split, err
}

// quiet is how long nothing must have happened until the resources that depend on each other are taken to be all there. CloudFormation begins the next
// one within seconds.
const quiet = 20 * time.Second

// arrives says how far an update is; empty when all resources are there, and only the monitoring time runs. No event tells that the monitoring time
// has begun. So all changes of the change set must have been made, but those that may turn out to be none, and then it must be quiet.
func (d *Deployer) arrives(ctx context.Context, k kind.Stack, s situation) (moving string, err error) {
	made, left := 0, 0
	for _, status := range s.resources {
		if strings.HasSuffix(string(status), "_COMPLETE") {
			made++
		} else {
			left++
		}
	}
	monitors := s.RollbackConfiguration != nil && aws.ToInt32(s.RollbackConfiguration.MonitoringTimeInMinutes) > 0
	set := aws.ToString(s.ChangeSetId)
	if monitors && left == 0 && set != "" {
		if left, err = d.missing(ctx, k, set, s.resources); err != nil {
			return "", err
		}
		if made > 0 && left == 0 && time.Since(s.latest) >= quiet {
			return "", nil
		}
	}
	return fmt.Sprintf("%d resources are there, at least %d are not", made, max(1, left)), nil
}

// missing counts the changes of a change set that will be made for certain, and are not.
func (d *Deployer) missing(ctx context.Context, k kind.Stack, set string, resources map[string]types.ResourceStatus) (n int, err error) {
	changes, err := d.changes(ctx, k.Stack, set, false)
	if notFound := new(types.ChangeSetNotFoundException); errors.As(err, &notFound) { // an update without one
		return 0, nil
	}
	for _, c := range changes {
		if _, touched := resources[aws.ToString(c.LogicalResourceId)]; !touched && certain(c) {
			n++
		}
	}
	return n, err
}

// certain says whether a change will be made before the monitoring time: what is deleted is deleted after it.
func certain(c types.ResourceChange) bool {
	if c.Action == types.ChangeActionAdd {
		return true
	}
	for _, d := range c.Details {
		if c.Action == types.ChangeActionModify && d.Evaluation == types.EvaluationTypeStatic {
			return true
		}
	}
	return false
}

// Start implements traffic.Deployer: it executes the change set that people have seen. Where that does not fit the stack any more, the error is
// traffic.ErrOutdated.
func (d *Deployer) Start(ctx context.Context, t rollout.Target, p traffic.Deployment) (string, error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil {
		return "", err
	}
	start := p.Token + strings.Repeat("0", startLength)
	h := handle{p.Revision, s.revision, start[:startLength]}
	if last, ours := parse(s.token); ours && last.to == h.to && last.start == h.start { // begun before
		return last.String(), nil
	}
	switch {
	case p.Preview == "":
		return "", fmt.Errorf("starting %s: %w", t.ID(), traffic.ErrOutdated)
	case !s.rests():
		return "", fmt.Errorf("starting %s, which is %s: %w", t.ID(), s.StackStatus, traffic.ErrMoved)
	}
	if err := d.protect(ctx, *t.Stack, s); err != nil {
		return "", err
	}
	_, err = d.cfn.ExecuteChangeSet(ctx, &cloudformation.ExecuteChangeSetInput{StackName: s.StackId, ChangeSetName: &p.Preview, ClientRequestToken: aws.String(h.String())})
	switch {
	case err == nil:
		return h.String(), nil
	case isOutdated(err):
		return "", fmt.Errorf("executing %s: %w (%w)", p.Preview, traffic.ErrOutdated, err)
	case says(err, "state and can not be updated"):
		return "", fmt.Errorf("executing %s: %w (%w)", p.Preview, traffic.ErrMoved, err)
	}
	return "", refused(fmt.Errorf("executing %s: %w", p.Preview, err))
}

func isOutdated(err error) bool {
	status, missing := new(types.InvalidChangeSetStatusException), new(types.ChangeSetNotFoundException)
	return errors.As(err, &status) || errors.As(err, &missing)
}

// Look implements traffic.Deployer.
func (d *Deployer) Look(ctx context.Context, t rollout.Target, of string) (traffic.Progress, error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil || base(s.token) != of {
		return traffic.Progress{}, err
	}
	switch s.StackStatus {
	case types.StackStatusUpdateInProgress:
		moving, err := d.arrives(ctx, *t.Stack, s)
		return traffic.Progress{Moving: moving}, err
	case types.StackStatusUpdateFailed:
		return s.failed(of), nil
	}
	if s.turned() {
		return s.failed(of), nil
	}
	return traffic.Progress{}, nil
}

func (s situation) failed(of string) traffic.Progress {
	h, _ := parse(of)
	return traffic.Progress{Failed: s.reason(), Brings: h.to}
}

// reason says why an update did not come to its end: what failed first, or an alarm, or whoever cancelled it.
func (s situation) reason() string {
	var all []string
	if len(s.failures) > 0 {
		all = append(all, s.failures[0])
	}
	if s.why != "" {
		all = append(all, s.why)
	}
	if len(all) == 0 {
		return "it was taken back"
	}
	return strings.Join(all, "; ")
}
