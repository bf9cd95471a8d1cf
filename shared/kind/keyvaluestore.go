package kind

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// KeyValueStoreID is the kind of CloudFront distributions whose origin a CloudFront Function chooses for each request, by what a key value store says.
const KeyValueStoreID ID = "keyValueStore"

var keyValueStore = Facts{
	ID: KeyValueStoreID, Title: "CloudFront key value store", Prefix: "kvs", Suffix: "-kvs",
	Revision: Revision{
		Word: "pool", Example: "blue", Grammar: poolGrammar,
		Remedy: "write the label of the pool that is to serve, one of the two under target.keyValueStore.pools: bring the new software out there first",
	},
	Smallest: 1,    // hundredths of a percent: the function draws one of ten thousand
	Locks:    true, // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_PutKey.html: a change names the ETag that it is based on
	Spreads:  SpreadRequests,
	Silence:  Holds,
	// AWS says that a change is at all edges within seconds and names no figure: a minute is ours
	// (https://aws.amazon.com/blogs/aws/introducing-amazon-cloudfront-keyvaluestore-a-low-latency-datastore-for-cloudfront-functions/).
	Way: Way{During: time.Minute, After: time.Minute},
}

// KeyValueStore is a CloudFront distribution with Sluice's function (infra/edge) on its viewers' requests. The function reads the store, and sends each
// request to the origin of one of two pools. A pool's label is the revision: whoever asks for a release has brought the new software out behind the
// origin that is idle.
type KeyValueStore struct {
	Distribution string                 `json:"distribution"`     // what viewers use
	Function     string                 `json:"function"`         // the name of the CloudFront Function that has Sluice's code
	Store        string                 `json:"store"`            // ARN of the key value store that is associated with the function; of this target alone
	Pools        map[string]string      `json:"pools"`            // the id of the distribution's origin, by the pool's label
	Sticky       bool                   `json:"sticky,omitempty"` // a viewer's address decides, and not each request anew
	Counts       map[string]PoolMetrics `json:"metrics,omitempty"`
}

var _ Sticky = KeyValueStore{}

// Kind implements Spec.
func (KeyValueStore) Kind() ID { return KeyValueStoreID }

// Name implements Spec: the store's id, because it is the store that is written.
func (k KeyValueStore) Name() string {
	_, id, _ := strings.Cut(k.Store, ":key-value-store/")
	return id
}

// String implements Spec.
func (k KeyValueStore) String() string {
	return "key value store " + k.Name() + " of distribution " + k.Distribution
}

// Sticks implements Sticky.
func (k KeyValueStore) Sticks() bool { return k.Sticky }

// Labels are the labels of the two pools, in the order of the alphabet.
func (k KeyValueStore) Labels() []string { return slices.Sorted(maps.Keys(k.Pools)) }

// Problems implements Spec.
func (k KeyValueStore) Problems() []Problem {
	var found []Problem
	wrong := func(ok bool, field, what, remedy string) {
		if !ok {
			found = append(found, Problem{field, what, remedy})
		}
	}
	wrong(named(`^E[A-Z0-9]{5,30}$`, k.Distribution), "distribution", fmt.Sprintf("%.60q is not a distribution's id", k.Distribution), "write the id alone, such as E1A2B3C4D5E6F7: aws cloudfront list-distributions")
	wrong(named(`^[A-Za-z0-9_-]{1,64}$`, k.Function), "function", fmt.Sprintf("%.60q is not a CloudFront function's name", k.Function), "write the name alone: aws cloudfront list-functions")
	wrong(named(`^arn:aws:cloudfront::[0-9]{12}:key-value-store/[a-f0-9-]{36}$`, k.Store), "store", fmt.Sprintf("%.100q is not the ARN of a key value store", k.Store), "write its ARN: aws cloudfront list-key-value-stores")
	wrong(len(k.Pools) == 2, "pools", fmt.Sprintf("it names %d pools", len(k.Pools)), "name two: the one that serves and the one that is idle")
	labels := k.Labels()
	for i, label := range labels {
		wrong(named("^"+poolGrammar+"$", label), "pools."+label, "it is not a pool's label", "write letters, digits, hyphens and dots, such as blue")
		wrong(named(`^[^"\s]{1,128}$`, k.Pools[label]), "pools."+label, fmt.Sprintf("%.60q is not an origin's id", k.Pools[label]), "write the id of one of the distribution's origins: aws cloudfront get-distribution-config --id "+k.Distribution)
		wrong(i == 0 || k.Pools[label] != k.Pools[labels[0]], "pools."+label, "both pools have the same origin", "give each pool an origin of its own: otherwise both serve the same")
	}
	return append(found, countProblems(k.Counts, labels)...)
}

// Metrics implements Spec, by what the definition names. A function publishes nothing about single requests, and CloudFront counts by distribution.
func (k KeyValueStore) Metrics(pool string) Metrics { return counted(k.Counts, k.Labels(), pool) }

// EdgeKey is the key under which the store says what serves.
const EdgeKey = "split"

// EdgeSplit is what the store says, as infra/edge/split.js reads it.
type EdgeSplit struct {
	Stable    EdgePool  `json:"stable"`
	Candidate *EdgePool `json:"candidate,omitempty"`
	Weight    int       `json:"weight,omitempty"` // the candidate's, in hundredths of a percent
	Sticky    bool      `json:"sticky,omitempty"`
	After     string    `json:"after,omitempty"` // the ETag that this was written on top of, so that no two writes say the same
}

// EdgePool is a pool with its origin.
type EdgePool struct {
	Pool   string `json:"pool"`
	Origin string `json:"origin"`
}

// Pool is a pool as the store says it.
func (k KeyValueStore) Pool(label string) EdgePool { return EdgePool{label, k.Pools[label]} }

// Restore implements Spec. The change names the store's ETag, which it reads first.
func (k KeyValueStore) Restore(pool string) string {
	text, _ := json.Marshal(EdgeSplit{Stable: k.Pool(pool)}) // strings only
	return fmt.Sprintf("aws cloudfront-keyvaluestore put-key --kvs-arn %s --key %s --value '%s' --if-match $(aws cloudfront-keyvaluestore describe-key-value-store --kvs-arn %s --query ETag --output text)",
		k.Store, EdgeKey, text, k.Store)
}

// Needs implements Spec. The actions on what is in a store have a prefix of their own, and the resource is the store
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfrontkeyvaluestore.html). IAM knows no single keys.
func (k KeyValueStore) Needs(function string, _ Uses) []Need {
	store := func(sid string, more ...string) Need {
		return Need{sid, append([]string{"cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:GetKey"}, more...), "cloudfront", "key-value-store/" + k.Name()}
	}
	switch function {
	case "plan":
		return []Need{
			store("ReadStore"),
			{"ReadDistribution", []string{"cloudfront:GetDistribution"}, "cloudfront", "distribution/" + k.Distribution},
			{"ReadFunction", []string{"cloudfront:DescribeFunction"}, "cloudfront", "function/" + k.Function},
		}
	case "admit":
		return []Need{store("ReadStore")}
	case "shift", "rollback", "settle", "guard":
		return []Need{store("MoveStore", "cloudfront-keyvaluestore:PutKey")}
	}
	return nil
}
