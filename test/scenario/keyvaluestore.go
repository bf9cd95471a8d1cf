package scenario

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"sluice/infra/definition"
	"sluice/infra/edge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// EdgeFunction has the target be a distribution whose function sends each request to the origin of one of two pools, by what a key value store says.
// The pools are called 1 and 2, as stories call versions that they tell of any kind; 1 serves at first.
type EdgeFunction struct {
	Takes time.Duration // until a change of the store is at all edges
}

// ID implements Kind.
func (EdgeFunction) ID() kind.ID { return kind.KeyValueStoreID }

// Target is the kind's sample, with numbers for the pools.
func (EdgeFunction) Target(service string) string {
	return strings.NewReplacer(`"blue"`, `"1"`, `"green"`, `"2"`).Replace(definition.Sample(kind.KeyValueStoreID, service))
}

// Make implements Kind.
func (k EdgeFunction) Make(w *World) {
	w.T.Helper()
	target, s := w.keyValueStore(), w.edges()
	s.Name(target.Name(), target.Distribution)
	store, err := s.CreateKeyValueStore(w.ctx, &cloudfront.CreateKeyValueStoreInput{Name: &w.service})
	w.must(err)
	made, err := s.CreateFunction(w.ctx, &cloudfront.CreateFunctionInput{Name: &target.Function, FunctionCode: edge.Split, FunctionConfig: &types.FunctionConfig{
		Comment: aws.String(""), Runtime: types.FunctionRuntimeCloudfrontJs20,
		KeyValueStoreAssociations: &types.KeyValueStoreAssociations{Quantity: aws.Int32(1), Items: []types.KeyValueStoreAssociation{{KeyValueStoreARN: store.KeyValueStore.ARN}}},
	}})
	w.must(err)
	_, err = s.PublishFunction(w.ctx, &cloudfront.PublishFunctionInput{Name: &target.Function, IfMatch: made.ETag})
	w.must(err)
	c := configuration("1")
	c.Origins = &types.Origins{Quantity: aws.Int32(2)}
	for pool, origin := range target.Pools {
		c.Origins.Items = append(c.Origins.Items, types.Origin{Id: &origin, DomainName: aws.String(pool + ".example")})
	}
	c.DefaultCacheBehavior.TargetOriginId = aws.String(target.Pools["1"])
	c.DefaultCacheBehavior.FunctionAssociations = &types.FunctionAssociations{Quantity: aws.Int32(1), Items: []types.FunctionAssociation{{
		EventType: types.EventTypeViewerRequest, FunctionARN: made.FunctionSummary.FunctionMetadata.FunctionARN,
	}}}
	_, err = s.CreateDistribution(w.ctx, &cloudfront.CreateDistributionInput{DistributionConfig: c})
	w.must(err)
	w.Says(kind.EdgeSplit{Stable: target.Pool("1")})
	s.PaceOfStores(k.Takes)
	w.Pass(k.Takes)
}

// Serves implements Kind.
func (EdgeFunction) Serves(w *World) rollout.Split {
	w.T.Helper()
	var says kind.EdgeSplit
	values, _, etag := w.edges().Store(w.keyValueStore().Store).Now()
	w.must(json.Unmarshal([]byte(values[kind.EdgeKey]), &says))
	now := dividedBy(says)
	now.Tag = etag
	return now
}

// EdgeSplitOf is how a value of the store divides the traffic.
func EdgeSplitOf(value string) (rollout.Split, error) {
	var says kind.EdgeSplit
	err := json.Unmarshal([]byte(value), &says)
	return dividedBy(says), err
}

func dividedBy(says kind.EdgeSplit) rollout.Split {
	s := rollout.Split{Stable: says.Stable.Pool}
	if says.Candidate != nil {
		s.Candidate, s.Weight = says.Candidate.Pool, rollout.Weight(says.Weight)
	}
	return s
}

// keyValueStore is the world's target.
func (w *World) keyValueStore() *kind.KeyValueStore {
	var t rollout.Target
	w.must(json.Unmarshal([]byte(w.kind.(EdgeFunction).Target(w.service)), &t))
	return t.KeyValueStore
}

// Says writes into the store as somebody else might.
func (w *World) Says(says kind.EdgeSplit) {
	w.T.Helper()
	text, err := json.Marshal(says)
	w.must(err)
	store := w.edges().Store(w.keyValueStore().Store)
	_, _, etag := store.Now()
	if !store.Change(etag, func(values map[string]string) { values[kind.EdgeKey] = string(text) }) {
		w.T.Fatal("somebody else writes into the store, too")
	}
}

// Callers have requests come to one edge after the other, so many a minute, until the world ends. The origins count what they serve.
func (w *World) Callers(perMinute int) {
	n := 0
	w.steadily(perMinute, func() {
		pool := w.Call(n % w.edges().Edges())
		n++
		count := func(name string, value float64) {
			w.Sandbox.CloudWatch.Record(w.service, name, map[string]string{"Pool": pool}, "Count", value, time.Now(), 60)
		}
		count("Requests", 1)
		count("Errors", map[bool]float64{true: 1}[w.answer(pool) != nil])
	})
}

// Call is the pool whose origin a viewer meets at an edge.
func (w *World) Call(at int) (pool string) {
	answer := httptest.NewRecorder()
	w.edges().Edge(at, origins{w.behaviour}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://shop.example/", nil))
	return answer.Body.String()
}

// Unassociated takes the function off the distribution, as somebody else might.
func (w *World) Unassociated() {
	w.T.Helper()
	w.reconfigure(w.keyValueStore().Distribution, func(c *types.DistributionConfig) { c.DefaultCacheBehavior.FunctionAssociations = nil })
}
