package keyvaluestore_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	edgeapi "github.com/aws/aws-sdk-go-v2/service/cloudfront"

	"sluice/infra/edge"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/keyvaluestore"
	"sluice/test/conformance"
	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudfront"
	api "sluice/test/sandbox/keyvaluestore"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// fixture is a distribution with an origin for each of three pools; blue serves at first.
type fixture struct {
	*conformance.Watch
	t      *testing.T
	edge   *cloudfront.Service
	box    *sandbox.Sandbox
	ports  traffic.Ports
	target kind.KeyValueStore
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Watch: conformance.NewWatch("PutKey"), t: t}
	f.box = sandboxtest.BootWith(t, sandbox.Options{Middleware: []wire.Middleware{f.around}, Parts: []sandbox.Part{
		func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
			f.edge = cloudfront.New(cloudfront.Options{Home: in.Home})
			return f.edge
		},
		func(sandbox.Surroundings) interface{ Wire() wire.Service } { return &api.Service{Edge: f.edge} },
	}})
	f.ports = keyvaluestore.Ports(f.box.Config(""))
	f.make()
	f.put(kind.EdgeSplit{Stable: f.target.Pool("blue")})
	return f
}

// around counts the router's calls as the suite wants them: one reading of a store makes two calls, of which the one of the key stands for both.
func (f *fixture) around(next wire.Handler) wire.Handler {
	watched := f.Around(next)
	return func(ctx context.Context, call *wire.Call) (any, error) {
		if call.Operation == "DescribeKeyValueStore" {
			return next(ctx, call)
		}
		return watched(ctx, call)
	}
}

// must is the answer of a call that nothing hinders.
func must[Out any](out Out, err error) func(*testing.T) Out {
	return func(t *testing.T) Out {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func (f *fixture) make() {
	ctx := f.t.Context()
	store := must(f.edge.CreateKeyValueStore(ctx, &edgeapi.CreateKeyValueStoreInput{Name: aws.String("shop")}))(f.t).KeyValueStore
	function := must(f.edge.CreateFunction(ctx, &edgeapi.CreateFunctionInput{Name: aws.String("shop-split"), FunctionCode: edge.Split, FunctionConfig: &types.FunctionConfig{
		Comment: aws.String(""), Runtime: types.FunctionRuntimeCloudfrontJs20,
		KeyValueStoreAssociations: &types.KeyValueStoreAssociations{Quantity: aws.Int32(1), Items: []types.KeyValueStoreAssociation{{KeyValueStoreARN: store.ARN}}},
	}}))(f.t)
	must(f.edge.PublishFunction(ctx, &edgeapi.PublishFunctionInput{Name: aws.String("shop-split"), IfMatch: function.ETag}))(f.t)
	f.target = kind.KeyValueStore{Function: "shop-split", Store: *store.ARN, Pools: map[string]string{"blue": "shop-blue", "green": "shop-green", "red": "shop-red"}}
	var origins []types.Origin
	for _, id := range f.target.Pools {
		origins = append(origins, types.Origin{Id: &id, DomainName: aws.String(id + ".example")})
	}
	d := must(f.edge.CreateDistribution(ctx, &edgeapi.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: aws.String("shop"), Comment: aws.String("shop"), Enabled: aws.Bool(true), Origins: &types.Origins{Quantity: aws.Int32(3), Items: origins},
		Aliases: &types.Aliases{Quantity: aws.Int32(1), Items: []string{"shop.example"}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: aws.String("shop-blue"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll,
			FunctionAssociations: &types.FunctionAssociations{Quantity: aws.Int32(1), Items: []types.FunctionAssociation{{EventType: types.EventTypeViewerRequest, FunctionARN: function.FunctionSummary.FunctionMetadata.FunctionARN}}},
		},
	}}))(f.t)
	f.target.Distribution = *d.Distribution.Id
}

// put writes into the store as somebody else might.
func (f *fixture) put(says kind.EdgeSplit) {
	f.t.Helper()
	f.write(string(must(json.Marshal(says))(f.t)))
}

func (f *fixture) write(text string) {
	f.t.Helper()
	store := f.edge.Store(f.target.Store)
	_, _, etag := store.Now()
	if !store.Change(etag, func(values map[string]string) { values[kind.EdgeKey] = text }) {
		f.t.Fatal("somebody else writes, too")
	}
}

func (f *fixture) Router() traffic.Router { return f.ports.Router }
func (f *fixture) Target() rollout.Target { return rollout.Target{KeyValueStore: &f.target} }
func (f *fixture) Locks() bool            { return true }
func (f *fixture) Revisions() conformance.Revisions {
	return conformance.Revisions{Stable: "blue", Candidate: "green", Other: "red"}
}

// says is what the store says, past the router.
func (f *fixture) says() (says kind.EdgeSplit, etag string) {
	f.t.Helper()
	values, _, etag := f.edge.Store(f.target.Store).Now()
	if err := json.Unmarshal([]byte(values[kind.EdgeKey]), &says); err != nil {
		f.t.Fatal(err)
	}
	return says, etag
}

// Serves reads the store in the raw.
func (f *fixture) Serves(t *testing.T) rollout.Split {
	t.Helper()
	says, etag := f.says()
	s := rollout.Split{Stable: says.Stable.Pool, Tag: etag}
	if says.Candidate != nil {
		s.Candidate, s.Weight = says.Candidate.Pool, rollout.Weight(says.Weight)
	}
	return s
}

// Move divides the traffic past the router.
func (f *fixture) Move(t *testing.T, to rollout.Split) {
	t.Helper()
	_, etag := f.says()
	says := kind.EdgeSplit{Stable: f.target.Pool(to.Stable), After: etag}
	if to.Candidate != "" {
		candidate := f.target.Pool(to.Candidate)
		says.Candidate, says.Weight = &candidate, int(to.Weight)
	}
	f.put(says)
}
