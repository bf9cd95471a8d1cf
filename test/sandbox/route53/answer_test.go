package route53_test

import (
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/test/sandbox/route53"
)

// shares counts what 2,000 questions are answered.
func (d *desk) shares() map[string]int {
	got := map[string]int{}
	for range 2000 {
		for _, v := range d.Ask("", shop, "A").Values {
			got[v]++
		}
	}
	return got
}

func TestAnswersFollowWeightsAndHealth(t *testing.T) {
	const blue, green = "192.0.2.1", "192.0.2.2"
	for name, c := range map[string]struct {
		weights [2]int64
		checked [2]bool
		sick    [2]bool
		share   int // of green, in percent
	}{
		"by weight":                                          {weights: [2]int64{190, 10}, share: 5},
		"all zero are equal":                                 {share: 50},
		"zero gets nothing":                                  {weights: [2]int64{1, 0}},
		"the unhealthy one gets nothing":                     {weights: [2]int64{190, 10}, checked: [2]bool{true, true}, sick: [2]bool{true, false}, share: 100},
		"zero comes back when all others are unhealthy":      {weights: [2]int64{1, 0}, checked: [2]bool{true, true}, sick: [2]bool{true, false}, share: 100},
		"zero comes back even without a check":               {weights: [2]int64{1, 0}, checked: [2]bool{true, false}, sick: [2]bool{true, false}, share: 100},
		"all are unhealthy: by weight":                       {weights: [2]int64{190, 10}, checked: [2]bool{true, true}, sick: [2]bool{true, true}, share: 5},
		"all are unhealthy: zero gets nothing":               {weights: [2]int64{1, 0}, checked: [2]bool{true, true}, sick: [2]bool{true, true}},
		"all zero, one of them unhealthy: all to the other":  {checked: [2]bool{true, true}, sick: [2]bool{false, true}},
		"all zero and all unhealthy: equal, as if they were": {checked: [2]bool{true, true}, sick: [2]bool{true, true}, share: 50},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.Pace(0, 0)
			records := []types.ResourceRecordSet{weighted("blue", blue, c.weights[0]), weighted("green", green, c.weights[1])}
			for i, id := range []string{"one", "two"} {
				d.CreateHealthCheck(id)
				d.Sicken(id, c.sick[i])
				if c.checked[i] {
					records[i].HealthCheckId = aws.String(id)
				}
			}
			d.changed(create(records[0]), create(records[1]))
			if got := d.shares(); got[green] < 20*c.share-60 || got[green] > 20*c.share+60 || got[blue]+got[green] != 2000 {
				t.Errorf("green answers %d of 2000, want about %d %%: %v", got[green], c.share, got)
			}
		})
	}
}

func TestAliasesAreAnsweredByWhatTheyPointTo(t *testing.T) {
	d := newDesk(t)
	d.Pace(0, 0)
	d.CreateHealthCheck("one")
	inner := types.ResourceRecordSet{Name: aws.String("v1.example.com"), Type: "A", TTL: aws.Int64(20), HealthCheckId: aws.String("one"), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.7")}}}
	alias := func(pool, name string, weight int64) types.ResourceRecordSet {
		r := weighted(pool, "", weight)
		r.TTL, r.ResourceRecords, r.AliasTarget = nil, nil, &types.AliasTarget{DNSName: &name, HostedZoneId: d.zone, EvaluateTargetHealth: true}
		return r
	}
	d.changed(create(inner), create(alias("blue", "v1.example.com", 1)), create(alias("green", "blue.elb.amazonaws.com", 0)))
	if a := d.Ask("", shop, "A"); a.Values[0] != "192.0.2.7" || a.TTL != 20*time.Second {
		t.Errorf("the alias of a record is answered %+v", a)
	}
	d.Sicken("one", true)
	if a := d.Ask("", shop, "A"); a.Values[0] != "198.51.100.1" || a.TTL != time.Minute {
		t.Errorf("the alias of a load balancer is answered %+v", a)
	}
}

func TestAPrivateZoneAnswersItsVPCAlone(t *testing.T) {
	d := newDesk(t)
	d.Pace(0, 0)
	d.changed(create(weighted("blue", "192.0.2.1", 1)))
	d.zone = d.makes("example.com", "vpc-1")
	d.changed(create(weighted("blue", "10.0.0.1", 1)))
	for vpc, want := range map[string]string{"": "192.0.2.1", "vpc-2": "192.0.2.1", "vpc-1": "10.0.0.1"} {
		if a := d.Ask(vpc, shop, "A"); len(a.Values) != 1 || a.Values[0] != want {
			t.Errorf("from %q it is answered %v, want %s", vpc, a.Values, want)
		}
	}
}

func TestAResolverKeepsAnAnswerAsLongAsItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.Pace(0, 0)
		blue := weighted("blue", "192.0.2.1", 1)
		d.changed(create(blue))
		r := d.NewResolver("")
		resolves := func(want string) {
			t.Helper()
			if a, err := r.Resolve(shop, "A"); err != nil || a.Values[0] != want {
				t.Errorf("it resolves to %v, %v, want %s", a.Values, err, want)
			}
		}
		resolves("192.0.2.1")
		d.changed(remove(blue), create(weighted("green", "192.0.2.2", 1)))
		time.Sleep(59 * time.Second)
		resolves("192.0.2.1")
		time.Sleep(time.Second)
		resolves("192.0.2.2")
	})
}

func TestANameServerAnswersOnAPort(t *testing.T) {
	d := newDesk(t)
	d.Pace(0, 0)
	name := weighted("blue", "v1.example.com", 1)
	name.Name, name.Type = aws.String("www.example.com"), "CNAME"
	d.changed(create(weighted("blue", "192.0.2.1", 1)), create(name))
	address, err := d.Listen(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	r := route53.ResolverOf(address)
	a, err := r.Resolve(shop, "A")
	if err != nil || len(a.Values) != 1 || a.Values[0] != "192.0.2.1" || a.TTL != time.Minute || a.Kind != "A" {
		t.Errorf("it answers %+v, %v", a, err)
	}
	if a, err := r.Resolve("www.example.com", "A"); err != nil || len(a.Values) != 1 || a.Values[0] != "v1.example.com." || a.Kind != "CNAME" {
		t.Errorf("for another's name it answers %+v, %v", a, err)
	}
	if a, err := r.Resolve(shop, "TXT"); err != nil || !a.Exists || len(a.Values) > 0 {
		t.Errorf("of another type it answers %+v, %v", a, err)
	}
	if a, err := r.Resolve("nobody.example.com", "A"); err != nil || a.Exists {
		t.Errorf("for a name that nobody has it answers %+v, %v", a, err)
	}
	dig(t, address)
}

// dig is a witness of another make: it reads the answers over TCP, too.
func dig(t *testing.T, address string) {
	path, err := exec.LookPath("dig")
	if err != nil {
		t.Log("SKIPPED: dig is not on PATH, so no client of another make reads the answers")
		return
	}
	host, port, _ := strings.Cut(address, ":")
	for _, how := range []string{"+notcp", "+tcp"} {
		out, err := exec.CommandContext(t.Context(), path, "@"+host, "-p", port, "shop.example.com", "A", "+noall", "+answer", how).CombinedOutput()
		if got := strings.Join(strings.Fields(string(out)), " "); err != nil || got != "shop.example.com. 60 IN A 192.0.2.1" {
			t.Errorf("dig %s reads %q, %v", how, got, err)
		}
	}
}
