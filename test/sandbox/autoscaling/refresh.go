package autoscaling

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsscaling "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Describe has a group be described with settings that nothing here acts on, such as a warm pool: somebody has made them.
func (s *Service) Describe(name string, change func(d *types.AutoScalingGroup)) {
	defer s.lock()()
	if g := s.named(name); g != nil {
		g.as = append(g.as, change)
	}
}

// Refresh has somebody begin an instance refresh, which replaces nothing here, or lets the one that there is end.
func (s *Service) Refresh(name string, status types.InstanceRefreshStatus) {
	defer s.lock()()
	if g := s.named(name); g != nil {
		g.refreshes = append([]types.InstanceRefresh{{AutoScalingGroupName: &g.name, InstanceRefreshId: aws.String(s.uuid()), Status: status}}, g.refreshes...)
	}
}

// DescribeInstanceRefreshes describes the refreshes of a group, the newest first
// (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeInstanceRefreshes.html).
func (s *Service) DescribeInstanceRefreshes(_ context.Context, in *awsscaling.DescribeInstanceRefreshesInput) (*awsscaling.DescribeInstanceRefreshesOutput, error) {
	defer s.lock()()
	g, err := s.group(in.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	return &awsscaling.DescribeInstanceRefreshesOutput{InstanceRefreshes: g.refreshes[:min(len(g.refreshes), int(*or(in.MaxRecords, aws.Int32(mostOnPage))))]}, nil
}
