package stack

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

var _ traffic.Drifter = (*Deployer)(nil)

// lately is how old a look for drift may be.
const lately = 10 * time.Minute

// Drift implements traffic.Drifter (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html). A stack that is not at
// rest is looked at when it is.
func (d *Deployer) Drift(ctx context.Context, t rollout.Target, now time.Time) (found gates.Drift, err error) {
	name := t.Stack.Stack
	out, err := d.cfn.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return found, fmt.Errorf("reading stack %s: %w", name, err)
	}
	if len(out.Stacks) != 1 {
		return found, fmt.Errorf("reading stack %s: CloudFormation answers %d", name, len(out.Stacks))
	}
	st := out.Stacks[0]
	if last := st.DriftInformation; last != nil && last.LastCheckTimestamp != nil && now.Sub(*last.LastCheckTimestamp) < lately && !last.LastCheckTimestamp.Before(aws.ToTime(st.LastUpdatedTime)) {
		if last.StackDriftStatus == types.StackDriftStatusInSync {
			return found, nil
		}
		return d.drifts(ctx, name)
	}
	_, err = d.cfn.DetectStackDrift(ctx, &cloudformation.DetectStackDriftInput{StackName: &name})
	if says(err, "already in progress") || says(err, "cannot be performed") {
		err = nil
	}
	if err != nil {
		return found, fmt.Errorf("having CloudFormation look for drift of %s: %w", name, err)
	}
	return gates.Drift{Looking: true}, nil
}

// drifts are the resources that differ. Values are not told: they may be secret.
func (d *Deployer) drifts(ctx context.Context, name string) (found gates.Drift, err error) {
	in := &cloudformation.DescribeStackResourceDriftsInput{StackName: &name}
	for {
		page, err := d.cfn.DescribeStackResourceDrifts(ctx, in)
		if err != nil {
			return found, fmt.Errorf("reading the drift of stack %s: %w", name, err)
		}
		for _, r := range page.StackResourceDrifts {
			of := fmt.Sprintf("%s (%s)", aws.ToString(r.LogicalResourceId), aws.ToString(r.ResourceType))
			switch r.StackResourceDriftStatus {
			case types.StackResourceDriftStatusDeleted:
				found.Found = append(found.Found, of+" was deleted")
			case types.StackResourceDriftStatusModified:
				var paths []string
				for _, p := range r.PropertyDifferences {
					paths = append(paths, aws.ToString(p.PropertyPath))
				}
				found.Found = append(found.Found, of+" was changed: "+strings.Join(paths, ", "))
			case types.StackResourceDriftStatusUnknown:
				found.Unknown = append(found.Unknown, of)
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return found, nil
		}
	}
}
