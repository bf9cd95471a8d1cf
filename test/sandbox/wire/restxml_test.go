package wire_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	edgetypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	dnstypes "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/wire"
)

type fakeDNS struct {
	change op[route53.ChangeResourceRecordSetsInput, route53.ChangeResourceRecordSetsOutput]
	list   op[route53.ListResourceRecordSetsInput, route53.ListResourceRecordSetsOutput]
	answer op[route53.TestDNSAnswerInput, route53.TestDNSAnswerOutput]
}

func (f *fakeDNS) ChangeResourceRecordSets(ctx context.Context, in *route53.ChangeResourceRecordSetsInput) (*route53.ChangeResourceRecordSetsOutput, error) {
	return f.change.call(ctx, in)
}

func (f *fakeDNS) ListResourceRecordSets(ctx context.Context, in *route53.ListResourceRecordSetsInput) (*route53.ListResourceRecordSetsOutput, error) {
	return f.list.call(ctx, in)
}

func (f *fakeDNS) TestDNSAnswer(ctx context.Context, in *route53.TestDNSAnswerInput) (*route53.TestDNSAnswerOutput, error) {
	return f.answer.call(ctx, in)
}

func dnsService(f *fakeDNS) wire.Service {
	return wire.Service{
		Name: "route53", XMLNamespace: "https://route53.amazonaws.com/doc/2013-04-01/", Impl: f,
		XML: &wire.XML{
			Items:  map[string]string{"TestDNSAnswerOutput.RecordData": "RecordDataEntry", "InvalidChangeBatch.Messages": "Message"},
			Status: map[string]int{"NoSuchHostedZone": http.StatusNotFound},
		},
		Routes: []wire.Route{
			{Method: "POST", Path: "/2013-04-01/hostedzone/{HostedZoneId}/rrset", Operation: "ChangeResourceRecordSets"},
			{
				Method: "GET", Path: "/2013-04-01/hostedzone/{HostedZoneId}/rrset", Operation: "ListResourceRecordSets",
				Query: map[string]string{"name": "StartRecordName", "type": "StartRecordType", "identifier": "StartRecordIdentifier", "maxitems": "MaxItems"},
			},
			{
				Method: "GET", Path: "/2013-04-01/testdnsanswer", Operation: "TestDNSAnswer",
				Query: map[string]string{"hostedzoneid": "HostedZoneId", "recordname": "RecordName", "recordtype": "RecordType"},
			},
		},
	}
}

func dnsClient(f *fakeDNS) *route53.Client {
	return route53.NewFromConfig(configFor(wire.NewServer(home, dnsService(f))))
}

type fakeEdge struct {
	create op[cloudfront.CreateDistributionInput, cloudfront.CreateDistributionOutput]
	update op[cloudfront.UpdateDistributionInput, cloudfront.UpdateDistributionOutput]
	config op[cloudfront.GetDistributionConfigInput, cloudfront.GetDistributionConfigOutput]
	list   op[cloudfront.ListDistributionsInput, cloudfront.ListDistributionsOutput]
	remove op[cloudfront.DeleteDistributionInput, cloudfront.DeleteDistributionOutput]
}

func (f *fakeEdge) CreateDistribution(ctx context.Context, in *cloudfront.CreateDistributionInput) (*cloudfront.CreateDistributionOutput, error) {
	return f.create.call(ctx, in)
}

func (f *fakeEdge) UpdateDistribution(ctx context.Context, in *cloudfront.UpdateDistributionInput) (*cloudfront.UpdateDistributionOutput, error) {
	return f.update.call(ctx, in)
}

func (f *fakeEdge) GetDistributionConfig(ctx context.Context, in *cloudfront.GetDistributionConfigInput) (*cloudfront.GetDistributionConfigOutput, error) {
	return f.config.call(ctx, in)
}

func (f *fakeEdge) ListDistributions(ctx context.Context, in *cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
	return f.list.call(ctx, in)
}

func (f *fakeEdge) DeleteDistribution(ctx context.Context, in *cloudfront.DeleteDistributionInput) (*cloudfront.DeleteDistributionOutput, error) {
	return f.remove.call(ctx, in)
}

// edgeItems names what CloudFront's lists of strings hold.
var edgeItems = map[string]string{
	"Aliases.Items": "CNAME", "TrustedSigners.Items": "AwsAccountNumber", "TrustedKeyGroups.Items": "KeyGroup", "KGKeyPairIds.KeyPairIds": "KeyPairId",
	"KeyPairIds.Items": "KeyPairId", "Signer.KeyPairIds": "KeyPairId", "ActiveTrustedKeyGroups.Items": "KeyGroup", "Headers.Items": "Name", "CookieNames.Items": "Name",
	"QueryStringCacheKeys.Items": "Name", "StatusCodes.Items": "StatusCode", "GeoRestriction.Items": "Location", "TenantConfig.ParameterDefinitions": "member",
}

func edgeService(f *fakeEdge) wire.Service {
	return wire.Service{
		Name: "cloudfront", XMLNamespace: "http://cloudfront.amazonaws.com/doc/2020-05-31/", Impl: f, XML: &wire.XML{Items: edgeItems},
		Routes: []wire.Route{
			{
				Method: "POST", Path: "/2020-05-31/distribution", Operation: "CreateDistribution", Payload: "DistributionConfig", Status: http.StatusCreated,
				PayloadOut: "Distribution", HeaderOut: map[string]string{"ETag": "ETag", "Location": "Location"},
			},
			{
				Method: "PUT", Path: "/2020-05-31/distribution/{Id}/config", Operation: "UpdateDistribution", Payload: "DistributionConfig",
				Header: map[string]string{"If-Match": "IfMatch"}, PayloadOut: "Distribution", HeaderOut: map[string]string{"ETag": "ETag"},
			},
			{
				Method: "GET", Path: "/2020-05-31/distribution/{Id}/config", Operation: "GetDistributionConfig",
				PayloadOut: "DistributionConfig", HeaderOut: map[string]string{"ETag": "ETag"},
			},
			{Method: "GET", Path: "/2020-05-31/distribution", Operation: "ListDistributions", PayloadOut: "DistributionList"},
			{Method: "DELETE", Path: "/2020-05-31/distribution/{Id}", Operation: "DeleteDistribution", Header: map[string]string{"If-Match": "IfMatch"}, Status: http.StatusNoContent},
		},
	}
}

func edgeClient(f *fakeEdge) *cloudfront.Client {
	return cloudfront.NewFromConfig(configFor(wire.NewServer(home, edgeService(f))))
}

// filled gives every member of an SDK value a value of its own, two to each list, so that a member which the other side
// does not read is missed.
func filled[T any]() *T {
	made, n := new(T), 0
	fill(reflect.ValueOf(made).Elem(), &n)
	return made
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.String:
		v.SetString(fmt.Sprintf("a <%d> & b", *n))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) / 4)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(int64(*n), 0).UTC()))
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
				fill(v.Field(i), n)
			}
		}
	}
}

func TestXMLBodiesCarryEveryMemberOfRecordSets(t *testing.T) {
	f := &fakeDNS{}
	in := &route53.ChangeResourceRecordSetsInput{HostedZoneId: aws.String("Z1"), ChangeBatch: filled[dnstypes.ChangeBatch]()}
	f.change.out = &route53.ChangeResourceRecordSetsOutput{ChangeInfo: filled[dnstypes.ChangeInfo]()}
	out, err := dnsClient(f).ChangeResourceRecordSets(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.change.in)
	same(t, f.change.out, out)

	query := &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String("Z1"), StartRecordName: aws.String("a.b."), StartRecordType: "CNAME", StartRecordIdentifier: aws.String("blue/1"), MaxItems: aws.Int32(3)}
	f.list.out = filled[route53.ListResourceRecordSetsOutput]()
	list, err := dnsClient(f).ListResourceRecordSets(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	same(t, query, f.list.in)
	same(t, f.list.out, list)

	f.answer.out = filled[route53.TestDNSAnswerOutput]()
	answer, err := dnsClient(f).TestDNSAnswer(t.Context(), &route53.TestDNSAnswerInput{HostedZoneId: aws.String("Z1"), RecordName: aws.String("a"), RecordType: "A"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.answer.out, answer)
}

func TestXMLPayloadsCarryEveryMemberOfDistributions(t *testing.T) {
	f := &fakeEdge{}
	in := &cloudfront.UpdateDistributionInput{Id: aws.String("E1"), IfMatch: aws.String("E2"), DistributionConfig: filled[edgetypes.DistributionConfig]()}
	f.update.out = &cloudfront.UpdateDistributionOutput{Distribution: filled[edgetypes.Distribution](), ETag: aws.String("E3")}
	out, err := edgeClient(f).UpdateDistribution(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, f.update.in)
	same(t, f.update.out, out)

	f.create.out = &cloudfront.CreateDistributionOutput{Distribution: filled[edgetypes.Distribution](), ETag: aws.String("E1"), Location: aws.String("https://x/E1")}
	created, err := edgeClient(f).CreateDistribution(t.Context(), &cloudfront.CreateDistributionInput{DistributionConfig: in.DistributionConfig})
	if err != nil {
		t.Fatal(err)
	}
	same(t, in.DistributionConfig, f.create.in.DistributionConfig)
	same(t, f.create.out, created)

	f.config.out = &cloudfront.GetDistributionConfigOutput{DistributionConfig: in.DistributionConfig, ETag: aws.String("E3")}
	config, err := edgeClient(f).GetDistributionConfig(t.Context(), &cloudfront.GetDistributionConfigInput{Id: aws.String("E1")})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.config.out, config)

	f.list.out = &cloudfront.ListDistributionsOutput{DistributionList: filled[edgetypes.DistributionList]()}
	list, err := edgeClient(f).ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, f.list.out, list)

	remove := &cloudfront.DeleteDistributionInput{Id: aws.String("E1"), IfMatch: aws.String("E3")}
	if _, err := edgeClient(f).DeleteDistribution(t.Context(), remove); err != nil {
		t.Fatal(err)
	}
	same(t, remove, f.remove.in)
}

func TestXMLErrorsDecodeAsTheirTypes(t *testing.T) {
	f := &fakeDNS{}
	change := &route53.ChangeResourceRecordSetsInput{HostedZoneId: aws.String("Z1"), ChangeBatch: filled[dnstypes.ChangeBatch]()}
	f.change.err = &dnstypes.InvalidChangeBatch{Message: aws.String("[one, <two>]"), Messages: []string{"one", "<two>"}}
	_, err := dnsClient(f).ChangeResourceRecordSets(t.Context(), change)
	var refused *dnstypes.InvalidChangeBatch
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	same(t, f.change.err, refused)

	for _, c := range []struct {
		err    error
		code   string
		status int
	}{
		{&dnstypes.NoSuchHostedZone{Message: aws.String("none")}, "NoSuchHostedZone", 404},
		{&dnstypes.PriorRequestNotComplete{Message: aws.String("wait")}, "PriorRequestNotComplete", 400},
		{wire.AccessDenied("no"), "AccessDenied", 403},
		{wire.Throttled("slow"), "Throttling", 400},
		{errors.New("a bug"), "InternalFailure", 500},
	} {
		f.change.err = c.err
		_, err := dnsClient(f).ChangeResourceRecordSets(t.Context(), change)
		var api smithy.APIError
		var answered interface{ HTTPStatusCode() int }
		if !errors.As(err, &api) || api.ErrorCode() != c.code || !errors.As(err, &answered) || answered.HTTPStatusCode() != c.status {
			t.Errorf("%v: got %v", c.err, err)
		}
	}
}

func TestRefusalsBeforeTheOperationIsKnownAreXML(t *testing.T) {
	_, err := edgeClient(&fakeEdge{}).GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: aws.String("E1")})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "NotImplementedException" || !strings.Contains(api.ErrorMessage(), "cloudfront: GET /2020-05-31/distribution/E1") {
		t.Errorf("got %v", err)
	}

	server := wire.NewServer(home, dnsService(&fakeDNS{}))
	server.Keys = func(string) (wire.Key, bool) { return wire.Key{}, false }
	_, err = route53.NewFromConfig(configFor(server)).ListResourceRecordSets(t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String("Z1")})
	if !errors.As(err, &api) || api.ErrorCode() != "InvalidClientTokenId" {
		t.Errorf("got %v", err)
	}
}

func TestXMLThatIsNotIsRefused(t *testing.T) {
	const path = "/2013-04-01/hostedzone/Z1/rrset"
	server := wire.NewServer(home, dnsService(&fakeDNS{}))
	for body, code := range map[string]string{
		"{}": "MalformedXML", "<a>": "MalformedXML", "<a/><b/>": "MalformedXML",
		"<R><ChangeBatch><Changes><Change><ResourceRecordSet><TTL>soon</TTL></ResourceRecordSet></Change></Changes></ChangeBatch></R>": "SerializationException",
	} {
		status, answer, _ := asked(t, server, "POST", path, body, nil)
		if status != 400 || !strings.Contains(answer, "<Code>"+code+"</Code>") || xml.Unmarshal([]byte(answer), new(struct{})) != nil {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
}

func TestJSONServicesBesideAreStillAnsweredInJSON(t *testing.T) {
	f := &fakeLambda{}
	server := wire.NewServer(home, dnsService(&fakeDNS{}), lambdaService(f))
	if _, body, _ := asked(t, server, "GET", "/2015-03-31/functions", "", nil); !strings.HasPrefix(body, "{") {
		t.Errorf("got %s", body)
	}
	if _, body, _ := asked(t, server, "GET", "/2013-04-01/hostedzone/Z1/rrset", "", nil); !strings.HasPrefix(body, `<?xml version="1.0"?>`) || !strings.Contains(body, `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">`) {
		t.Errorf("got %s", body)
	}
}

func TestAListWhoseItemsHaveNoNameIsRefusedAtRegistration(t *testing.T) {
	defer func() {
		if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), "the items of TestDNSAnswerOutput.RecordData have no name") {
			t.Errorf("got %v", err)
		}
	}()
	nameless := dnsService(&fakeDNS{})
	nameless.XML = &wire.XML{}
	wire.NewServer(home, nameless)
}
