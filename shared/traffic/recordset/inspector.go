package recordset

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type inspectorAPI interface {
	lister
	ListResourceRecordSetProtections(context.Context, *route53.ListResourceRecordSetProtectionsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetProtectionsOutput, error)
}

// Inspector looks at the records before anything is touched.
type Inspector struct{ route53 inspectorAPI }

// NewInspector builds an inspector on the account of cfg.
func NewInspector(cfg aws.Config) *Inspector { return &Inspector{route53.NewFromConfig(cfg)} }

// Inspect implements traffic.Inspector.
func (i *Inspector) Inspect(ctx context.Context, t rollout.Target, pool, _ string) (*rollout.Rejection, error) {
	r := *t.RecordSet
	seen, err := see(ctx, i.route53, r)
	if o := traffic.ObstacleOf(err); o != nil {
		return rollout.Because(o.What, o.Remedy), nil
	}
	if err != nil {
		return nil, err
	}
	if why := judge(r, seen, pool); why != nil {
		return why, nil
	}
	return i.protected(ctx, r)
}

// judge says why a pool cannot be released on what was seen.
func judge(r kind.RecordSet, seen sight, pool string) *rollout.Rejection {
	pools := r.Pools()
	if !slices.Contains(pools, pool) {
		return rollout.Because(fmt.Sprintf("the definition has no pool %s", pool), "release "+strings.Join(pools, " or "))
	}
	if !seen.alike(pools) {
		return rollout.Because("the records are not divided alike, as a move of all of them leaves them", "bring all of them to the pool that people rely on: "+r.Restore(pools[0])+", or: "+r.Restore(pools[1]))
	}
	for i, of := range r.Records {
		ours, others := seen[i].of(pools)
		for _, id := range slices.Sorted(maps.Keys(others)) {
			return rollout.Because(fmt.Sprintf("%s %s has a weighted record %s, which is none of the definition's pools", of.Name, of.Type, id), "delete that record, or release it by whatever made it: two pools are all that is compared")
		}
		for _, id := range slices.Sorted(maps.Keys(ours)) {
			if is, want := ours[id].leads(), defined(r, of.To[id]).leads(); is != want {
				return rollout.Because(fmt.Sprintf("the record of pool %s for %s %s leads to %s, and the definition says %s", id, of.Name, of.Type, is, want),
					"change the one that is wrong: a record that a release deletes is made again from the definition")
			}
		}
	}
	return nil
}

// protected refuses records that nobody may change.
func (i *Inspector) protected(ctx context.Context, r kind.RecordSet) (*rollout.Rejection, error) {
	for _, of := range r.Records {
		found, err := i.route53.ListResourceRecordSetProtections(ctx, &route53.ListResourceRecordSetProtectionsInput{
			HostedZoneId: &r.Zone, StartRecordName: &of.Name, StartRecordType: types.RRType(of.Type),
		})
		if err != nil {
			return nil, fmt.Errorf("reading protections of %s %s: %w", of.Name, of.Type, err)
		}
		for _, p := range found.ResourceRecordSetProtections {
			if absolute(aws.ToString(p.RecordName)) == absolute(of.Name) && p.RecordType == types.RRType(of.Type) {
				return rollout.Because(fmt.Sprintf("%s %s is protected from changes (%s)", of.Name, of.Type, aws.ToString(p.Comment)),
					fmt.Sprintf("ask whoever protected it; then: aws route53 delete-resource-record-set-protections --hosted-zone-id %s --protections RecordName=%s,RecordType=%s", r.Zone, of.Name, of.Type)), nil
			}
		}
	}
	return nil, nil
}
