package ecs

import (
	"context"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"

	"sluice/test/sandbox/wire"
)

// ListClusters lists the clusters by their ARNs.
func (s *Service) ListClusters(_ context.Context, in *awsecs.ListClustersInput) (*awsecs.ListClustersOutput, error) {
	defer s.lock()()
	if in.NextToken != nil || in.MaxResults != nil {
		return nil, wire.NotImplemented("ListClusters in pages")
	}
	out := &awsecs.ListClustersOutput{}
	for _, c := range s.clusters {
		out.ClusterArns = append(out.ClusterArns, c.arn)
	}
	return out, nil
}
