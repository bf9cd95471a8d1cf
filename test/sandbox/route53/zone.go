package route53

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// A zone is a hosted zone with its records as the API shows them, and as its name servers may still see them.
type zone struct {
	id, name    string
	vpcs        []string // a private zone is seen from these alone
	records     []types.ResourceRecordSet
	seen        []snapshot // the oldest is at all name servers
	protections map[key]string
	busy        time.Time // until then it takes no batch
}

// A snapshot is a zone's records since a moment. They are never changed.
type snapshot struct {
	since   time.Time
	takes   time.Duration
	records []types.ResourceRecordSet
}

// A key is what record sets have in common between which Route 53 chooses.
type key struct {
	name string
	kind types.RRType
}

func keyOf(r types.ResourceRecordSet) key { return key{absolute(aws.ToString(r.Name)), r.Type} }

// CreateHostedZone makes a public zone, or one that a VPC sees.
func (s *Service) CreateHostedZone(_ context.Context, in *api.CreateHostedZoneInput) (*api.CreateHostedZoneOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("CreateHostedZone", 0); err != nil {
		return nil, err
	}
	z := &zone{id: s.id("Z"), name: absolute(aws.ToString(in.Name)), protections: map[key]string{}}
	config := &types.HostedZoneConfig{PrivateZone: in.VPC != nil}
	if in.VPC != nil {
		z.vpcs = []string{aws.ToString(in.VPC.VPCId)}
	}
	z.seen = []snapshot{{}}
	s.zones[z.id] = z
	out := &api.CreateHostedZoneOutput{
		HostedZone: &types.HostedZone{Id: aws.String("/hostedzone/" + z.id), Name: &z.name, CallerReference: in.CallerReference, Config: config},
		ChangeInfo: s.submit(z, nil).info(time.Now()), Location: aws.String("https://route53.amazonaws.com/2013-04-01/hostedzone/" + z.id), VPC: in.VPC,
	}
	if in.VPC == nil {
		out.DelegationSet = &types.DelegationSet{NameServers: []string{"ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"}}
	}
	return out, nil
}

func (s *Service) zone(id *string) (*zone, error) {
	found := s.zones[strings.TrimPrefix(aws.ToString(id), "/hostedzone/")]
	if found == nil {
		return nil, &types.NoSuchHostedZone{Message: aws.String("No hosted zone found with ID: " + aws.ToString(id))}
	}
	return found, nil
}

// ListResourceRecordSets lists a zone's records from a name, type and identifier on, in the order of the names' labels from the right.
func (s *Service) ListResourceRecordSets(_ context.Context, in *api.ListResourceRecordSetsInput) (*api.ListResourceRecordSetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("ListResourceRecordSets", 0); err != nil {
		return nil, err
	}
	z, err := s.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	if in.StartRecordType != "" && in.StartRecordName == nil {
		return nil, invalidInput("StartRecordName must be specified with StartRecordType")
	}
	if in.StartRecordIdentifier != nil && in.StartRecordType == "" {
		return nil, invalidInput("StartRecordType must be specified with StartRecordIdentifier")
	}
	from := types.ResourceRecordSet{Name: in.StartRecordName, Type: in.StartRecordType, SetIdentifier: in.StartRecordIdentifier}
	first, _ := slices.BinarySearchFunc(z.records, from, byName)
	if in.StartRecordName == nil {
		first = 0
	}
	most := int32(300)
	if in.MaxItems != nil {
		most = min(most, max(1, *in.MaxItems))
	}
	out := &api.ListResourceRecordSetsOutput{MaxItems: &most, ResourceRecordSets: []types.ResourceRecordSet{}}
	rest := z.records[first:]
	if len(rest) > int(most) {
		next := rest[most]
		out.IsTruncated, out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier = true, next.Name, next.Type, next.SetIdentifier
		rest = rest[:most]
	}
	out.ResourceRecordSets = append(out.ResourceRecordSets, copied(rest)...)
	return out, nil
}

// byName orders records as they are listed.
func byName(a, b types.ResourceRecordSet) int {
	return cmp.Or(slices.Compare(labels(aws.ToString(a.Name)), labels(aws.ToString(b.Name))),
		cmp.Compare(a.Type, b.Type), cmp.Compare(aws.ToString(a.SetIdentifier), aws.ToString(b.SetIdentifier)))
}

// labels are a name's labels from the right: com, example, www.
func labels(name string) []string {
	parts := strings.Split(strings.TrimSuffix(absolute(name), "."), ".")
	slices.Reverse(parts)
	return parts
}

// absolute is a name as Route 53 keeps it: in small letters, with a dot at its end and an escaped star.
func absolute(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.ToLower(name), ".")+".", "*", `\052`)
}
