package route53

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// A change is a batch on its way to a zone's name servers.
type change struct {
	id      string
	comment *string
	since   time.Time
	takes   time.Duration
}

func (c *change) info(now time.Time) *types.ChangeInfo {
	status := types.ChangeStatusPending
	if !now.Before(c.since.Add(c.takes)) {
		status = types.ChangeStatusInsync
	}
	return &types.ChangeInfo{Id: aws.String("/change/" + c.id), Status: status, SubmittedAt: &c.since, Comment: c.comment}
}

// ChangeResourceRecordSets carries out a batch whole, or refuses it with all that is wrong with it.
func (s *Service) ChangeResourceRecordSets(_ context.Context, in *api.ChangeResourceRecordSetsInput) (*api.ChangeResourceRecordSetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.ChangeBatch == nil || len(in.ChangeBatch.Changes) == 0 {
		return nil, invalidInput("ChangeBatch must have at least one change")
	}
	if err := s.admit("ChangeResourceRecordSets", len(in.ChangeBatch.Changes)); err != nil {
		return nil, err
	}
	z, err := s.zone(in.HostedZoneId)
	if err != nil {
		return nil, err
	}
	if time.Now().Before(z.busy) {
		return nil, &types.PriorRequestNotComplete{Message: aws.String("The request was rejected because Route 53 was still processing a prior request.")}
	}
	batch := copied(*in.ChangeBatch)
	if err := s.check(z, batch); err != nil {
		return nil, err
	}
	after, wrong := z.apply(batch.Changes)
	if wrong = append(wrong, z.excess(after)...); len(wrong) > 0 {
		return nil, refused(wrong)
	}
	z.records, z.busy = after, time.Now().Add(s.slow)
	return &api.ChangeResourceRecordSetsOutput{ChangeInfo: s.submit(z, batch.Comment).info(time.Now())}, nil
}

// submit sends a zone's records, as they are now, to its name servers.
func (s *Service) submit(z *zone, comment *string) *change {
	now := time.Now()
	c := &change{id: s.id("C"), comment: comment, since: now, takes: s.takes}
	s.changes[c.id] = c
	for len(z.seen) > 1 && !now.Before(z.seen[1].since.Add(z.seen[1].takes)) { // what all name servers have left behind
		z.seen = z.seen[1:]
	}
	z.seen = append(z.seen, snapshot{since: now, takes: s.takes, records: z.records})
	return c
}

// GetChange says whether a batch has come to all name servers.
func (s *Service) GetChange(_ context.Context, in *api.GetChangeInput) (*api.GetChangeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admit("GetChange", 0); err != nil {
		return nil, err
	}
	c := s.changes[strings.TrimPrefix(aws.ToString(in.Id), "/change/")]
	if c == nil {
		return nil, &types.NoSuchChange{Message: aws.String("Could not find resource with ID: " + aws.ToString(in.Id))}
	}
	return &api.GetChangeOutput{ChangeInfo: c.info(time.Now())}, nil
}

// apply carries the changes out one after the other on a copy of the records. It says what is wrong with each, as AWS does.
func (z *zone) apply(changes []types.Change) (after []types.ResourceRecordSet, wrong []string) {
	after = slices.Clone(z.records)
	for _, c := range changes {
		r := *c.ResourceRecordSet
		r.Name = aws.String(absolute(aws.ToString(r.Name)))
		if r.AliasTarget != nil {
			r.AliasTarget.DNSName = aws.String(absolute(aws.ToString(r.AliasTarget.DNSName)))
		}
		if _, protected := z.protections[keyOf(r)]; protected {
			wrong = append(wrong, "Tried to change resource record set "+named(r)+" but it is protected: "+z.protections[keyOf(r)]) // the words are undocumented
			continue
		}
		at, found := slices.BinarySearchFunc(after, r, byName)
		switch {
		case c.Action == types.ChangeActionCreate && found:
			wrong = append(wrong, "Tried to create resource record set "+named(r)+" but it already exists")
		case c.Action == types.ChangeActionDelete && !found:
			wrong = append(wrong, "Tried to delete resource record set "+named(r)+" but it was not found")
		case c.Action == types.ChangeActionDelete && !same(r, after[at]):
			wrong = append(wrong, "Tried to delete resource record set "+named(r)+" but the values provided do not match the current values")
			after = slices.Delete(after, at, at+1) // so that what follows is not wrong because of this
		case c.Action == types.ChangeActionDelete:
			after = slices.Delete(after, at, at+1)
		case found:
			after[at] = r
		default:
			after = slices.Insert(after, at, r)
		}
	}
	return after, wrong
}

// same says whether a DELETE names all the values that a record has.
func same(a, b types.ResourceRecordSet) bool {
	return string(canonical(a)) == string(canonical(b))
}

// refused is the error of a batch. Its messages come in brackets (https://github.com/meltwater/terraform-aws-asg-dns-handler/issues/38).
func refused(wrong []string) error {
	return &types.InvalidChangeBatch{Message: aws.String("[" + strings.Join(wrong, ", ") + "]")}
}
