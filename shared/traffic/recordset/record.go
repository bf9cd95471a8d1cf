package recordset

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
)

// record is a weighted record of one pool, without its name: all that a DELETE has to say.
type record struct {
	Weight int64    `json:"w"`
	TTL    *int64   `json:"t,omitempty"`
	Values []string `json:"v,omitempty"`
	Alias  *alias   `json:"a,omitempty"`
	Check  string   `json:"h,omitempty"`
}

type alias struct {
	Zone   string `json:"z"`
	Name   string `json:"n"`
	Health bool   `json:"e,omitempty"`
}

// fromAWS is a record as Route 53 lists it.
func fromAWS(r types.ResourceRecordSet) record {
	found := record{Weight: aws.ToInt64(r.Weight), TTL: r.TTL, Check: aws.ToString(r.HealthCheckId)}
	for _, v := range r.ResourceRecords {
		found.Values = append(found.Values, aws.ToString(v.Value))
	}
	if a := r.AliasTarget; a != nil {
		found.Alias = &alias{aws.ToString(a.HostedZoneId), aws.ToString(a.DNSName), a.EvaluateTargetHealth}
	}
	return found
}

// defined is the record that the definition describes.
func defined(r kind.RecordSet, to kind.Endpoint) record {
	made := record{Check: to.HealthCheck}
	if to.Alias != nil {
		made.Alias = &alias{to.Alias.Zone, to.Alias.Name, to.Alias.Health}
		return made
	}
	made.TTL, made.Values = aws.Int64(int64(r.Seconds())), []string{to.Value}
	return made
}

// toAWS is the record under its name.
func (r record) toAWS(of kind.Record, pool string) *types.ResourceRecordSet {
	set := &types.ResourceRecordSet{Name: &of.Name, Type: types.RRType(of.Type), SetIdentifier: &pool, Weight: &r.Weight, TTL: r.TTL}
	for _, v := range r.Values {
		set.ResourceRecords = append(set.ResourceRecords, types.ResourceRecord{Value: &v})
	}
	if r.Alias != nil {
		set.AliasTarget = &types.AliasTarget{HostedZoneId: &r.Alias.Zone, DNSName: &r.Alias.Name, EvaluateTargetHealth: r.Alias.Health}
	}
	if r.Check != "" {
		set.HealthCheckId = &r.Check
	}
	return set
}

// leads says in words where a record leads: what has to be the same in the zone and in the definition.
func (r record) leads() string {
	to := strings.Join(r.Values, ", ")
	if r.Alias != nil {
		to = "alias " + absolute(r.Alias.Name) + " of zone " + r.Alias.Zone
		if r.Alias.Health {
			to += " with its health"
		}
	}
	return cmp.Or(to, "nothing") + checked(r.Check)
}

func checked(check string) string {
	if check == "" {
		return ""
	}
	return ", health check " + check
}

// absolute is a name as Route 53 lists it.
func absolute(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") + "." }

// records are what the zone has of one record of the definition, by set identifier.
type records map[string]record

// of are the records of the pools; the others are somebody else's.
func (r records) of(pools []string) (ours, others records) {
	ours, others = records{}, records{}
	for id, it := range r {
		if slices.Contains(pools, id) {
			ours[id] = it
		} else {
			others[id] = it
		}
	}
	return ours, others
}
