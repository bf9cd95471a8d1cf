package scenario

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	sandboxed "sluice/test/sandbox/route53"
)

// Records has the target be a name of a hosted zone with a weighted record for each of two pools, blue and green. Blue serves at first.
type Records struct {
	Numbered bool // the pools are called 1 and 2, as stories call versions that they tell of any kind
}

// Target is the kind's sample, perhaps with other names for the pools.
func (k Records) Target(service string) string {
	sample := definition.Sample(kind.RecordSetID, service)
	if !k.Numbered {
		return sample
	}
	return strings.NewReplacer(`"blue"`, `"1"`, `"green"`, `"2"`).Replace(sample)
}

// ID implements Kind.
func (Records) ID() kind.ID { return kind.RecordSetID }

// Make implements Kind.
func (Records) Make(w *World) {
	w.T.Helper()
	zone, err := w.Route53().CreateHostedZone(w.ctx, &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
	w.must(err)
	if want := "/hostedzone/" + w.recordSet().Zone; *zone.HostedZone.Id != want {
		w.T.Fatalf("the zone is %s, and the sample names %s", *zone.HostedZone.Id, want)
	}
	w.Weighs(map[string]int64{w.recordSet().Pools()[0]: kind.WeightOfAll})
	w.Pass(time.Minute) // until it is on all name servers
}

// Serves implements Kind. Nothing may be left of a pool that is out, not even a weight of 0.
func (Records) Serves(w *World) rollout.Split {
	w.T.Helper()
	weights := map[string]int64{}
	for _, r := range w.listed() {
		weights[*r.SetIdentifier] = *r.Weight
	}
	pools := w.recordSet().Pools()
	blue, hasBlue := weights[pools[0]]
	green, hasGreen := weights[pools[1]]
	switch {
	case !hasGreen:
		return rollout.Split{Stable: pools[0]}
	case !hasBlue:
		return rollout.Split{Stable: pools[1]}
	}
	return rollout.Split{Stable: pools[0], Candidate: pools[1], Weight: rollout.Weight(green * int64(rollout.All) / (blue + green)), Either: true}
}

// Route53 is the service itself.
func (w *World) Route53() *sandboxed.Service { return sandbox.PartOf[sandboxed.Service](w.Sandbox) }

// recordSet is the world's target.
func (w *World) recordSet() *kind.RecordSet {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(w.kind.(Records).Target(w.service)), &t))
	return t.RecordSet
}

func (w *World) listed() []types.ResourceRecordSet {
	r := w.recordSet()
	out, err := w.Route53().ListResourceRecordSets(w.ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: &r.Zone})
	w.must(err)
	return out.ResourceRecordSets
}

// Weighs gives the pools these weights, as somebody else might. A pool that is not named has no record.
func (w *World) Weighs(weights map[string]int64) {
	w.T.Helper()
	r := w.recordSet()
	var batch []types.Change
	for _, old := range w.listed() {
		batch = append(batch, types.Change{Action: types.ChangeActionDelete, ResourceRecordSet: &old})
	}
	for pool, weight := range weights {
		to := r.Records[0].To[pool]
		batch = append(batch, types.Change{Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
			Name: &r.Records[0].Name, Type: types.RRType(r.Records[0].Type), SetIdentifier: &pool, Weight: &weight,
			TTL: aws.Int64(int64(r.Seconds())), ResourceRecords: []types.ResourceRecord{{Value: &to.Value}},
		}})
	}
	_, err := w.Route53().ChangeResourceRecordSets(w.ctx, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &r.Zone, ChangeBatch: &types.ChangeBatch{Changes: batch}})
	w.must(err)
}

// Surfers are clients that find the service by its name. Each asks a resolver of its own, which keeps an answer as long as the TTL says.
type Surfers struct {
	mu     sync.Mutex
	served map[string]int
	harmed int
	last   map[string]time.Time // when a pool served last
}

// surfs is how often a surfer makes a request.
const surfs = 10 * time.Second

// Surf has so many clients make a request every ten seconds each, until the world ends. Endpoints count what they serve.
func (w *World) Surf(clients int) *Surfers {
	s := &Surfers{served: map[string]int{}, last: map[string]time.Time{}}
	for i := range clients {
		go func() {
			time.Sleep(surfs * time.Duration(i) / time.Duration(clients))
			resolver := w.Route53().NewResolver("")
			for ticks := time.NewTicker(surfs); ; {
				w.surf(s, resolver)
				select {
				case <-w.ctx.Done():
					ticks.Stop()
					return
				case <-ticks.C:
				}
			}
		}()
	}
	return s
}

func (w *World) surf(s *Surfers, resolver *sandboxed.Resolver) {
	record := w.recordSet().Records[0]
	answer, err := resolver.Resolve(record.Name, types.RRType(record.Type))
	pool := ""
	for label, to := range record.To {
		if err == nil && len(answer.Values) > 0 && to.Value == answer.Values[0] {
			pool = label
		}
	}
	failed := pool == "" || w.answer(pool) != nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served[pool]++
	s.last[pool] = time.Now()
	if failed {
		s.harmed++
	}
	count := func(name string, value float64) {
		w.Sandbox.CloudWatch.Record(w.service, name, map[string]string{"Pool": pool}, "Count", value, time.Now(), 60)
	}
	count("Requests", 1)
	count("Errors", map[bool]float64{true: 1}[failed])
}

// Met is how many requests a pool has served, and when the last of them came.
func (s *Surfers) Met(pool string) (requests int, last time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served[pool], s.last[pool]
}

// Harmed is how many requests failed, of how many.
func (s *Surfers) Harmed() (harmed, of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.served {
		of += n
	}
	return s.harmed, of
}

// String tells both.
func (s *Surfers) String() string {
	harmed, of := s.Harmed()
	return strconv.Itoa(harmed) + " of " + strconv.Itoa(of) + " requests failed"
}
