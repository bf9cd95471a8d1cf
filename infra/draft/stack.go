package draft

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var stack = Kind{
	kind.StackID,
	[]Field{
		{Flag: "stack", Ask: "Stack of CloudFormation", Offer: stacks, List: "aws cloudformation describe-stacks"},
		{Flag: "templates", Ask: "Where its templates lie, such as s3://acme-templates/checkout"},
		{Flag: "role", Ask: "ARN of the stack's service role", Usual: roleOf},
	},
	func(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
		s := kind.Stack{Stack: so["stack"], Templates: so["templates"], Role: so["role"]}
		found, err := stackOf(ctx, in, so["stack"])
		if err != nil {
			return rollout.Target{}, err
		}
		for _, c := range found.Capabilities {
			s.Capabilities = append(s.Capabilities, string(c))
		}
		return rollout.Target{Stack: &s}, nil
	},
}

func stacks(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(in), &cloudformation.DescribeStacksInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing stacks: %w", err)
		}
		for _, s := range page.Stacks {
			if s.ParentId == nil {
				found = append(found, Choice{aws.ToString(s.StackName), string(s.StackStatus)})
			}
		}
	}
	return found, nil
}

func stackOf(ctx context.Context, in Account, name string) (types.Stack, error) {
	out, err := cloudformation.NewFromConfig(in).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return types.Stack{}, fmt.Errorf("reading stack %s: %w", name, err)
	}
	for _, s := range out.Stacks {
		return s, nil
	}
	return types.Stack{}, fmt.Errorf("there is no stack %s", name)
}

// roleOf is the service role that a stack has.
func roleOf(ctx context.Context, in Account, so Answers) (string, error) {
	s, err := stackOf(ctx, in, so["stack"])
	return aws.ToString(s.RoleARN), err
}
