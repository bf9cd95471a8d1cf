package stack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

// Stop implements traffic.Deployer: by the call that the state of the stack wants. While CloudFormation deletes what an update replaced, or is on a way
// back, no call is taken: a later one does it.
func (d *Deployer) Stop(ctx context.Context, t rollout.Target, of, stable string) error {
	s, err := d.situation(ctx, t.Stack.Stack)
	if err != nil {
		return err
	}
	if of != "" && base(s.token) != of {
		return fmt.Errorf("stopping %s of %s: %w", of, t.ID(), traffic.ErrMoved)
	}
	h, ours := parse(s.token)
	if !ours { // somebody else's: what it goes back to is seen when it is there
		h = handle{s.revision, stable, start(s.token)}
	}
	next := aws.String(backwards(h, tries(s.token)+1))
	switch s.StackStatus {
	case types.StackStatusUpdateInProgress:
		if ours && h.to == stable {
			return nil
		}
		return d.cancel(ctx, t, h, next)
	case types.StackStatusUpdateFailed:
		_, err = d.cfn.RollbackStack(ctx, &cloudformation.RollbackStackInput{StackName: s.StackId, ClientRequestToken: next})
		return refused(wrapped("rolling back", t, err))
	case types.StackStatusUpdateRollbackFailed:
		return d.goOn(ctx, t, s, next)
	}
	if !s.rests() || s.revision == stable {
		return nil
	}
	// The policy of the release might forbid the way back. If it cannot be put back now, the resources go first, and it is tried again after them.
	_ = d.Undo(ctx, t, stable, func() error { return nil })
	return d.restore(ctx, *t.Stack, s, stable)
}

func wrapped(doing string, t rollout.Target, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, t.ID(), err)
}

// start is a start's token made of something else.
func start(of string) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])[:startLength]
}

// cancel takes everything back that the update under way has done, also what it replaced: only while it is UPDATE_IN_PROGRESS
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html).
func (d *Deployer) cancel(ctx context.Context, t rollout.Target, h handle, token *string) error {
	_, err := d.cfn.CancelUpdateStack(ctx, &cloudformation.CancelUpdateStackInput{StackName: &t.Stack.Stack, ClientRequestToken: token})
	if says(err, "cannot be called from current stack status") { // its end came first: the next call finds it there
		return nil
	}
	return refused(wrapped("cancelling the update of", t, err))
}

// mostTries is how often a way back that failed is told to go on. What keeps it from that is for people to mend.
const mostTries = 4

// between is the time from a failure until the next try, but for the first: who is told of each failure at once would have used the tries up before
// anybody can mend anything.
const between = 90 * time.Second

// goOn has a way back go on that failed. Resources are skipped by people alone: a skipped one is not what the template says any more.
func (d *Deployer) goOn(ctx context.Context, t rollout.Target, s situation, token *string) error {
	if tries(s.token) > mostTries {
		return &traffic.Obstacle{
			What: "the way back of " + t.Stack.String() + " fails again and again: " + strings.Join(s.failures, "; "),
			Remedy: fmt.Sprintf("mend what it names, then: aws cloudformation continue-update-rollback --stack-name %s; a resource that is gone for good: --resources-to-skip, "+
				"and bring it in line with the template afterwards", t.Stack.Stack),
		}
	}
	if tries(s.token) > 1 && time.Since(s.latest) < between {
		return nil
	}
	_, err := d.cfn.ContinueUpdateRollback(ctx, &cloudformation.ContinueUpdateRollbackInput{StackName: s.StackId, ClientRequestToken: token})
	return refused(wrapped("having the way back go on of", t, err))
}

// restore updates the stack to stable's template. A change set would take its time, and nobody is asked about a way back. Triggers are saved with a
// stack: the alarms that are red now would turn this update round, so it has none
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html).
func (d *Deployer) restore(ctx context.Context, k kind.Stack, s situation, stable string) error {
	parameters, err := d.shelf.parameters(ctx, k, stable)
	if err != nil {
		return err
	}
	token := handle{stable, s.revision, start(s.token)}.String()
	_, err = d.cfn.UpdateStack(ctx, &cloudformation.UpdateStackInput{
		StackName: s.StackId, TemplateURL: aws.String(d.url(k, stable)), Parameters: parameters.given(), Capabilities: capabilities(k), ClientRequestToken: &token,
		RollbackConfiguration: &types.RollbackConfiguration{RollbackTriggers: []types.RollbackTrigger{}, MonitoringTimeInMinutes: aws.Int32(0)},
	})
	switch {
	case says(err, "state and can not be updated"): // somebody was faster: the next call sees who
		return fmt.Errorf("updating %s to stable: %w (%w)", k, traffic.ErrMoved, err)
	case says(err, "S3 error"):
		return lost(k, stable)
	case says(err, "No updates are to be performed"):
		return &traffic.Obstacle{
			What:   fmt.Sprintf("%s serves template %.12s, and CloudFormation finds nothing that differs from stable", k, s.revision),
			Remedy: "compare the parameters of the stack with " + k.Parameters(stable),
		}
	}
	return refused(wrapped("bringing stable back to", rollout.Target{Stack: &k}, err))
}

func capabilities(k kind.Stack) (all []types.Capability) {
	for _, c := range k.Capabilities {
		all = append(all, types.Capability(c))
	}
	return all
}

// url is where CloudFormation reads a revision's template.
func (d *Deployer) url(k kind.Stack, revision string) string {
	bucket, _ := k.Bucket()
	domain := "amazonaws.com"
	if strings.HasPrefix(d.region, "cn-") {
		domain += ".cn"
	}
	return fmt.Sprintf("https://%s.s3.%s.%s/%s", bucket, d.region, domain, k.Template(revision))
}
