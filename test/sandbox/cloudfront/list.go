package cloudfront

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/test/sandbox/wire"
)

// ListDistributions lists the distributions, staging ones among them, with a part of their configuration.
func (s *Service) ListDistributions(_ context.Context, in *api.ListDistributionsInput) (*api.ListDistributionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Marker != nil || in.MaxItems != nil {
		return nil, wire.NotImplemented("ListDistributions in pages")
	}
	all := &types.DistributionList{IsTruncated: aws.Bool(false), Marker: aws.String(""), MaxItems: aws.Int32(100), Quantity: aws.Int32(int32(len(s.distributions)))}
	for _, id := range slices.Sorted(maps.Keys(s.distributions)) {
		d := s.describe(s.distributions[id])
		all.Items = append(all.Items, types.DistributionSummary{
			Id: d.Id, ARN: d.ARN, DomainName: d.DomainName, Status: d.Status, LastModifiedTime: d.LastModifiedTime,
			Comment: d.DistributionConfig.Comment, Enabled: d.DistributionConfig.Enabled, Staging: d.DistributionConfig.Staging,
		})
	}
	return &api.ListDistributionsOutput{DistributionList: all}, nil
}
