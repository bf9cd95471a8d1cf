package route53_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/smithy-go"
)

func short(r types.ResourceRecordSet) string {
	return fmt.Sprintf("%s/%s/%s=%d", *r.Name, r.Type, aws.ToString(r.SetIdentifier), aws.ToInt64(r.Weight))
}

func TestABatchOfDeleteAndCreateComparesAndSets(t *testing.T) {
	d := newDesk(t)
	blue := weighted("blue", "192.0.2.1", 200)
	d.changed(create(blue))
	d.changed(remove(blue), create(weighted("blue", "192.0.2.1", 190)), create(weighted("green", "192.0.2.2", 10)))
	if got := d.lists(); got != shop+"/A/blue=190 "+shop+"/A/green=10" {
		t.Errorf("the zone has %s", got)
	}
	d.refuses("[Tried to delete resource record set [name='shop.example.com.', type='A', set-identifier='blue'] but the values provided do not match the current values]",
		remove(blue), create(weighted("blue", "192.0.2.1", 100)), remove(weighted("green", "192.0.2.2", 10)))
	d.refuses("but it was not found", remove(weighted("red", "192.0.2.3", 10)))
	d.refuses("but it already exists", create(weighted("blue", "192.0.2.9", 1)))
	d.refuses("but it was not found", remove(weighted("green", "192.0.2.2", 10)), remove(weighted("green", "192.0.2.2", 10)))
}

func TestADeleteNamesEveryValue(t *testing.T) {
	d := newDesk(t)
	d.CreateHealthCheck("hc")
	record := weighted("blue", "192.0.2.1", 200)
	record.HealthCheckId = aws.String("hc")
	d.changed(create(record))
	for name, alter := range map[string]func(*types.ResourceRecordSet){
		"TTL":          func(r *types.ResourceRecordSet) { r.TTL = aws.Int64(30) },
		"weight":       func(r *types.ResourceRecordSet) { r.Weight = aws.Int64(199) },
		"value":        func(r *types.ResourceRecordSet) { r.ResourceRecords = weighted("", "192.0.2.2", 0).ResourceRecords },
		"health check": func(r *types.ResourceRecordSet) { r.HealthCheckId = nil },
	} {
		other := record
		alter(&other)
		t.Run(name, func(*testing.T) { d.refuses("do not match the current values", remove(other)) })
	}
	d.changed(remove(record))
}

func TestAliasesCompareWhateverTheirSpelling(t *testing.T) {
	d := newDesk(t)
	alias := func(name string, health bool) types.ResourceRecordSet {
		return types.ResourceRecordSet{
			Name: aws.String(shop), Type: "A", SetIdentifier: aws.String("blue"), Weight: aws.Int64(1),
			AliasTarget: &types.AliasTarget{DNSName: &name, HostedZoneId: aws.String("Z35SXDOTRQ7X7K"), EvaluateTargetHealth: health},
		}
	}
	d.changed(create(alias("Blue.elb.amazonaws.com", true)))
	d.refuses("do not match", remove(alias("blue.elb.amazonaws.com", false)))
	d.changed(remove(alias("blue.elb.amazonaws.com.", true)))
}

func TestWhatRoute53RefusesIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		simple := func(name string, kind types.RRType, value string) types.ResourceRecordSet {
			return types.ResourceRecordSet{Name: &name, Type: kind, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: &value}}}
		}
		d.changed(create(simple("plain.example.com", "A", "192.0.2.1")), create(weighted("blue", "192.0.2.1", 1)))
		green := func(alter func(*types.ResourceRecordSet)) []types.Change {
			r := weighted("green", "192.0.2.2", 1)
			alter(&r)
			return []types.Change{create(r)}
		}
		one := func(r types.ResourceRecordSet) []types.Change { return []types.Change{create(r)} }
		for words, batch := range map[string][]types.Change{
			"a non-weighted set exists":     green(func(r *types.ResourceRecordSet) { r.Name = aws.String("plain.example.com") }),
			"has another TTL":               green(func(r *types.ResourceRecordSet) { r.TTL = aws.Int64(30) }),
			"is not from 0 to 255":          green(func(r *types.ResourceRecordSet) { r.Weight = aws.Int64(256) }),
			"Missing field 'SetIdentifier'": green(func(r *types.ResourceRecordSet) { r.SetIdentifier = nil }),
			"No health check exists":        green(func(r *types.ResourceRecordSet) { r.HealthCheckId = aws.String("none") }),
			"it routes by weight only":      green(func(r *types.ResourceRecordSet) { r.Region = "us-east-1" }),
			"only one ResourceRecord": green(func(r *types.ResourceRecordSet) {
				r.ResourceRecords = append(r.ResourceRecords, types.ResourceRecord{Value: aws.String("192.0.2.3")})
			}),
			"EvaluateTargetHealth": one(types.ResourceRecordSet{Name: aws.String("edge.example.com"), Type: "A", AliasTarget: &types.AliasTarget{
				DNSName: aws.String("d1.cloudfront.net"), HostedZoneId: aws.String("Z2FDTNDATAQYW2"), EvaluateTargetHealth: true,
			}}),
			"is not permitted in zone":        one(simple("example.org", "A", "192.0.2.1")),
			"is not permitted at apex":        one(simple("example.com", "CNAME", "example.org")),
			"ARRDATAIllegalIPv4Address":       one(simple("x.example.com", "A", "::1")),
			"AAAARRDATAIllegalIPv6Address":    one(simple("x.example.com", "AAAA", "192.0.2.1")),
			"Expected exactly one of":         one(types.ResourceRecordSet{Name: aws.String("x.example.com"), Type: "A"}),
			"needs a ResourceRecordSet":       one(types.ResourceRecordSet{Name: aws.String(""), Type: "A"}),
			"characters limit of 32000":       one(simple("x.example.com", "TXT", strings.Repeat("x", 32001))),
			"do not match the current values": {remove(simple("plain.example.com", "A", "192.0.2.9"))},
			"more than 100 weighted":          many(100, func(i int) types.ResourceRecordSet { return weighted(fmt.Sprint(i), "192.0.2.1", 1) }),
			"records limit of 1000": many(1001, func(i int) types.ResourceRecordSet {
				return simple(fmt.Sprintf("n%d.example.com", i), "A", "192.0.2.1")
			}),
		} {
			time.Sleep(time.Minute) // the buckets are full again
			d.refuses(words, batch...)
		}
	})
}

func many(n int, of func(int) types.ResourceRecordSet) []types.Change {
	changes := make([]types.Change, n)
	for i := range changes {
		changes[i] = create(of(i))
	}
	return changes
}

func TestAChangeIsPendingUntilAllServersHaveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		info := d.changed(create(weighted("blue", "192.0.2.1", 1)))
		status := func() types.ChangeStatus {
			out, err := d.client.GetChange(t.Context(), &api.GetChangeInput{Id: info.Id})
			if err != nil {
				t.Fatal(err)
			}
			return out.ChangeInfo.Status
		}
		known := func() (n int) {
			for range 100 {
				if d.Ask("", shop, "A").Exists {
					n++
				}
			}
			return n
		}
		if status() != types.ChangeStatusPending || known() != 0 {
			t.Errorf("at once it is %s, and %d of 100 answers know it", status(), known())
		}
		time.Sleep(31 * time.Second)
		if n := known(); status() != types.ChangeStatusPending || n < 20 || n > 80 {
			t.Errorf("after half a minute it is %s, and %d of 100 answers know it", status(), n)
		}
		time.Sleep(30 * time.Second)
		if status() != types.ChangeStatusInsync || known() != 100 {
			t.Errorf("after a minute it is %s, and %d of 100 answers know it", status(), known())
		}
	})
}

func TestAZoneThatIsBusyTakesNoOtherBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.Pace(time.Minute, 2*time.Second)
		d.changed(create(weighted("blue", "192.0.2.1", 1)))
		_, err := d.change(create(weighted("green", "192.0.2.2", 1)))
		var busy *types.PriorRequestNotComplete
		if !errors.As(err, &busy) {
			t.Errorf("the answer is %v", err)
		}
		other := d.makes("example.org", "")
		if _, err := d.client.ChangeResourceRecordSets(t.Context(), &api.ChangeResourceRecordSetsInput{HostedZoneId: other, ChangeBatch: &types.ChangeBatch{Changes: []types.Change{create(types.ResourceRecordSet{
			Name: aws.String("example.org"), Type: "A", TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
		})}}}); err != nil {
			t.Errorf("another zone is busy, too: %v", err)
		}
		time.Sleep(2 * time.Second)
		d.changed(create(weighted("green", "192.0.2.2", 1)))
	})
}

func TestCallsAndChangesAreThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t) // one call
		throttled := func(err error) bool {
			var e smithy.APIError
			return errors.As(err, &e) && e.ErrorCode() == "Throttling" && e.ErrorMessage() == "Rate exceeded"
		}
		list := func() error {
			_, err := d.client.ListResourceRecordSets(t.Context(), &api.ListResourceRecordSetsInput{HostedZoneId: d.zone})
			return err
		}
		for n := range 49 {
			if err := list(); err != nil {
				t.Fatalf("call %d: %v", n, err)
			}
		}
		if err := list(); !throttled(err) {
			t.Errorf("the call after 50 is answered %v", err)
		}
		time.Sleep(100 * time.Millisecond)
		if err := list(); err != nil {
			t.Errorf("a tenth of a second later: %v", err)
		}
		time.Sleep(time.Minute)
		batch := func() error {
			_, err := d.change(many(800, func(i int) types.ResourceRecordSet {
				return types.ResourceRecordSet{Name: aws.String(fmt.Sprintf("n%d.example.com", i)), Type: "TXT", TTL: aws.Int64(1), ResourceRecords: []types.ResourceRecord{{Value: aws.String("x")}}}
			})...)
			return err
		}
		if err := batch(); err != nil {
			t.Fatal(err)
		}
		if err := batch(); !throttled(err) {
			t.Errorf("more than 1500 changes are answered %v", err)
		}
	})
}

func TestProtectedRecordsAreNobodysToChange(t *testing.T) {
	d := newDesk(t)
	blue := weighted("blue", "192.0.2.1", 1)
	d.changed(create(blue))
	if _, err := d.client.CreateResourceRecordSetProtections(t.Context(), &api.CreateResourceRecordSetProtectionsInput{
		HostedZoneId: d.zone, Protections: []types.ResourceRecordSetProtectionConfig{{RecordName: aws.String(shop), RecordType: "A", Comment: aws.String("ask Ann")}},
	}); err != nil {
		t.Fatal(err)
	}
	d.refuses("ask Ann", remove(blue))
	d.refuses("ask Ann", create(weighted("green", "192.0.2.2", 1)))
	out, err := d.client.ListResourceRecordSetProtections(t.Context(), &api.ListResourceRecordSetProtectionsInput{HostedZoneId: d.zone, StartRecordName: aws.String(shop)})
	if err != nil || len(out.ResourceRecordSetProtections) != 1 || *out.ResourceRecordSetProtections[0].Comment != "ask Ann" {
		t.Errorf("listed: %+v, %v", out, err)
	}
	if _, err := d.client.DeleteResourceRecordSetProtections(t.Context(), &api.DeleteResourceRecordSetProtectionsInput{
		HostedZoneId: d.zone, Protections: []types.ResourceRecordSetProtectionKey{{RecordName: aws.String(shop), RecordType: "A"}},
	}); err != nil {
		t.Fatal(err)
	}
	d.changed(remove(blue))
}

func TestListsGoOnWhereTheyEnded(t *testing.T) {
	d := newDesk(t)
	other := weighted("blue", "192.0.2.1", 3)
	other.Name = aws.String("a.shop.example.com")
	d.changed(create(other), create(weighted("green", "192.0.2.2", 2)), create(weighted("blue", "192.0.2.1", 1)))
	in := &api.ListResourceRecordSetsInput{HostedZoneId: d.zone, MaxItems: aws.Int32(1), StartRecordName: aws.String("shop.example.com"), StartRecordType: "A"}
	var got []string
	for {
		out, err := d.client.ListResourceRecordSets(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, short(out.ResourceRecordSets[0]))
		if !out.IsTruncated {
			break
		}
		in.StartRecordName, in.StartRecordType, in.StartRecordIdentifier = out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier
	}
	if want := fmt.Sprint([]string{shop + "/A/blue=1", shop + "/A/green=2", "a." + shop + "/A/blue=3"}); fmt.Sprint(got) != want {
		t.Errorf("listed %v, want %v", got, want)
	}
}
