package keyvaluestore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
)

type api interface {
	reader
	PutKey(context.Context, *kvs.PutKeyInput, ...func(*kvs.Options)) (*kvs.PutKeyOutput, error)
}

// reader is what it takes to read a store.
type reader interface {
	DescribeKeyValueStore(context.Context, *kvs.DescribeKeyValueStoreInput, ...func(*kvs.Options)) (*kvs.DescribeKeyValueStoreOutput, error)
	GetKey(context.Context, *kvs.GetKeyInput, ...func(*kvs.Options)) (*kvs.GetKeyOutput, error)
}

// Router is the traffic.Router of key value stores.
type Router struct{ store api }

var _ traffic.Router = (*Router)(nil)

// Ports opens everything that the kind can do.
func Ports(cfg aws.Config) traffic.Ports {
	store := kvs.NewFromConfig(cfg)
	return traffic.Ports{Router: &Router{store}, Inspector: &Inspector{store, cloudfront.NewFromConfig(cfg)}}
}

// New builds a router on the account of cfg. CloudFront is one for all Regions.
func New(cfg aws.Config) *Router { return &Router{kvs.NewFromConfig(cfg)} }

// Read implements traffic.Router.
func (r *Router) Read(ctx context.Context, t rollout.Target) (rollout.Split, error) {
	says, etag, err := see(ctx, r.store, *t.KeyValueStore)
	return split(says, etag), err
}

// see reads what the store says. The ETag is read first: whatever is changed afterwards outdates it.
func see(ctx context.Context, store reader, k kind.KeyValueStore) (says kind.EdgeSplit, etag string, err error) {
	described, err := store.DescribeKeyValueStore(ctx, &kvs.DescribeKeyValueStoreInput{KvsARN: &k.Store})
	if err != nil {
		return says, "", fmt.Errorf("reading %s: %w", k, gone(k, err))
	}
	found, err := store.GetKey(ctx, &kvs.GetKeyInput{KvsARN: &k.Store, Key: aws.String(kind.EdgeKey)})
	if err != nil {
		return says, "", fmt.Errorf("reading key %s of %s: %w", kind.EdgeKey, k, gone(k, err))
	}
	if err := json.Unmarshal([]byte(aws.ToString(found.Value)), &says); err != nil || says.Stable.Pool == "" {
		return says, "", errors.Join(err, empty(k, "it does not say which pool serves"))
	}
	return says, aws.ToString(described.ETag), nil
}

func split(says kind.EdgeSplit, etag string) rollout.Split {
	s := rollout.Split{Stable: says.Stable.Pool}
	if says.Candidate != nil {
		s.Candidate, s.Weight = says.Candidate.Pool, rollout.Weight(says.Weight)
	}
	s = s.Plain()
	s.Tag = etag
	return s
}

// Write implements traffic.Router. One call says everything: where the origins are, too.
func (r *Router) Write(ctx context.Context, t rollout.Target, to rollout.Split, lock string) (rollout.Split, error) {
	to, k := to.Plain(), *t.KeyValueStore
	if why := strange(k, to); why != nil {
		return to, why
	}
	says := kind.EdgeSplit{Stable: k.Pool(to.Stable), Sticky: k.Sticky, After: lock}
	if to.Candidate != "" {
		candidate := k.Pool(to.Candidate)
		says.Candidate, says.Weight = &candidate, int(to.Weight)
	}
	value, err := json.Marshal(says)
	if err != nil {
		return to, fmt.Errorf("writing %v for %s: %w", to, k, err)
	}
	out, err := r.store.PutKey(ctx, &kvs.PutKeyInput{KvsARN: &k.Store, Key: aws.String(kind.EdgeKey), Value: aws.String(string(value)), IfMatch: &lock})
	if err != nil {
		return to, fmt.Errorf("writing %s: %w", k, refused(k, err))
	}
	to.Tag = aws.ToString(out.ETag)
	return to, nil
}

// strange is the obstacle of a split between what are no pools of the definition.
func strange(k kind.KeyValueStore, to rollout.Split) error {
	for _, pool := range []string{to.Stable, to.Candidate} {
		if _, there := k.Pools[pool]; pool != "" && !there {
			return &traffic.Obstacle{
				What:   fmt.Sprintf("the definition has no pool %s: it has %s", pool, strings.Join(k.Labels(), " and ")),
				Remedy: "name it under target.keyValueStore.pools, or bring the traffic to a pool that there is: " + k.Restore(k.Labels()[0]),
			}
		}
	}
	return nil
}

// refused is the error of a write in the port's words. An outdated ETag is a conflict
// (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_PutKey.html).
func refused(k kind.KeyValueStore, err error) error {
	var conflict *types.ConflictException
	if errors.As(err, &conflict) {
		return traffic.ErrMoved
	}
	var invalid *types.ValidationException
	var full *types.ServiceQuotaExceededException
	if errors.As(err, &invalid) || errors.As(err, &full) {
		return errors.Join(err, &traffic.Obstacle{What: "CloudFront does not take what is written into " + k.String() + ": " + err.Error(), Remedy: "delete keys that nobody needs, and see that the definition's names are short"})
	}
	return gone(k, err)
}

// gone adds an Obstacle to an error that says that there is no such store, or nothing under the key.
func gone(k kind.KeyValueStore, err error) error {
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		return err
	}
	return errors.Join(err, empty(k, aws.ToString(missing.Message)))
}

func empty(k kind.KeyValueStore, why string) error {
	return &traffic.Obstacle{What: fmt.Sprintf("%s says nothing under the key %s: %s", k, kind.EdgeKey, why), Remedy: "write which pool serves: " + k.Restore(k.Labels()[0])}
}
