package draft

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var recordSet = Kind{
	kind.RecordSetID,
	[]Field{
		{Flag: "zone", Ask: "Hosted zone", Offer: hostedZones, List: "aws route53 list-hosted-zones"},
		{Flag: "name", Ask: "Name that clients ask for, such as shop.example.com", Offer: weightedNames, List: "aws route53 list-resource-record-sets --hosted-zone-id ZONE"},
		{Flag: "type", Ask: "Type of the record", Usual: typeOf},
		{Flag: "blue", Ask: "What one pool's record leads to: an address, or a name for a CNAME", Matters: lacks("blue")},
		{Flag: "green", Ask: "What the other pool's record leads to", Matters: lacks("green")},
	},
	func(ctx context.Context, in Account, so Answers) (rollout.Target, error) {
		r := kind.Record{Name: so["name"], Type: so["type"], To: map[string]kind.Endpoint{}}
		found, err := weighted(ctx, in, so)
		if err != nil {
			return rollout.Target{}, err
		}
		for _, one := range found {
			r.To[aws.ToString(one.SetIdentifier)] = endpointOf(one)
		}
		for _, pool := range []string{"blue", "green"} {
			if so[pool] != "" && lacks(pool)(ctx, in, so) {
				r.To[pool] = kind.Endpoint{Value: so[pool]}
			}
		}
		return rollout.Target{RecordSet: &kind.RecordSet{Zone: so["zone"], Records: []kind.Record{r}}}, nil
	},
}

func hostedZones(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := route53.NewListHostedZonesPaginator(route53.NewFromConfig(in), &route53.ListHostedZonesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing hosted zones: %w", err)
		}
		for _, z := range page.HostedZones {
			found = append(found, Choice{lastPart(aws.ToString(z.Id)), aws.ToString(z.Name)})
		}
	}
	return found, nil
}

// weightedNames are the names whose records have weights already.
func weightedNames(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	records, err := recordsOf(ctx, in, so["zone"])
	for _, r := range records {
		name := plainName(r)
		if r.Weight == nil || len(found) > 0 && found[len(found)-1].Value == name {
			continue
		}
		found = append(found, Choice{name, string(r.Type)})
	}
	return found, err
}

func recordsOf(ctx context.Context, in Account, zone string) (found []types.ResourceRecordSet, err error) {
	pages := route53.NewListResourceRecordSetsPaginator(route53.NewFromConfig(in), &route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing records of zone %s: %w", zone, err)
		}
		found = append(found, page.ResourceRecordSets...)
	}
	return found, nil
}

func plainName(r types.ResourceRecordSet) string {
	return strings.TrimSuffix(aws.ToString(r.Name), ".")
}

// weighted are the records of a name that have weights.
func weighted(ctx context.Context, in Account, so Answers) (found []types.ResourceRecordSet, err error) {
	records, err := recordsOf(ctx, in, so["zone"])
	for _, r := range records {
		if r.Weight != nil && plainName(r) == so["name"] && (so["type"] == "" || string(r.Type) == so["type"]) {
			found = append(found, r)
		}
	}
	return found, err
}

func typeOf(ctx context.Context, in Account, so Answers) (string, error) {
	found, err := weighted(ctx, in, so)
	if err != nil || len(found) == 0 {
		return "A", err
	}
	return string(found[0].Type), nil
}

// lacks says whether a pool has no record yet, and is one of the two. A pool that has one keeps its name: a pool called 1 is joined by green.
func lacks(pool string) func(context.Context, Account, Answers) bool {
	return func(ctx context.Context, in Account, so Answers) bool {
		found, err := weighted(ctx, in, so)
		switch {
		case err != nil || len(found) == 0:
			return true
		case len(found) > 1:
			return false
		}
		has := aws.ToString(found[0].SetIdentifier)
		return has != pool && (pool == "green" || has == "green")
	}
}

func endpointOf(r types.ResourceRecordSet) kind.Endpoint {
	e := kind.Endpoint{HealthCheck: aws.ToString(r.HealthCheckId)}
	if a := r.AliasTarget; a != nil {
		e.Alias = &kind.Alias{Zone: aws.ToString(a.HostedZoneId), Name: strings.TrimSuffix(aws.ToString(a.DNSName), "."), Health: a.EvaluateTargetHealth}
		return e
	}
	for _, v := range r.ResourceRecords {
		e.Value = aws.ToString(v.Value)
	}
	return e
}
