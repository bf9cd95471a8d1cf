package draft

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var ecsService = Kind{
	kind.ECSServiceID,
	[]Field{
		{Flag: "cluster", Ask: "Cluster", Offer: clusters, List: "aws ecs list-clusters"},
		{Flag: "ecs-service", Ask: "Service of ECS", Offer: ecsServices, List: "aws ecs list-services --cluster CLUSTER"},
	},
	balanced,
}

func clusters(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := ecs.NewListClustersPaginator(ecs.NewFromConfig(in), &ecs.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing clusters: %w", err)
		}
		for _, arn := range page.ClusterArns {
			found = append(found, Choice{Value: lastPart(arn)})
		}
	}
	return found, nil
}

func ecsServices(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	pages := ecs.NewListServicesPaginator(ecs.NewFromConfig(in), &ecs.ListServicesInput{Cluster: aws.String(so["cluster"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing services of cluster %s: %w", so["cluster"], err)
		}
		for _, arn := range page.ServiceArns {
			found = append(found, Choice{Value: lastPart(arn)})
		}
	}
	return found, nil
}

// lastPart is the name at the end of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// balanced is the service with the rule and the target groups that it has itself.
func balanced(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
	s := kind.ECSService{Cluster: so["cluster"], Service: so["ecs-service"]}
	out, err := ecs.NewFromConfig(in).DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &s.Cluster, Services: []string{s.Service}})
	if err != nil {
		return rollout.Target{}, fmt.Errorf("reading %s: %w", s, err)
	}
	if len(out.Services) == 0 {
		return rollout.Target{}, fmt.Errorf("there is no %s: aws ecs list-services --cluster %s", s, s.Cluster)
	}
	for _, b := range out.Services[0].LoadBalancers {
		if a := b.AdvancedConfiguration; a != nil {
			s.LoadBalancer = &kind.ECSBalancing{Rule: aws.ToString(a.ProductionListenerRule), TargetGroup: aws.ToString(b.TargetGroupArn), Alternate: aws.ToString(a.AlternateTargetGroupArn)}
		}
	}
	return rollout.Target{ECSService: &s}, nil
}
