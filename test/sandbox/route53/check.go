package route53

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// Limits of a batch, a group and a zone (DNSLimitations).
const (
	mostRecords    = 1000
	mostCharacters = 32000
	mostWeighted   = 100
	mostInZone     = 10000
	cloudFrontZone = "Z2FDTNDATAQYW2" // the hosted zone of all distributions (API_AliasTarget)
)

// check refuses a batch that Route 53 would not look at any closer.
func (s *Service) check(z *zone, b types.ChangeBatch) error {
	records, characters := 0, 0
	for _, c := range b.Changes {
		r := c.ResourceRecordSet
		if r == nil || aws.ToString(r.Name) == "" || r.Type == "" {
			return invalidInput("a change needs a ResourceRecordSet with Name and Type")
		}
		if err := s.checkRecord(c.Action, *r); err != nil {
			return err
		}
		counts := 1
		if c.Action == types.ChangeActionUpsert { // counts twice
			counts = 2
		}
		records += counts * len(r.ResourceRecords)
		for _, v := range r.ResourceRecords {
			characters += counts * len(aws.ToString(v.Value))
		}
	}
	switch { // in what words is undocumented
	case records > mostRecords:
		return refused([]string{fmt.Sprintf("Number of records limit of %d exceeded", mostRecords)})
	case characters > mostCharacters:
		return refused([]string{fmt.Sprintf("Number of characters limit of %d exceeded", mostCharacters)})
	}
	return nil
}

// checkRecord looks at one record by itself.
func (s *Service) checkRecord(action types.ChangeAction, r types.ResourceRecordSet) error {
	identifier := "null"
	if r.SetIdentifier != nil {
		identifier = *r.SetIdentifier
	}
	in := fmt.Sprintf("in Change with [Action=%s, Name=%s, Type=%s, SetIdentifier=%s]", action, absolute(*r.Name), r.Type, identifier)
	plain := r.TTL != nil && len(r.ResourceRecords) > 0
	switch {
	case !slices.Contains(action.Values(), action):
		return invalidInput("Invalid request: unknown action " + in)
	case r.Region != "" || r.Failover != "" || r.GeoLocation != nil || r.MultiValueAnswer != nil || r.CidrRoutingConfig != nil || r.GeoProximityLocation != nil || r.TrafficPolicyInstanceId != nil:
		return invalidInput("sandbox: it routes by weight only, " + in)
	case plain == (r.AliasTarget != nil) || r.AliasTarget != nil && (r.TTL != nil || len(r.ResourceRecords) > 0):
		return invalidInput("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found " + map[bool]string{true: "more than one", false: "none"}[plain] + " " + in)
	case (r.Weight == nil) != (r.SetIdentifier == nil):
		return invalidInput("Invalid request: Missing field 'SetIdentifier' or 'Weight' " + in)
	case r.Weight != nil && (*r.Weight < 0 || *r.Weight > 255):
		return invalidInput(fmt.Sprintf("Invalid request: Weight %d is not from 0 to 255 %s", *r.Weight, in))
	case r.Weight != nil && len(r.ResourceRecords) > 1: // API_ResourceRecordSet
		return invalidInput("Invalid request: only one ResourceRecord per weighted resource record set " + in)
	}
	return s.checkValues(r)
}

func (s *Service) checkValues(r types.ResourceRecordSet) error {
	if id := aws.ToString(r.HealthCheckId); id != "" {
		if _, there := s.sick[id]; !there {
			return &types.NoSuchHealthCheck{Message: aws.String("No health check exists with the specified ID: " + id)}
		}
	}
	if a := r.AliasTarget; a != nil && a.EvaluateTargetHealth && aws.ToString(a.HostedZoneId) == cloudFrontZone {
		return refused([]string{"EvaluateTargetHealth can not be true for an alias to a CloudFront distribution"}) // API_AliasTarget; the words are undocumented
	}
	for _, v := range r.ResourceRecords {
		address, err := netip.ParseAddr(aws.ToString(v.Value))
		switch {
		case r.Type == types.RRTypeA && (err != nil || !address.Is4()):
			return refused([]string{fmt.Sprintf("Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '%s''", aws.ToString(v.Value))})
		case r.Type == types.RRTypeAaaa && (err != nil || !address.Is6()):
			return refused([]string{fmt.Sprintf("Invalid Resource Record: 'FATAL problem: AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '%s''", aws.ToString(v.Value))})
		}
	}
	return nil
}

// excess says what is wrong with the records that a batch would leave.
func (z *zone) excess(after []types.ResourceRecordSet) (wrong []string) {
	if len(after) > mostInZone {
		wrong = append(wrong, fmt.Sprintf("Number of records limit of %d exceeded", mostInZone))
	}
	for i := 0; i < len(after); {
		group := groupAt(after, i)
		wrong = append(wrong, z.wrongGroup(group)...)
		i += len(group)
	}
	return wrong
}

// groupAt are the records of one name and type from i on.
func groupAt(records []types.ResourceRecordSet, i int) []types.ResourceRecordSet {
	end := i + 1
	for end < len(records) && keyOf(records[end]) == keyOf(records[i]) {
		end++
	}
	return records[i:end]
}

func (z *zone) wrongGroup(group []types.ResourceRecordSet) (wrong []string) {
	first := group[0]
	name := aws.ToString(first.Name)
	switch {
	case name != z.name && !strings.HasSuffix(name, "."+z.name):
		wrong = append(wrong, fmt.Sprintf("RRSet with DNS name %s is not permitted in zone %s", name, z.name))
	case first.Type == types.RRTypeCname && name == z.name:
		wrong = append(wrong, fmt.Sprintf("RRSet of type CNAME with DNS name %s is not permitted at apex in zone %s", name, z.name))
	case len(group) > mostWeighted:
		wrong = append(wrong, fmt.Sprintf("more than %d weighted record sets %s", mostWeighted, named(first)))
	}
	for _, r := range group[1:] {
		if first.Weight == nil || r.Weight == nil {
			wrong = append(wrong, fmt.Sprintf("RRSet with DNS name %s, type %s, SetIdentifier %s cannot be created as a non-weighted set exists with the same name and type.", name, r.Type, aws.ToString(r.SetIdentifier)))
		}
		if first.TTL != nil && r.TTL != nil && *first.TTL != *r.TTL { // API_ResourceRecordSet; the words are undocumented
			wrong = append(wrong, fmt.Sprintf("RRSet with DNS name %s, type %s, SetIdentifier %s has another TTL than the other weighted sets", name, r.Type, aws.ToString(r.SetIdentifier)))
		}
	}
	return wrong
}

// canonical writes records that AWS takes for the same in one way: the order of values does not matter.
func canonical(r types.ResourceRecordSet) []byte {
	r = copied(r)
	slices.SortFunc(r.ResourceRecords, func(a, b types.ResourceRecord) int {
		return strings.Compare(aws.ToString(a.Value), aws.ToString(b.Value))
	})
	text, _ := json.Marshal(r) // the SDK's types are plain
	return text
}

// named is a record in AWS's words: "[name='www.example.com.', type='A', set-identifier='blue']".
func named(r types.ResourceRecordSet) string {
	identifier := ""
	if r.SetIdentifier != nil {
		identifier = ", set-identifier='" + *r.SetIdentifier + "'"
	}
	return fmt.Sprintf("[name='%s', type='%s'%s]", absolute(aws.ToString(r.Name)), r.Type, identifier)
}

func invalidInput(message string) error { return &types.InvalidInput{Message: &message} }
