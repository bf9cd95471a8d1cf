package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Proposing are the actions that Propose needs: those on the stack, and s3:GetObject on what lies under the prefix of the templates.
const Proposing = "cloudformation:DescribeStacks, DescribeStackEvents, GetTemplate, GetStackPolicy, CreateChangeSet, DescribeChangeSet and DeleteChangeSet on the stack, GetStackPolicy and DescribeChangeSet on those nested in it, and s3:GetObject on its templates"

// briefly is the time between two looks at a change set that somebody waits for.
const briefly = 2 * time.Second

// Propose says what a release of a revision would change, for those who review it before anybody asks for a release. It makes a change set of its own,
// waits for it, reads it and deletes it, and leaves nothing behind. why says why a release would be rejected. Errors: traffic.ErrMoved while the stack is
// not at rest, an Obstacle when there is nothing to release.
func (d *Deployer) Propose(ctx context.Context, t rollout.Target, revision string) (p rollout.Preview, why *rollout.Rejection, err error) {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil {
		return p, nil, err
	}
	if !s.rests() {
		return p, nil, fmt.Errorf("previewing %s, which is %s: %w", t.ID(), s.StackStatus, traffic.ErrMoved)
	}
	i := traffic.Intent{Course: rollout.Course{Release: "plan-" + rand.Text()}, Revision: revision}
	_, why, err = d.create(ctx, t, s, i)
	if soon := new(rollout.NotReady); why != nil || !errors.As(err, &soon) {
		return p, why, err
	}
	name := setName(i.Release)
	defer func() {
		_, deleting := d.cfn.DeleteChangeSet(context.WithoutCancel(ctx), &cloudformation.DeleteChangeSetInput{StackName: s.StackId, ChangeSetName: &name})
		if deleting != nil {
			err = errors.Join(err, fmt.Errorf("deleting change set %s: %w", name, deleting))
		}
	}()
	for {
		set, err := d.cfn.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{StackName: s.StackId, ChangeSetName: &name})
		switch {
		case err != nil:
			return p, nil, fmt.Errorf("reading change set %s: %w", name, err)
		case set.Status == types.ChangeSetStatusFailed:
			return p, failed(t, set), nil
		case set.Status == types.ChangeSetStatusCreateComplete:
			return d.previewed(ctx, t, s, i, set)
		}
		select {
		case <-time.After(briefly):
		case <-ctx.Done():
			return p, nil, fmt.Errorf("waiting for change set %s: %w", name, ctx.Err())
		}
	}
}
