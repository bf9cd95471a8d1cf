package ecs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// serviceRevision is what a service was to run at one time: a snapshot that never changes
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html).
type serviceRevision struct {
	arn        string
	definition *definition
	groups     []string // the target group of its tasks, for each load balancer of the service
	created    time.Time
}

// newRevision makes the revision of a deployment.
func (s *Service) newRevision(sv *service, d *definition, groups []string) *serviceRevision {
	r := &serviceRevision{arn: s.below(sv, "service-revision"), definition: d, groups: groups, created: time.Now()}
	sv.revisions = append(sv.revisions, r)
	return r
}

// below is the ARN of something new that belongs to a service: "arn:...:service-deployment/shop/web/...".
func (s *Service) below(sv *service, sort string) string {
	return strings.Replace(sv.arn, ":service/", ":"+sort+"/", 1) + "/" + s.id(21)
}

// usualGroups are the target groups that a service is made with.
func (sv *service) usualGroups() (arns []string) {
	for _, l := range sv.balancers {
		arns = append(arns, aws.ToString(l.TargetGroupArn))
	}
	return arns
}

// otherGroups are the target groups for the revision that comes next: those in which the one that serves does not stand. Blue and green change
// places at each deployment (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html).
func (sv *service) otherGroups(serves *serviceRevision) (arns []string) {
	for i, l := range sv.balancers {
		next := aws.ToString(l.TargetGroupArn)
		if l.AdvancedConfiguration != nil && serves.groups[i] == next {
			next = aws.ToString(l.AdvancedConfiguration.AlternateTargetGroupArn)
		}
		arns = append(arns, next)
	}
	return arns
}

// DescribeServiceRevisions describes up to twenty revisions by ARN.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
func (s *Service) DescribeServiceRevisions(_ context.Context, in *awsecs.DescribeServiceRevisionsInput) (*awsecs.DescribeServiceRevisionsOutput, error) {
	defer s.lock()()
	if len(in.ServiceRevisionArns) == 0 || len(in.ServiceRevisionArns) > 20 {
		return nil, invalid("serviceRevisionArns must have 1 to 20 elements.")
	}
	out := &awsecs.DescribeServiceRevisionsOutput{}
	for _, arn := range in.ServiceRevisionArns {
		sv, r := s.revision(arn)
		if r == nil {
			out.Failures = append(out.Failures, missing(arn))
			continue
		}
		out.ServiceRevisions = append(out.ServiceRevisions, sv.describedRevision(r))
	}
	return out, nil
}

func (s *Service) revision(arn string) (*service, *serviceRevision) {
	for _, c := range s.clusters {
		for _, sv := range c.services {
			if i := slices.IndexFunc(sv.revisions, func(r *serviceRevision) bool { return r.arn == arn }); i >= 0 {
				return sv, sv.revisions[i]
			}
		}
	}
	return nil, nil
}

func (sv *service) describedRevision(r *serviceRevision) types.ServiceRevision {
	d := types.ServiceRevision{
		ServiceRevisionArn: &r.arn, ServiceArn: &sv.arn, ClusterArn: &sv.of.arn, TaskDefinition: r.definition.TaskDefinitionArn, LaunchType: sv.launch, LoadBalancers: sv.balancers,
		NetworkConfiguration: sv.networking, ServiceConnectConfiguration: sv.connect, CreatedAt: at(r.created), ResolvedConfiguration: &types.ResolvedConfiguration{},
	}
	for _, c := range r.definition.ContainerDefinitions {
		image := types.ContainerImage{ContainerName: c.Name, Image: c.Image}
		if _, digest, ok := strings.Cut(*c.Image, "@"); ok {
			image.ImageDigest = &digest
		}
		d.ContainerImages = append(d.ContainerImages, image)
	}
	for i, l := range sv.balancers {
		resolved := types.ServiceRevisionLoadBalancer{TargetGroupArn: &r.groups[i]}
		if l.AdvancedConfiguration != nil {
			resolved.ProductionListenerRule = l.AdvancedConfiguration.ProductionListenerRule
		}
		d.ResolvedConfiguration.LoadBalancers = append(d.ResolvedConfiguration.LoadBalancers, resolved)
	}
	return d
}
