package kind_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/shared/kind"
)

func shopRecords() kind.RecordSet {
	return kind.RecordSet{Zone: "Z0123456789ABC", Records: []kind.Record{
		{Name: "shop.example.com", Type: "A", To: map[string]kind.Endpoint{
			"blue": {Value: "192.0.2.10"}, "green": {Alias: &kind.Alias{Zone: "Z215JYRZR1TBD5", Name: "green.elb.amazonaws.com", Health: true}, HealthCheck: "hc"},
		}},
		{Name: "www.example.com", Type: "CNAME", To: map[string]kind.Endpoint{"blue": {Value: "a.example.com"}, "green": {Value: "b.example.com"}}},
	}}
}

func TestARecordSetSaysWhatIsWrongWithIt(t *testing.T) {
	if found := shopRecords().Problems(); len(found) > 0 {
		t.Fatalf("a good one: %+v", found)
	}
	for field, spoil := range map[string]func(*kind.RecordSet){
		"zone":                      func(r *kind.RecordSet) { r.Zone = "/hostedzone/Z1" },
		"ttl":                       func(r *kind.RecordSet) { r.TTL = -1 },
		"records":                   func(r *kind.RecordSet) { r.Records = nil },
		"records[0].name":           func(r *kind.RecordSet) { r.Records[0].Name = "Shop.example.com." },
		"records[1].name":           func(r *kind.RecordSet) { r.Records[1] = r.Records[0] },
		"records[0].type":           func(r *kind.RecordSet) { r.Records[0].Type = "MX" },
		"records[0].to":             func(r *kind.RecordSet) { r.Records[0].To["red"] = kind.Endpoint{Value: "192.0.2.30"} },
		"records[1].to":             func(r *kind.RecordSet) { delete(r.Records[1].To, "blue") },
		"records[0].to.blue":        func(r *kind.RecordSet) { r.Records[0].To["blue"] = kind.Endpoint{} },
		"records[0].to.green.alias": func(r *kind.RecordSet) { r.Records[0].To["green"].Alias.Name = "" },
		"records[0].to.green.alias.evaluateTargetHealth": func(r *kind.RecordSet) { r.Records[0].To["green"].Alias.Zone = "Z2FDTNDATAQYW2" },
		"metrics.red": func(r *kind.RecordSet) { r.Counts = map[string]kind.PoolMetrics{"blue": {}, "red": {}} },
		"metrics":     func(r *kind.RecordSet) { r.Counts = map[string]kind.PoolMetrics{"blue": {}} },
	} {
		r := shopRecords()
		spoil(&r)
		if found := r.Problems(); !slices.ContainsFunc(found, func(p kind.Problem) bool { return p.Field == field && p.Remedy != "" }) {
			t.Errorf("%s: got %+v", field, found)
		}
	}
}

// What a person pastes is taken by the AWS CLI, and leads all names back.
func TestARecordSetIsRestoredByOneBatch(t *testing.T) {
	command := shopRecords().Restore("green")
	_, batch, _ := strings.Cut(strings.TrimSuffix(command, "'"), "--change-batch '")
	var read struct {
		Changes []struct {
			Action            string
			ResourceRecordSet struct {
				Name, Type, SetIdentifier, HealthCheckId string
				Weight                                   int
				TTL                                      int
				ResourceRecords                          []struct{ Value string }
				AliasTarget                              *struct {
					HostedZoneId, DNSName string
					EvaluateTargetHealth  bool
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(batch), &read); err != nil {
		t.Fatalf("%v in %s", err, command)
	}
	for _, c := range read.Changes {
		r := c.ResourceRecordSet
		if want := map[string]int{"blue": 0, "green": 200}[r.SetIdentifier]; c.Action != "UPSERT" || r.Weight != want || (r.AliasTarget == nil) == (r.TTL == 0) {
			t.Errorf("got %+v", c)
		}
	}
	if len(read.Changes) != 4 || read.Changes[1].ResourceRecordSet.HealthCheckId != "hc" || !read.Changes[1].ResourceRecordSet.AliasTarget.EvaluateTargetHealth {
		t.Errorf("got %+v", read)
	}
}

func TestARecordSetIsMeasuredByWhatItsEndpointsCount(t *testing.T) {
	r := shopRecords()
	if m := r.Metrics("blue"); !m.Requests.Absent() || !m.Errors.Absent() || !m.Duration.Absent() {
		t.Errorf("without metrics in the definition there are %+v", m)
	}
	of := func(pool string) kind.PoolMetrics {
		return kind.PoolMetrics{Requests: kind.PoolMetric{Namespace: "Shop", Name: pool + "Requests"}, Errors: kind.PoolMetric{Namespace: "Shop", Name: pool + "Errors"}, Duration: &kind.PoolMetric{Namespace: "Shop", Name: pool + "Duration"}}
	}
	r.Counts = map[string]kind.PoolMetrics{"blue": of("blue"), "green": of("green")}
	if m := r.Metrics("green"); m.Requests.Name != "greenRequests" || m.Errors.Name != "greenErrors" || m.Duration.Name != "greenDuration" {
		t.Errorf("green has %+v", m)
	}
	if m := r.Metrics(""); len(m.Requests.Of) != 2 || m.Requests.Made(map[string]float64{"0": 3, "1": 4}) != 7 || !m.Duration.Absent() {
		t.Errorf("both have %+v", m)
	}
}

func TestTheWayBackTakesTheTTLAndAMinute(t *testing.T) {
	r := shopRecords()
	if r.WayBack() != 2*time.Minute {
		t.Errorf("with the default TTL it takes %v", r.WayBack())
	}
	if r.TTL = 300; r.WayBack() != 6*time.Minute {
		t.Errorf("with a TTL of five minutes it takes %v", r.WayBack())
	}
	if shopRecords().Caution() != "" || !strings.Contains(r.Caution(), "ttl: 60") {
		t.Errorf("the caution is %q with a TTL of a minute, and %q with five", shopRecords().Caution(), r.Caution())
	}
}

// Only a batch that deletes and creates the target's own records is allowed, and reading them has no condition: a request to read names no records.
func TestARecordSetsWritesAreForItsOwnRecordsAlone(t *testing.T) {
	r := shopRecords()
	for _, function := range kind.Touching() {
		for _, n := range r.Needs(function, kind.Uses{}) {
			writes := slices.Contains(n.Actions, "route53:ChangeResourceRecordSets")
			if when := r.When(n.Sid); (when != nil) != writes {
				t.Errorf("%s needs %v under %v", function, n.Actions, when)
			} else if writes && !slices.Equal(when["ForAllValues:StringEquals"]["route53:ChangeResourceRecordSetsNormalizedRecordNames"].([]string), []string{"shop.example.com", "www.example.com"}) {
				t.Errorf("%s may change %v", function, when)
			}
		}
	}
}
