package route53

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/test/sandbox/wire"
)

// Wire registers the service's operations. Paths and names in queries are those of the API reference.
func (s *Service) Wire() wire.Service {
	const zone = "/2013-04-01/hostedzone"
	return wire.Service{
		Name: "route53", XMLNamespace: "https://route53.amazonaws.com/doc/2013-04-01/", Impl: s, Scope: s.scope,
		XML: &wire.XML{
			Items: map[string]string{"DelegationSet.NameServers": "NameServer", "InvalidChangeBatch.Messages": "Message"},
			Status: map[string]int{
				"NoSuchHostedZone": http.StatusNotFound, "NoSuchChange": http.StatusNotFound, "NoSuchHealthCheck": http.StatusNotFound, "ProtectionAlreadyExists": http.StatusConflict,
			},
		},
		Routes: []wire.Route{
			{Method: "POST", Path: zone, Operation: "CreateHostedZone", Status: http.StatusCreated, HeaderOut: map[string]string{"Location": "Location"}},
			{
				Method: "GET", Path: zone, Operation: "ListHostedZones",
				Query: map[string]string{"marker": "Marker", "maxitems": "MaxItems", "delegationsetid": "DelegationSetId", "hostedzonetype": "HostedZoneType"},
			},
			{Method: "POST", Path: zone + "/{HostedZoneId}/rrset", Operation: "ChangeResourceRecordSets"},
			{
				Method: "GET", Path: zone + "/{HostedZoneId}/rrset", Operation: "ListResourceRecordSets",
				Query: map[string]string{"name": "StartRecordName", "type": "StartRecordType", "identifier": "StartRecordIdentifier", "maxitems": "MaxItems"},
			},
			{Method: "GET", Path: "/2013-04-01/change/{Id}", Operation: "GetChange"},
			{Method: "POST", Path: zone + "/{HostedZoneId}/rrsetprotection", Operation: "CreateResourceRecordSetProtections", Status: http.StatusCreated},
			{Method: "POST", Path: zone + "/{HostedZoneId}/rrsetprotection/delete", Operation: "DeleteResourceRecordSetProtections"},
			{
				Method: "GET", Path: zone + "/{HostedZoneId}/rrsetprotection", Operation: "ListResourceRecordSetProtections",
				Query: map[string]string{"name": "StartRecordName", "type": "StartRecordType", "maxresults": "MaxResults", "nexttoken": "NextToken"},
			},
		},
	}
}

// scope says what a call does in IAM's words (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html, and for
// the condition keys https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	one := func(kind string, id *string) []wire.Grant {
		name := strings.TrimPrefix(aws.ToString(id), "/"+kind+"/")
		return []wire.Grant{{Action: "route53:" + operation, Resource: "arn:" + s.o.Home.Partition() + ":route53:::" + kind + "/" + name}}
	}
	switch in := in.(type) {
	case *api.ChangeResourceRecordSetsInput:
		grants := one("hostedzone", in.HostedZoneId)
		grants[0].Keys = keys(in.ChangeBatch)
		return grants
	case *api.ListResourceRecordSetsInput:
		return one("hostedzone", in.HostedZoneId)
	case *api.CreateResourceRecordSetProtectionsInput:
		return one("hostedzone", in.HostedZoneId)
	case *api.DeleteResourceRecordSetProtectionsInput:
		return one("hostedzone", in.HostedZoneId)
	case *api.ListResourceRecordSetProtectionsInput:
		return one("hostedzone", in.HostedZoneId)
	case *api.GetChangeInput:
		return one("change", in.Id)
	}
	return []wire.Grant{{Action: "route53:" + operation, Resource: "*"}}
}

// keys are what a batch changes, as conditions of policies see it. Normalised names are in small letters and have no dot at their end.
func keys(b *types.ChangeBatch) map[string][]string {
	if b == nil {
		return nil
	}
	found := map[string][]string{}
	add := func(name, value string) {
		name = "route53:ChangeResourceRecordSets" + name
		if !slices.Contains(found[name], value) {
			found[name] = append(found[name], value)
		}
	}
	for _, c := range b.Changes {
		add("Actions", string(c.Action))
		if r := c.ResourceRecordSet; r != nil {
			add("NormalizedRecordNames", strings.TrimSuffix(absolute(aws.ToString(r.Name)), "."))
			add("RecordTypes", string(r.Type))
		}
	}
	return found
}
