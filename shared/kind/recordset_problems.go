package kind

import (
	"fmt"
	"slices"
	"strings"
)

// mostRecords is how many names are shifted together: the records of both pools are in one batch, and in the lock of the last one.
const mostRecords = 10

// cloudFrontZone is the hosted zone of all distributions, whose health no alias can evaluate
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html).
const cloudFrontZone = "Z2FDTNDATAQYW2"

// Problems implements Spec.
func (r RecordSet) Problems() []Problem {
	var found []Problem
	wrong := func(ok bool, field, what, remedy string) {
		if !ok {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(named(`^Z[A-Z0-9]{1,31}$`, r.Zone), "zone", fmt.Sprintf("%.60q is not a hosted zone's id", r.Zone), "write the id alone, such as Z0123456789ABCDEFGHIJ: aws route53 list-hosted-zones")
	wrong(r.TTL >= 0 && r.TTL <= 86400, "ttl", fmt.Sprintf("%d is not a TTL", r.TTL), "write 60 seconds or less: it is how long resolvers lead clients to a pool that is out")
	wrong(len(r.Records) > 0, "records", "there are none", "write at least one, with what it leads to in each of two pools")
	wrong(len(r.Records) <= mostRecords, "records", fmt.Sprintf("%d are too many", len(r.Records)), fmt.Sprintf("write at most %d that are shifted together", mostRecords))
	pools := r.Pools()
	wrong(len(r.Records) == 0 || len(pools) == 2, "records[0].to", fmt.Sprintf("it names %d pools", len(pools)), "name two: the one that serves and the one that is idle")
	seen := map[string]bool{}
	for i, record := range r.Records {
		at := fmt.Sprintf("records[%d]", i)
		wrong(!seen[record.Name+record.Type], at+".name", record.Name+" "+record.Type+" is there already", "name each record once")
		seen[record.Name+record.Type] = true
		found = append(found, record.problems(at, pools)...)
	}
	return append(found, countProblems(r.Counts, pools)...)
}

func (r Record) problems(at string, pools []string) []Problem {
	var found []Problem
	if !named(`^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+$`, r.Name) {
		found = append(found, Problem{at + ".name", fmt.Sprintf("%.60q is not a record's name", r.Name), "write it whole and in small letters, such as shop.example.com"})
	}
	if !slices.Contains([]string{"A", "AAAA", "CNAME"}, r.Type) {
		found = append(found, Problem{at + ".type", fmt.Sprintf("%.20q is not a type that leads clients to endpoints", r.Type), "write A, AAAA or CNAME"})
	}
	for _, pool := range pools {
		if _, there := r.To[pool]; !there {
			found = append(found, Problem{at + ".to", "it does not say what pool " + pool + " is", "name the same two pools for each record"})
		}
	}
	for pool, to := range r.To {
		found = append(found, to.problems(at+".to."+pool, pool)...)
	}
	slices.SortFunc(found, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return found
}

func (e Endpoint) problems(at, pool string) []Problem {
	var found []Problem
	if !named("^"+poolGrammar+"$", pool) {
		found = append(found, Problem{at, "it is not a pool's label", "write letters, digits, hyphens and dots, such as blue"})
	}
	switch a := e.Alias; {
	case (a == nil) == (e.Value == ""):
		found = append(found, Problem{at, "it leads nowhere, or to two things", "write either value or alias"})
	case a != nil && (!named(`^Z[A-Z0-9]{1,31}$`, a.Zone) || a.Name == ""):
		found = append(found, Problem{at + ".alias", "it does not say what it points to", "write the zone and the DNS name of a load balancer, an API or a distribution, as AWS shows them"})
	case a != nil && a.Health && a.Zone == cloudFrontZone:
		found = append(found, Problem{at + ".alias.evaluateTargetHealth", "Route 53 does not evaluate the health of distributions", "leave it out"})
	}
	return found
}
