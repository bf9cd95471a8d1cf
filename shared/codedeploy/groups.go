// Package codedeploy looks for deployment groups of CodeDeploy that move what Sluice is to move.
package codedeploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy/types"
)

type api interface {
	ListApplications(context.Context, *codedeploy.ListApplicationsInput, ...func(*codedeploy.Options)) (*codedeploy.ListApplicationsOutput, error)
	BatchGetApplications(context.Context, *codedeploy.BatchGetApplicationsInput, ...func(*codedeploy.Options)) (*codedeploy.BatchGetApplicationsOutput, error)
	ListDeploymentGroups(context.Context, *codedeploy.ListDeploymentGroupsInput, ...func(*codedeploy.Options)) (*codedeploy.ListDeploymentGroupsOutput, error)
	BatchGetDeploymentGroups(context.Context, *codedeploy.BatchGetDeploymentGroupsInput, ...func(*codedeploy.Options)) (*codedeploy.BatchGetDeploymentGroupsOutput, error)
}

// Groups are the deployment groups of an account.
type Groups struct{ codedeploy api }

// New opens CodeDeploy.
func New(cfg aws.Config) *Groups { return &Groups{codedeploy.NewFromConfig(cfg)} }

// Most is how many applications of ECS are looked into: each takes two calls.
const Most = 40

// Route is what a group may move.
type Route struct {
	Listener     string   // ARN
	TargetGroups []string // ARNs
}

// Owner finds the group that moves the route, as application/group; empty when none does. Only groups for ECS move a listener. all says whether
// every application was looked into: an account may have more than Most of them.
func (g *Groups) Owner(ctx context.Context, r Route) (group string, all bool, err error) {
	names, all, err := g.applications(ctx)
	if err != nil {
		return "", false, err
	}
	for _, name := range names {
		found, err := g.groups(ctx, name)
		if err != nil {
			return "", false, err
		}
		for _, group := range found {
			if r.moved(group) {
				return name + "/" + aws.ToString(group.DeploymentGroupName), true, nil
			}
		}
	}
	return "", all, nil
}

// applications are the first of those for ECS.
func (g *Groups) applications(ctx context.Context) (names []string, all bool, err error) {
	pages := codedeploy.NewListApplicationsPaginator(g.codedeploy, &codedeploy.ListApplicationsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("listing applications of CodeDeploy: %w", err)
		}
		if len(page.Applications) == 0 {
			continue
		}
		out, err := g.codedeploy.BatchGetApplications(ctx, &codedeploy.BatchGetApplicationsInput{ApplicationNames: page.Applications})
		if err != nil {
			return nil, false, fmt.Errorf("reading applications of CodeDeploy: %w", err)
		}
		for _, app := range out.ApplicationsInfo {
			if app.ComputePlatform != types.ComputePlatformEcs {
				continue
			}
			if len(names) == Most {
				return names, false, nil
			}
			names = append(names, aws.ToString(app.ApplicationName))
		}
	}
	return names, true, nil
}

// groups are those of one application.
func (g *Groups) groups(ctx context.Context, application string) (found []types.DeploymentGroupInfo, err error) {
	pages := codedeploy.NewListDeploymentGroupsPaginator(g.codedeploy, &codedeploy.ListDeploymentGroupsInput{ApplicationName: &application})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing deployment groups of %s: %w", application, err)
		}
		if len(page.DeploymentGroups) == 0 {
			continue
		}
		out, err := g.codedeploy.BatchGetDeploymentGroups(ctx, &codedeploy.BatchGetDeploymentGroupsInput{ApplicationName: &application, DeploymentGroupNames: page.DeploymentGroups})
		if err != nil {
			return nil, fmt.Errorf("reading deployment groups of %s: %w", application, err)
		}
		found = append(found, out.DeploymentGroupsInfo...)
	}
	return found, nil
}

// moved says whether a group moves the route. It names target groups by their names alone.
func (r Route) moved(group types.DeploymentGroupInfo) bool {
	if group.LoadBalancerInfo == nil {
		return false
	}
	for _, pair := range group.LoadBalancerInfo.TargetGroupPairInfoList {
		if pair.ProdTrafficRoute != nil && slices.Contains(pair.ProdTrafficRoute.ListenerArns, r.Listener) {
			return true
		}
		if slices.ContainsFunc(pair.TargetGroups, func(t types.TargetGroupInfo) bool { return slices.Contains(r.names(), aws.ToString(t.Name)) }) {
			return true
		}
	}
	return false
}

// names are those of the target groups: the part of an ARN before the last.
func (r Route) names() (names []string) {
	for _, arn := range r.TargetGroups {
		if parts := strings.Split(arn, "/"); len(parts) == 3 {
			names = append(names, parts[1])
		}
	}
	return names
}
