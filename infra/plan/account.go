package plan

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// cloud is the account of whoever plans.
type cloud struct {
	builds *codebuild.Client
	roles  *iam.Client
	region string
}

// patience is how long reading the credentials may take, because a plan answers at once.
const patience = 5 * time.Second

// credentials reads those of the AWS CLI. It does not ask for those of a virtual machine: where there is none, that takes seconds.
func credentials(ctx context.Context) (aws.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cfg, err := config.LoadDefaultConfig(ctx, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	if err != nil {
		return cfg, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return cfg, errNoAccount
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, errNoAccount
	}
	return cfg, nil
}

// openAccount opens the account of the credentials.
func openAccount(ctx context.Context) (account, error) {
	cfg, err := credentials(ctx)
	if err != nil {
		return nil, err
	}
	return &cloud{codebuild.NewFromConfig(cfg), iam.NewFromConfig(cfg), cfg.Region}, nil
}

func (c *cloud) Region() string { return c.region }

func (c *cloud) Role(ctx context.Context, project string) (string, error) {
	out, err := c.builds.BatchGetProjects(ctx, &codebuild.BatchGetProjectsInput{Names: []string{project}})
	if err != nil {
		return "", fmt.Errorf("reading CodeBuild project %s: %w", project, err)
	}
	if len(out.Projects) == 0 {
		return "", fmt.Errorf("there is no CodeBuild project %s in %s", project, c.region)
	}
	return aws.ToString(out.Projects[0].ServiceRole), nil
}

// May asks IAM itself (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html). A real call may be decided
// differently where a condition depends on values that IAM does not know here.
func (c *cloud) May(ctx context.Context, role, action, resource string) (bool, error) {
	out, err := c.roles.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: &role, ActionNames: []string{action}, ResourceArns: []string{resource},
	})
	if err != nil {
		return false, fmt.Errorf("asking IAM what %s may do (iam:SimulatePrincipalPolicy): %w", role, err)
	}
	for _, r := range out.EvaluationResults {
		if r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed {
			return true, nil
		}
	}
	return false, nil
}
