package recordset

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

// gone adds an Obstacle to an error when there is no such zone.
func gone(r kind.RecordSet, err error) error {
	var none *types.NoSuchHostedZone
	if !errors.As(err, &none) {
		return err
	}
	return errors.Join(err, &traffic.Obstacle{What: "there is no hosted zone " + r.Zone + " in this account", Remedy: "write the id of the zone that has " + r.Records[0].Name + ": aws route53 list-hosted-zones"})
}

func missing(r kind.RecordSet, of kind.Record) error {
	return &traffic.Obstacle{
		What:   fmt.Sprintf("zone %s has no weighted record of %s %s for %s", r.Zone, of.Name, of.Type, strings.Join(r.Pools(), " or ")),
		Remedy: "make the one that is to serve: " + r.Restore(r.Pools()[0]),
	}
}

// unweighted is the Obstacle of a record that has no weight, or that a traffic policy makes.
func unweighted(of kind.Record, set types.ResourceRecordSet) error {
	switch {
	case set.TrafficPolicyInstanceId != nil:
		return &traffic.Obstacle{What: fmt.Sprintf("traffic policy instance %s owns the records of %s %s", *set.TrafficPolicyInstanceId, of.Name, of.Type), Remedy: "delete it first: aws route53 delete-traffic-policy-instance"}
	case set.Weight == nil || set.SetIdentifier == nil:
		return &traffic.Obstacle{What: fmt.Sprintf("the record of %s %s is not weighted", of.Name, of.Type), Remedy: "delete it and make a weighted one of the pool that serves, in one batch: aws route53 change-resource-record-sets"}
	}
	return nil
}

// stale are Route 53's words for a batch that was based on what is not there any more.
var stale = []string{"do not match the current values", "but it was not found", "but it already exists"}

// refused is the error of a batch in the port's words: it lost to somebody else, it can never succeed, or it may be tried again.
func refused(r kind.RecordSet, err error) error {
	var batch *types.InvalidChangeBatch
	if errors.As(err, &batch) {
		said := strings.Join(append([]string{aws.ToString(batch.Message)}, batch.Messages...), ", ")
		for _, words := range stale {
			if strings.Contains(said, words) {
				return traffic.ErrMoved
			}
		}
		return errors.Join(err, &traffic.Obstacle{What: fmt.Sprintf("Route 53 does not change %s: %s", r, said), Remedy: "mend what it names: a protection is deleted by aws route53 delete-resource-record-set-protections"})
	}
	var said smithy.APIError
	if errors.As(err, &said) && (said.ErrorCode() == "InvalidInput" || said.ErrorCode() == "NoSuchHealthCheck") {
		return errors.Join(err, &traffic.Obstacle{What: fmt.Sprintf("Route 53 does not take what the definition says of %s: %s", r, said.ErrorMessage()), Remedy: "mend the definition's records"})
	}
	return gone(r, err)
}
