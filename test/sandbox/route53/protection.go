package route53

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// CreateResourceRecordSetProtections forbids everybody to change the records of these names and types, whether there are any yet or not.
func (s *Service) CreateResourceRecordSetProtections(_ context.Context, in *api.CreateResourceRecordSetProtectionsInput) (*api.CreateResourceRecordSetProtectionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("CreateResourceRecordSetProtections", 0); err != nil {
		return nil, err
	}
	z, err := s.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	made := map[key]string{}
	for _, p := range in.Protections {
		at := key{absolute(aws.ToString(p.RecordName)), p.RecordType}
		if _, there := z.protections[at]; there {
			return nil, &types.ProtectionAlreadyExists{Message: aws.String("a protection exists for " + at.name + " " + string(at.kind))}
		}
		made[at] = aws.ToString(p.Comment)
	}
	for at, comment := range made {
		z.protections[at] = comment
	}
	return &api.CreateResourceRecordSetProtectionsOutput{}, nil
}

// DeleteResourceRecordSetProtections lets records be changed again.
func (s *Service) DeleteResourceRecordSetProtections(_ context.Context, in *api.DeleteResourceRecordSetProtectionsInput) (*api.DeleteResourceRecordSetProtectionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("DeleteResourceRecordSetProtections", 0); err != nil {
		return nil, err
	}
	z, err := s.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	for _, p := range in.Protections {
		if _, there := z.protections[key{absolute(aws.ToString(p.RecordName)), p.RecordType}]; !there {
			return nil, &types.InvalidResourceRecordSetProtectionBatch{Message: aws.String("no protection exists for " + aws.ToString(p.RecordName))}
		}
	}
	for _, p := range in.Protections {
		delete(z.protections, key{absolute(aws.ToString(p.RecordName)), p.RecordType})
	}
	return &api.DeleteResourceRecordSetProtectionsOutput{}, nil
}

// ListResourceRecordSetProtections lists protections from a name and type on. In which order is undocumented: it is that of records here.
func (s *Service) ListResourceRecordSetProtections(_ context.Context, in *api.ListResourceRecordSetProtectionsInput) (*api.ListResourceRecordSetProtectionsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("ListResourceRecordSetProtections", 0); err != nil {
		return nil, err
	}
	z, err := s.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	from := key{aws.ToString(in.StartRecordName), in.StartRecordType}
	if name, kind, again := strings.Cut(aws.ToString(in.NextToken), " "); again {
		from = key{name, types.RRType(kind)}
	}
	most := 300
	if in.MaxResults != nil {
		most = min(most, max(1, int(*in.MaxResults)))
	}
	out := &api.ListResourceRecordSetProtectionsOutput{ResourceRecordSetProtections: []types.ResourceRecordSetProtection{}}
	for _, at := range z.protected(from) {
		if len(out.ResourceRecordSetProtections) == most {
			out.NextToken = aws.String(at.name + " " + string(at.kind))
			break
		}
		p := types.ResourceRecordSetProtection{RecordName: aws.String(at.name), RecordType: at.kind}
		if comment := z.protections[at]; comment != "" {
			p.Comment = &comment
		}
		out.ResourceRecordSetProtections = append(out.ResourceRecordSetProtections, p)
	}
	return out, nil
}

// protected are the names and types that are protected, from one on.
func (z *zone) protected(from key) []key {
	order := func(a, b key) int {
		return cmp.Or(slices.Compare(labels(a.name), labels(b.name)), cmp.Compare(a.kind, b.kind))
	}
	var all []key
	for at := range z.protections {
		if from.name == "" || order(at, from) >= 0 {
			all = append(all, at)
		}
	}
	slices.SortFunc(all, order)
	return all
}
