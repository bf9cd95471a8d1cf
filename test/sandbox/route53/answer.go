package route53

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// An Answer is what a name server says of a name.
type Answer struct {
	Exists bool // the zone has records of the name, if perhaps of other types
	Kind   types.RRType
	Values []string
	TTL    time.Duration
}

// aliasTTL is the TTL of answers for an alias to a load balancer (ResourceRecordSet.TTL).
const aliasTTL = time.Minute

// deepest is how many aliases may lead to one another (Routing tree limits: three levels).
const deepest = 3

// Ask has one of the name servers answer a question that comes from a VPC; an empty one is the rest of the world.
func (s *Service) Ask(vpc, name string, kind types.RRType) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := question{s, vpc, int(s.o.Chance() * servers), time.Now()}
	z := q.zone(absolute(name))
	if z == nil {
		return Answer{}
	}
	if len(z.vpcs) == 0 { // private zones have no metric (monitoring-hosted-zones-with-cloudwatch)
		s.o.Record("AWS/Route53", "DNSQueries", map[string]string{"HostedZoneId": z.id}, "None", 1, q.now)
	}
	a := q.resolve(z, absolute(name), kind, 0)
	a.Exists = a.Exists || slices.ContainsFunc(q.records(z), func(r types.ResourceRecordSet) bool { return aws.ToString(r.Name) == absolute(name) })
	return a
}

// A question is answered by one name server, as of now.
type question struct {
	*Service
	vpc    string
	server int
	now    time.Time
}

// zone is the zone with the longest name that covers a name. A private zone comes before a public one of the same name.
func (q question) zone(name string) *zone {
	var found *zone
	for _, z := range q.zones {
		private := len(z.vpcs) > 0
		if (name != z.name && !strings.HasSuffix(name, "."+z.name)) || private && !slices.Contains(z.vpcs, q.vpc) {
			continue
		}
		if found == nil || len(z.name) > len(found.name) || len(z.name) == len(found.name) && private {
			found = z
		}
	}
	return found
}

// records are a zone's records as far as the server knows: a change comes to one server after the other.
func (q question) records(z *zone) []types.ResourceRecordSet {
	for _, s := range slices.Backward(z.seen) {
		if late := s.takes * time.Duration(q.server+1) / servers; !q.now.Before(s.since.Add(late)) {
			return s.records
		}
	}
	return nil
}

func (q question) resolve(z *zone, name string, kind types.RRType, depth int) Answer {
	group := q.group(z, name, kind)
	if len(group) == 0 && kind != types.RRTypeCname { // the name may be another's
		kind = types.RRTypeCname
		group = q.group(z, name, kind)
	}
	if len(group) == 0 || depth > deepest {
		return Answer{}
	}
	chosen := q.choose(z, group)
	if chosen.AliasTarget == nil {
		a := Answer{Exists: true, Kind: kind, TTL: time.Duration(aws.ToInt64(chosen.TTL)) * time.Second}
		for _, v := range chosen.ResourceRecords {
			a.Values = append(a.Values, aws.ToString(v.Value))
		}
		return a
	}
	target := aws.ToString(chosen.AliasTarget.DNSName)
	if of := q.zone(target); of != nil && len(q.group(of, target, kind)) > 0 {
		return q.resolve(of, target, kind, depth+1)
	}
	return Answer{Exists: true, Kind: kind, TTL: aliasTTL, Values: q.o.Lookup(strings.TrimSuffix(target, "."), string(kind))}
}

func (q question) group(z *zone, name string, kind types.RRType) []types.ResourceRecordSet {
	var group []types.ResourceRecordSet
	for _, r := range q.records(z) {
		if keyOf(r) == (key{name, kind}) {
			group = append(group, r)
		}
	}
	return group
}

// choose takes a record of a group: one that is healthy and has a weight, else one that is healthy and has none, else any as if all were healthy
// (health-checks-how-route-53-chooses-records).
func (q question) choose(z *zone, group []types.ResourceRecordSet) types.ResourceRecordSet {
	well := func(r types.ResourceRecordSet) bool { return q.healthy(z, r, 0) }
	some := func(r types.ResourceRecordSet) bool { return r.Weight == nil || *r.Weight > 0 }
	all := func(types.ResourceRecordSet) bool { return true }
	for _, take := range []func(types.ResourceRecordSet) bool{
		func(r types.ResourceRecordSet) bool { return well(r) && some(r) }, well, some, all,
	} {
		if fits := filter(group, take); len(fits) > 0 {
			return q.weighed(fits)
		}
	}
	return group[0]
}

func filter(group []types.ResourceRecordSet, take func(types.ResourceRecordSet) bool) []types.ResourceRecordSet {
	return slices.DeleteFunc(slices.Clone(group), func(r types.ResourceRecordSet) bool { return !take(r) })
}

// weighed takes a record by weight. Where all weights are zero, each is as likely as the others (ResourceRecordSet.Weight).
func (q question) weighed(group []types.ResourceRecordSet) types.ResourceRecordSet {
	var sum int64
	for _, r := range group {
		sum += aws.ToInt64(r.Weight)
	}
	if sum == 0 {
		return group[int(q.o.Chance()*float64(len(group)))]
	}
	at := int64(q.o.Chance() * float64(sum))
	for _, r := range group {
		if at -= aws.ToInt64(r.Weight); at < 0 {
			return r
		}
	}
	return group[len(group)-1]
}

// healthy says whether Route 53 takes a record for healthy: by its health check, and, if the alias asks for that, by what it points to. A record with
// neither always is.
func (q question) healthy(z *zone, r types.ResourceRecordSet, depth int) bool {
	if id := aws.ToString(r.HealthCheckId); id != "" && q.sick[id] {
		return false
	}
	a := r.AliasTarget
	if a == nil || !a.EvaluateTargetHealth || depth > deepest {
		return true
	}
	group := q.group(z, absolute(cmp.Or(aws.ToString(a.DNSName), ".")), r.Type)
	return len(group) == 0 || slices.ContainsFunc(group, func(r types.ResourceRecordSet) bool { return q.healthy(z, r, depth+1) })
}
