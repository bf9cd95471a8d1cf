// Package dns is the show of a name with weighted records in Route 53. Its callers ask resolvers of unequal size, which ask a name server on a
// loopback address and keep its answers as long as their TTL. Two pools answer over HTTP.
package dns

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/route53"
	"sluice/test/sandbox/run/exhibit"
	"sluice/test/sandbox/wire"
)

const (
	ttl       = 2               // seconds; nobody would watch a minute
	takes     = 2 * time.Second // until a change is on all name servers
	resolvers = 30
)

// Exhibit is what the show has to know of weighted records.
var Exhibit = exhibit.Exhibit{
	Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
		return route53.New(route53.Options{Home: in.Home, Record: in.Record, Chance: in.Chance})
	}},
	Definition: "target: " + target(),
	Change:     "deployment", Arrives: "is made to the pool that is idle",
	Open: func(ctx context.Context, s exhibit.Stage) (exhibit.Performer, error) { return open(ctx, s) },
}

// sample is the target of the show: the kind's sample, with a TTL that can be watched.
func sample() kind.RecordSet {
	var t rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.RecordSetID, exhibit.Service)), &t); err != nil {
		panic("dns: reading the kind's sample: " + err.Error()) // only its author can mend that
	}
	t.RecordSet.TTL = ttl
	return *t.RecordSet
}

// target is the sample in JSON, which is YAML, too.
func target() string {
	records := sample()
	text, _ := json.Marshal(rollout.Target{RecordSet: &records}) // strings and numbers only
	return strings.TrimSuffix(string(text), "}") + `,"lambdaAlias":null}`
}

// shop is a name that leads to two pools.
type shop struct {
	spec      kind.RecordSet
	client    *api.Client
	pools     map[string]*pool // by their addresses
	server    string           // where the name server listens
	resolvers []*route53.Resolver
	stop      context.CancelFunc
}

func open(ctx context.Context, s exhibit.Stage) (*shop, error) {
	service := sandbox.PartOf[route53.Service](s.Sandbox)
	service.Pace(takes, 0)
	shop := &shop{spec: sample(), client: api.NewFromConfig(s.Person), pools: map[string]*pool{}}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	shop.stop = stop
	if err := shop.start(serving, service); err != nil {
		shop.Close()
		return nil, err
	}
	if err := shop.create(ctx); err != nil {
		shop.Close()
		return nil, err
	}
	return shop, nil
}

// start has the pools and the name server listen.
func (s *shop) start(ctx context.Context, service *route53.Service) (err error) {
	for label, to := range s.spec.Records[0].To {
		if s.pools[to.Value], err = listen(label); err != nil {
			return err
		}
	}
	if s.server, err = service.Listen(ctx, ""); err != nil {
		return err
	}
	for range resolvers {
		s.resolvers = append(s.resolvers, route53.ResolverOf(s.server))
	}
	return nil
}

// create makes the zone, with a record of the first pool.
func (s *shop) create(ctx context.Context) error {
	zone, err := s.client.CreateHostedZone(ctx, &api.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("show")})
	if err != nil {
		return err
	}
	if *zone.HostedZone.Id != "/hostedzone/"+s.spec.Zone {
		return fmt.Errorf("making the zone of the show: it is %s, and the engine may touch %s", *zone.HostedZone.Id, s.spec.Zone)
	}
	record, first := s.spec.Records[0], s.spec.Pools()[0]
	_, err = s.client.ChangeResourceRecordSets(ctx, &api.ChangeResourceRecordSetsInput{HostedZoneId: &s.spec.Zone, ChangeBatch: &types.ChangeBatch{Changes: []types.Change{{
		Action: types.ChangeActionCreate, ResourceRecordSet: &types.ResourceRecordSet{
			Name: &record.Name, Type: types.RRType(record.Type), SetIdentifier: &first, Weight: aws.Int64(kind.WeightOfAll), TTL: aws.Int64(ttl),
			ResourceRecords: []types.ResourceRecord{{Value: aws.String(record.To[first].Value)}},
		},
	}}}})
	if err != nil {
		return err
	}
	select { // until all name servers know it
	case <-time.After(takes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Bring implements exhibit.Performer: the change is deployed to the pool that has no record.
func (s *shop) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	record := s.spec.Records[0]
	out, err := s.client.ListResourceRecordSets(ctx, &api.ListResourceRecordSetsInput{HostedZoneId: &s.spec.Zone, StartRecordName: &record.Name})
	if err != nil {
		return exhibit.Revision{}, err
	}
	serves := map[string]bool{}
	for _, r := range out.ResourceRecordSets {
		serves[aws.ToString(r.SetIdentifier)] = true
	}
	for label, to := range record.To {
		if !serves[label] {
			s.pools[to.Value].deploy(c.Failing)
			return exhibit.Revision{Version: label, Command: "./deploy.sh --pool " + label, Said: "deployed to " + to.Value + ": " + c.Message}, nil
		}
	}
	return exhibit.Revision{}, fmt.Errorf("deploying %q: no pool is idle", c.Message)
}

// Ask implements exhibit.Performer. A few resolvers have most of the callers, as providers have.
func (s *shop) Ask(ctx context.Context) (exhibit.Answer, error) {
	r, record := rand.Float64(), s.spec.Records[0]
	answer, err := s.resolvers[int(r*r*resolvers)].Resolve(record.Name, types.RRType(record.Type))
	if err := ctx.Err(); err != nil {
		return exhibit.Answer{}, err
	}
	if err != nil || len(answer.Values) == 0 {
		return exhibit.Answer{Failed: true}, nil
	}
	pool := s.pools[answer.Values[0]]
	if pool == nil {
		return exhibit.Answer{Failed: true}, nil
	}
	failed, err := pool.ask(ctx)
	return exhibit.Answer{Revision: pool.label, Failed: failed}, err
}

// Hints implements exhibit.Performer.
func (s *shop) Hints() []string {
	host, port, _ := strings.Cut(s.server, ":")
	return []string{
		fmt.Sprintf("dig @%s -p %s %s", host, port, s.spec.Records[0].Name),
		"aws route53 list-resource-record-sets --hosted-zone-id " + s.spec.Zone,
	}
}

// Close implements exhibit.Performer.
func (s *shop) Close() {
	s.stop()
	for _, p := range s.pools {
		if p != nil {
			_ = p.server.Close()
		}
	}
}
