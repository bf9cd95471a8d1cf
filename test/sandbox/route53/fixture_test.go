package route53_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/test/sandbox/route53"
	"sluice/test/sandbox/wire"
)

const shop = "shop.example.com."

// A desk is a service with one public zone, example.com, and the SDK's client for it.
type desk struct {
	*testing.T
	*route53.Service
	client *api.Client
	zone   *string
}

func newDesk(t *testing.T) *desk {
	r := rand.New(rand.NewPCG(1, 2))
	d := &desk{T: t, Service: route53.New(route53.Options{Home: home, Chance: r.Float64, Lookup: lookup})}
	d.client = api.NewFromConfig(aws.Config{
		Region: "us-east-1", HTTPClient: wire.Client(wire.NewServer(home, d.Wire())), BaseEndpoint: aws.String("http://127.0.0.1:4566"), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
	d.zone = d.makes("example.com", "")
	return d
}

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// lookup knows one load balancer.
func lookup(name, kind string) []string {
	if name == "blue.elb.amazonaws.com" && kind == "A" {
		return []string{"198.51.100.1"}
	}
	return nil
}

func (d *desk) makes(name, vpc string) *string {
	d.Helper()
	in := &api.CreateHostedZoneInput{Name: &name, CallerReference: aws.String("1")}
	if vpc != "" {
		in.VPC = &types.VPC{VPCId: &vpc, VPCRegion: "us-east-1"}
	}
	out, err := d.client.CreateHostedZone(d.Context(), in)
	if err != nil {
		d.Fatal(err)
	}
	return out.HostedZone.Id
}

// weighted is a record of a pool of the shop.
func weighted(pool, value string, weight int64) types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String("Shop.example.com"), Type: "A", TTL: aws.Int64(60), SetIdentifier: &pool, Weight: &weight,
		ResourceRecords: []types.ResourceRecord{{Value: &value}},
	}
}

func create(r types.ResourceRecordSet) types.Change {
	return types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: &r}
}

func remove(r types.ResourceRecordSet) types.Change {
	return types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &r}
}

func (d *desk) change(changes ...types.Change) (*types.ChangeInfo, error) {
	out, err := d.client.ChangeResourceRecordSets(d.Context(), &api.ChangeResourceRecordSetsInput{HostedZoneId: d.zone, ChangeBatch: &types.ChangeBatch{Changes: changes}})
	if err != nil {
		return nil, err
	}
	return out.ChangeInfo, nil
}

func (d *desk) changed(changes ...types.Change) *types.ChangeInfo {
	d.Helper()
	info, err := d.change(changes...)
	if err != nil {
		d.Fatal(err)
	}
	return info
}

// refuses fails unless a batch is refused with some words, and leaves the zone as it was.
func (d *desk) refuses(words string, changes ...types.Change) {
	d.Helper()
	before := d.lists()
	_, err := d.change(changes...)
	var api interface{ ErrorMessage() string }
	if err == nil || !errors.As(err, &api) || !strings.Contains(api.ErrorMessage(), words) {
		d.Errorf("the answer is %v, want %q", err, words)
	}
	if after := d.lists(); after != before {
		d.Errorf("a refused batch changed the zone from %s to %s", before, after)
	}
}

// lists is the zone in short: "shop.example.com./A/blue=100 ".
func (d *desk) lists() string {
	d.Helper()
	out, err := d.client.ListResourceRecordSets(d.Context(), &api.ListResourceRecordSetsInput{HostedZoneId: d.zone})
	if err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	for _, r := range out.ResourceRecordSets {
		b.WriteString(short(r) + " ")
	}
	return strings.TrimSpace(b.String())
}
