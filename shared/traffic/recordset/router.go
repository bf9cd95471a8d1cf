package recordset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error)
	ChangeResourceRecordSets(context.Context, *route53.ChangeResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ChangeResourceRecordSetsOutput, error)
	GetChange(context.Context, *route53.GetChangeInput, ...func(*route53.Options)) (*route53.GetChangeOutput, error)
}

// Router is the traffic.Router of weighted records.
type Router struct{ route53 api }

var (
	_ traffic.Router   = (*Router)(nil)
	_ traffic.Follower = (*Router)(nil)
)

// Ports opens everything that the kind can do.
func Ports(cfg aws.Config) traffic.Ports {
	client := route53.NewFromConfig(cfg)
	return traffic.Ports{Router: &Router{client}, Inspector: &Inspector{client}, Unlocked: true}
}

// New builds a router on the account of cfg.
func New(cfg aws.Config) *Router { return &Router{route53.NewFromConfig(cfg)} }

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	s, err := see(ctx, r.route53, *t.RecordSet)
	if err != nil {
		return rollout.Split{}, err
	}
	return s.split(t.RecordSet.Pools()), nil
}

// lister is what it takes to read records.
type lister interface {
	ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error)
}

// see reads the records of a target.
func see(ctx context.Context, l lister, r kind.RecordSet) (sight, error) {
	var seen sight
	for _, of := range r.Records {
		found, err := l.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &r.Zone, StartRecordName: &of.Name, StartRecordType: types.RRType(of.Type)})
		if err != nil {
			return nil, fmt.Errorf("reading %s %s: %w", of.Name, of.Type, gone(r, err))
		}
		own := records{}
		for _, set := range found.ResourceRecordSets {
			if aws.ToString(set.Name) != absolute(of.Name) || set.Type != types.RRType(of.Type) {
				break // they come in order
			}
			if why := unweighted(of, set); why != nil {
				return nil, why
			}
			own[*set.SetIdentifier] = fromAWS(set)
		}
		if ours, _ := own.of(r.Pools()); len(ours) == 0 {
			return nil, missing(r, of)
		}
		seen = append(seen, own)
	}
	return seen, nil
}

// Write implements traffic.Router. The records of somebody else stay as they are.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to, of := to.Plain(), *t.RecordSet
	if why := strange(of, to); why != nil {
		return to, why
	}
	before, err := r.locked(ctx, of, lock)
	if err != nil {
		return to, err
	}
	after := before.next(of, to)
	out, err := r.route53.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &of.Zone, ChangeBatch: &types.ChangeBatch{Changes: changes(of, before, after), Comment: aws.String("Sluice: " + to.String())},
	})
	if err != nil {
		return to, fmt.Errorf("writing %s: %w", of, refused(of, err))
	}
	now := after.split(of.Pools())
	if out.ChangeInfo.Status != types.ChangeStatusInsync {
		now.Moving = moving
		now.Tag = strings.TrimPrefix(aws.ToString(out.ChangeInfo.Id), "/change/") + " " + now.Tag
	}
	return now, nil
}

const moving = "Route 53 takes the change to all its name servers, which takes up to a minute; resolvers follow when the TTL is over"

// locked are the records that a lock names, or those that are there.
func (r *Router) locked(ctx context.Context, of kind.RecordSet, lock string) (sight, error) {
	seen, _, err := unlock(lock)
	if err == nil && len(seen) == len(of.Records) {
		return seen, nil
	}
	if seen, err = see(ctx, r.route53, of); err != nil { // no lock, or one of another definition
		return nil, err
	}
	for i := range seen {
		seen[i], _ = seen[i].of(of.Pools())
	}
	return seen, nil
}

// changes are the batch that makes one sight of another.
func changes(of kind.RecordSet, before, after sight) []types.Change {
	var batch []types.Change
	for i, record := range of.Records {
		for _, pool := range of.Pools() {
			if was, there := before[i][pool]; there {
				batch = append(batch, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: was.toAWS(record, pool)})
			}
		}
		for _, pool := range of.Pools() {
			if is, there := after[i][pool]; there {
				batch = append(batch, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: is.toAWS(record, pool)})
			}
		}
	}
	return batch
}

// Follow implements traffic.Follower.
func (r *Router) Follow(ctx context.Context, t rollout.Target, tag string) (string, error) {
	_, change, err := unlock(tag)
	if err != nil || change == "" {
		return "", err
	}
	out, err := r.route53.GetChange(ctx, &route53.GetChangeInput{Id: &change})
	var unknown *types.NoSuchChange
	if errors.As(err, &unknown) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("following change %s of %s: %w", change, t.ID(), err)
	}
	if out.ChangeInfo.Status != types.ChangeStatusInsync {
		return moving, nil
	}
	return "", nil
}

// strange is the obstacle of a split between what are no pools of the definition.
func strange(r kind.RecordSet, to rollout.Split) error {
	for _, revision := range []string{to.Stable, to.Candidate} {
		if revision != "" && !slices.Contains(r.Pools(), revision) {
			return &traffic.Obstacle{
				What:   fmt.Sprintf("the definition has no pool %s: it has %s", revision, strings.Join(r.Pools(), " and ")),
				Remedy: "name it under target.recordSet.records[].to, or bring the traffic to a pool that there is: " + r.Restore(r.Pools()[0]),
			}
		}
	}
	return nil
}
