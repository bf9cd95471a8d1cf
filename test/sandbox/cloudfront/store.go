package cloudfront

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// A Store is a key value store, which functions read at edges. Package keyvaluestore is the API that changes what is in it.
type Store struct {
	ARN  string
	Made time.Time

	name   string
	mu     sync.Mutex
	etag   string
	next   func() string // makes ETags
	values timeline[map[string]string]
}

// CreateKeyValueStore makes an empty store. It is ready at once, which AWS's takes a moment for.
func (s *Service) CreateKeyValueStore(_ context.Context, in *api.CreateKeyValueStoreInput) (*api.CreateKeyValueStoreOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.ImportSource != nil {
		return nil, illegalArgument("the sandbox imports nothing into a key value store")
	}
	for _, other := range s.stores {
		if other.name == aws.ToString(in.Name) {
			return nil, &types.EntityAlreadyExists{Message: aws.String("a key value store of this name exists")}
		}
	}
	id := s.id("1a2b3c4d-0000-4000-9000-%012x")
	st := &Store{ARN: s.o.Home.Global("cloudfront", "key-value-store/"+id), Made: time.Now(), name: aws.ToString(in.Name), etag: s.newETag()}
	made := 0
	st.next = func() string {
		made++
		return fmt.Sprintf("K%013X", made)
	}
	st.values = append(st.values, moment[map[string]string]{st.Made, nil})
	s.stores[st.ARN] = st
	return &api.CreateKeyValueStoreOutput{ETag: &st.etag, Location: &st.ARN, KeyValueStore: &types.KeyValueStore{
		ARN: &st.ARN, Id: &id, Name: &st.name, Comment: aws.String(aws.ToString(in.Comment)), LastModifiedTime: &st.Made, Status: aws.String("READY"),
	}}, nil
}

// Store finds a store by its ARN; nil where there is none.
func (s *Service) Store(arn string) *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stores[arn]
}

// Now is what is in the store, when it was changed last, and the store's version.
func (st *Store) Now() (values map[string]string, changed time.Time, etag string) {
	st.mu.Lock()
	defer st.mu.Unlock()
	last := st.values.last()
	return last.what, last.since, st.etag
}

// Change changes what is in the store, if its version is still the given one. A change that changes nothing leaves the version as it is: whether AWS makes
// a new one is undocumented, and nobody may rely on it.
func (st *Store) Change(etag string, change func(values map[string]string)) (changed bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if etag != st.etag {
		return false
	}
	was := st.values.last().what
	is := maps.Clone(was)
	if is == nil {
		is = map[string]string{}
	}
	change(is)
	if !maps.Equal(was, is) {
		st.values, st.etag = append(st.values, moment[map[string]string]{time.Now(), is}), st.next()
	}
	return true
}

// at is what is in the store as an edge knows it.
func (st *Store) at(known time.Time) map[string]string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.values.at(known)
}
