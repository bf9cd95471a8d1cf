package route53

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/test/sandbox/wire"
)

// ListHostedZones lists the zones of the account.
func (s *Service) ListHostedZones(_ context.Context, in *api.ListHostedZonesInput) (*api.ListHostedZonesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("ListHostedZones", 0); err != nil {
		return nil, err
	}
	if in.Marker != nil || in.MaxItems != nil || in.DelegationSetId != nil || in.HostedZoneType != "" {
		return nil, wire.NotImplemented("ListHostedZones of some zones, or in pages")
	}
	out := &api.ListHostedZonesOutput{MaxItems: aws.Int32(100)}
	for _, id := range slices.Sorted(maps.Keys(s.zones)) {
		z := s.zones[id]
		out.HostedZones = append(out.HostedZones, types.HostedZone{
			Id: aws.String("/hostedzone/" + z.id), Name: &z.name, CallerReference: &z.id, Config: &types.HostedZoneConfig{PrivateZone: len(z.vpcs) > 0}, ResourceRecordSetCount: aws.Int64(int64(len(z.records))),
		})
	}
	return out, nil
}
