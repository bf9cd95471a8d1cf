package recordset_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/recordset"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/route53"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// fixture is the records of a shop: an address, and a name in front of it. Blue serves at first.
type fixture struct {
	*conformance.Watch
	service *route53.Service
	router  *recordset.Router
	beside  *recordset.Router // whose calls nobody counts
	box     *sandbox.Sandbox
	spec    kind.RecordSet
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Watch: conformance.NewWatch("ChangeResourceRecordSets")}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Middleware: []wire.Middleware{f.Around}, Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		f.service = route53.New(route53.Options{Home: in.Home})
		return f.service
	}}})
	f.service.Pace(0, 0)
	f.router = recordset.New(f.box.Config(""))
	uncounted := f.box.Config("")
	uncounted.HTTPClient = wire.Client(wire.NewServer(wire.Home{Region: "us-east-1", Account: "123456789012"}, f.service.Wire()))
	f.beside = recordset.New(uncounted)
	zone, err := f.service.CreateHostedZone(t.Context(), &api.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
	if err != nil {
		t.Fatal(err)
	}
	f.spec = kind.RecordSet{Zone: strings.TrimPrefix(*zone.HostedZone.Id, "/hostedzone/"), Records: []kind.Record{{
		Name: "shop.example.com", Type: "A", To: map[string]kind.Endpoint{"blue": {Value: "192.0.2.1"}, "green": {Value: "192.0.2.2"}},
	}}}
	f.put(t, "shop.example.com", map[string]int64{"blue": 200})
	return f
}

func (f *fixture) Router() traffic.Router { return f.router }

func (f *fixture) Target() rollout.Target { return rollout.Target{RecordSet: &f.spec} }

// Revisions: with two pools, nobody can serve a third.
func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "blue", Candidate: "green", Other: "green"}
}

func (f *fixture) Locks() bool  { return true }
func (f *fixture) Recurs() bool { return true }

// listed reads a name's records past the router.
func (f *fixture) listed(t *testing.T, name string) []types.ResourceRecordSet {
	t.Helper()
	out, err := f.service.ListResourceRecordSets(t.Context(), &api.ListResourceRecordSetsInput{HostedZoneId: &f.spec.Zone, StartRecordName: &name, StartRecordType: "A"})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(out.ResourceRecordSets, func(r types.ResourceRecordSet) bool { return *r.Name != name+"." })
}

// put makes the records of a name have these weights, as somebody else might; -1 deletes one.
func (f *fixture) put(t *testing.T, name string, weights map[string]int64) {
	t.Helper()
	var batch []types.Change
	for _, r := range f.listed(t, name) {
		batch = append(batch, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &r})
	}
	values := map[string]string{"blue": "192.0.2.1", "green": "192.0.2.2", "red": "192.0.2.3"}
	for pool, weight := range weights {
		batch = append(batch, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
			Name: &name, Type: "A", SetIdentifier: &pool, Weight: &weight, TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String(values[pool])}},
		}})
	}
	f.batch(t, batch)
}

func (f *fixture) batch(t *testing.T, batch []types.Change) {
	t.Helper()
	if _, err := f.service.ChangeResourceRecordSets(t.Context(), &api.ChangeResourceRecordSetsInput{HostedZoneId: &f.spec.Zone, ChangeBatch: &types.ChangeBatch{Changes: batch}}); err != nil {
		t.Fatal(err)
	}
}

// Serves reads the records in the raw. A weight of 0 counts: nothing may be left of a pool that is out.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	weights := map[string]int64{}
	for _, r := range f.listed(t, "shop.example.com") {
		weights[*r.SetIdentifier] = *r.Weight
	}
	tag, err := f.beside.Read(t.Context(), f.Target())
	if err != nil {
		t.Fatal(err)
	}
	blue, blueThere := weights["blue"]
	green, greenThere := weights["green"]
	switch {
	case !greenThere:
		return rollout.Split{Stable: "blue", Tag: tag.Tag}
	case !blueThere:
		return rollout.Split{Stable: "green", Tag: tag.Tag}
	}
	return rollout.Split{Stable: "blue", Candidate: "green", Weight: rollout.Weight(green * 10000 / (blue + green)), Tag: tag.Tag}
}

// Move divides the traffic past the router.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	time.Sleep(time.Second) // Route 53 takes ten calls a second
	to = to.Plain()
	weights := map[string]int64{to.Stable: 200}
	if to.Candidate != "" {
		weights[to.Candidate] = int64(to.Weight) / 50
		weights[to.Stable] -= weights[to.Candidate]
	}
	f.put(t, "shop.example.com", weights)
}
