package recordset_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/recordset"
)

// permit lets everything through.
type permit struct{}

func (permit) Allows(context.Context, rollout.Split) error { return nil }

func (f *fixture) mover() *traffic.Mover { return traffic.Over(recordset.Ports(f.box.Config(""))) }

func (f *fixture) forward(t *testing.T, weight rollout.Weight, tag string) rollout.Split {
	t.Helper()
	now, err := f.mover().Forward(t.Context(), f.Target(), rollout.Split{Stable: "blue", Candidate: "green", Weight: weight, Tag: tag}, permit{})
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestAMoveIsDoneWhenAllNameServersHaveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.service.Pace(time.Minute, 0)
		now := f.forward(t, 1000, "")
		if now.Moving == "" || now.Weight != 1000 || now.Stable != "blue" {
			t.Fatalf("right after the write it is %+v", now)
		}
		time.Sleep(59 * time.Second)
		if now = f.forward(t, 1000, now.Tag); now.Moving == "" {
			t.Errorf("before the minute is over it is done")
		}
		time.Sleep(2 * time.Second)
		now = f.forward(t, 1000, now.Tag)
		if now.Moving != "" {
			t.Errorf("after a minute it is still moving: %s", now.Moving)
		}
		if read, err := f.router.Read(t.Context(), f.Target()); err != nil || read.Tag != now.Tag {
			t.Errorf("what is done has tag %q, and is read with %q, %v", now.Tag, read.Tag, err)
		}
	})
}

func TestTheWayBackMovesUnderTheTagOfAMoveThatIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.service.Pace(time.Minute, 0)
		now := f.forward(t, 1000, "")
		before := f.Calls()
		back, err := f.mover().Back(t.Context(), f.Target(), rollout.Split{Stable: "blue", Tag: now.Tag}, permit{})
		if err != nil || back.Moving == "" || !back.Serves("blue") {
			t.Errorf("it answers %+v, %v", back, err)
		}
		if after := f.Calls(); after.Writes != before.Writes+1 || after.Reads != before.Reads {
			t.Errorf("it made the calls from %+v to %+v, want one write", before, after)
		}
		if got := f.Serves(t); !got.Serves("blue") {
			t.Errorf("the records serve %v", got)
		}
	})
}

// Two names go together: one batch, and one lock.
func TestSeveralNamesMoveInOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.put(t, "www.example.com", map[string]int64{"blue": 1})
		second := f.spec.Records[0]
		second.Name = "www.example.com"
		f.spec.Records = append(f.spec.Records, second)
		before := f.Calls()
		f.forward(t, 1000, "")
		if after := f.Calls(); after.Writes != before.Writes+1 {
			t.Errorf("it wrote %d times", after.Writes-before.Writes)
		}
		for _, name := range []string{"shop.example.com", "www.example.com"} {
			if got := f.weights(t, name); got["blue"] != 180 || got["green"] != 20 {
				t.Errorf("%s has %v", name, got)
			}
		}
		f.put(t, "www.example.com", map[string]int64{"blue": 180, "green": 21})
		if _, err := f.mover().Forward(t.Context(), f.Target(), rollout.Split{Stable: "blue", Candidate: "green", Weight: 2000}, permit{}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.mover().Back(t.Context(), f.Target(), rollout.Split{Stable: "blue"}, permit{}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"shop.example.com", "www.example.com"} {
			if got := f.weights(t, name); len(got) != 1 || got["blue"] != 200 {
				t.Errorf("after the way back %s has %v", name, got)
			}
		}
	})
}

func (f *fixture) weights(t *testing.T, name string) map[string]int64 {
	t.Helper()
	got := map[string]int64{}
	for _, r := range f.listed(t, name) {
		got[*r.SetIdentifier] = *r.Weight
	}
	return got
}

// What is there keeps its values; what was deleted is made again as the definition says, with the TTL of what is beside it.
func TestARecordThatWasDeletedIsMadeAgainFromTheDefinition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.service.CreateHealthCheck("well")
		alias := &types.AliasTarget{HostedZoneId: aws.String("Z35SXDOTRQ7X7K"), DNSName: aws.String("green.elb.amazonaws.com."), EvaluateTargetHealth: true}
		f.spec.Records[0].To["green"] = kind.Endpoint{Alias: &kind.Alias{Zone: *alias.HostedZoneId, Name: "green.elb.amazonaws.com", Health: true}, HealthCheck: "well"}
		f.forward(t, rollout.All, "")
		got := f.listed(t, "shop.example.com")
		if len(got) != 1 || *got[0].SetIdentifier != "green" || *got[0].AliasTarget.DNSName != *alias.DNSName || !got[0].AliasTarget.EvaluateTargetHealth || *got[0].HealthCheckId != "well" || got[0].TTL != nil {
			t.Fatalf("the promoted record is %+v", got)
		}
		if _, err := f.mover().Back(t.Context(), f.Target(), rollout.Split{Stable: "blue"}, permit{}); err != nil {
			t.Fatal(err)
		}
		got = f.listed(t, "shop.example.com")
		if len(got) != 1 || *got[0].SetIdentifier != "blue" || *got[0].ResourceRecords[0].Value != "192.0.2.1" || *got[0].TTL != 60 {
			t.Errorf("the record that came back is %+v", got)
		}
	})
}

func TestARecordKeepsWhatSomebodyElseSetBesideItsWeight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		old := f.listed(t, "shop.example.com")[0]
		slow := old
		slow.TTL = aws.Int64(300)
		f.batch(t, []types.Change{{Action: types.ChangeActionDelete, ResourceRecordSet: &old}, {Action: types.ChangeActionCreate, ResourceRecordSet: &slow}})
		f.forward(t, 1000, "")
		for _, r := range f.listed(t, "shop.example.com") {
			if *r.TTL != 300 {
				t.Errorf("%s has TTL %d", *r.SetIdentifier, *r.TTL)
			}
		}
	})
}

func TestWhatCannotBeMovedIsAnObstacleWithARemedy(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, f *fixture)
		want string
	}{
		"no zone":    {func(_ *testing.T, f *fixture) { f.spec.Zone = "Z9" }, "there is no hosted zone Z9"},
		"no record":  {func(_ *testing.T, f *fixture) { f.spec.Records[0].Name = "none.example.com" }, "has no weighted record of none.example.com A"},
		"not a pool": {func(_ *testing.T, f *fixture) { f.spec.Records[0].To = map[string]kind.Endpoint{"blue": {}, "red": {}} }, "has no pool green"},
		"not healthy": {func(_ *testing.T, f *fixture) {
			f.spec.Records[0].To["green"] = kind.Endpoint{Value: "1.1.1.1", HealthCheck: "none"}
		}, "No health check exists"},
		"no address": {func(_ *testing.T, f *fixture) { f.spec.Records[0].To["green"] = kind.Endpoint{Value: "shop"} }, "ARRDATAIllegalIPv4Address"},
		"not weighted": {func(t *testing.T, f *fixture) {
			f.spec.Records[0].Name = "plain.example.com"
			f.batch(t, []types.Change{{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
				Name: aws.String("plain.example.com"), Type: "A", TTL: aws.Int64(60), ResourceRecords: []types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
			}}})
		}, "is not weighted"},
		"protected": {func(t *testing.T, f *fixture) { f.protect(t) }, "it is protected: ask Ann"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				c.make(t, f)
				_, err := f.mover().Forward(t.Context(), f.Target(), rollout.Split{Stable: "blue", Candidate: "green", Weight: 1000}, permit{})
				if o := traffic.ObstacleOf(err); o == nil || !strings.Contains(o.What, c.want) || o.Remedy == "" {
					t.Errorf("the answer is %v, want an obstacle with %q", err, c.want)
				}
			})
		})
	}
}

func (f *fixture) protect(t *testing.T) {
	t.Helper()
	_, err := f.service.CreateResourceRecordSetProtections(t.Context(), &api.CreateResourceRecordSetProtectionsInput{
		HostedZoneId: &f.spec.Zone, Protections: []types.ResourceRecordSetProtectionConfig{{RecordName: aws.String("shop.example.com"), RecordType: "A", Comment: aws.String("ask Ann")}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever takes over a way back that is under way is told by its tag when it is done.
func TestAWayBackThatWasBegunIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.forward(t, 1000, "")
		f.service.Pace(time.Minute, 0)
		back, err := f.mover().Back(t.Context(), f.Target(), rollout.Split{Stable: "blue"}, permit{})
		if err != nil || back.Moving == "" {
			t.Fatalf("it answers %+v, %v", back, err)
		}
		for _, want := range []bool{true, false} {
			before := f.Calls()
			now, err := f.mover().Resume(t.Context(), f.Target(), rollout.Split{Stable: "blue", Tag: back.Tag}, permit{})
			if err != nil || (now.Moving != "") != want || !now.Serves("blue") {
				t.Errorf("it answers %+v, %v; want that it is moving: %v", now, err, want)
			}
			if after := f.Calls(); after.Writes != before.Writes {
				t.Errorf("it wrote %d times", after.Writes-before.Writes)
			}
			time.Sleep(61 * time.Second)
		}
		if now, err := f.mover().Resume(t.Context(), f.Target(), rollout.Split{Stable: "blue"}, permit{}); err != nil || now.Moving == "" || now.Tag != "" {
			t.Errorf("without a tag it answers %+v, %v; want that it is not known to be done", now, err)
		}
	})
}
