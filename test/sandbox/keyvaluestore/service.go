// Package keyvaluestore is the API that reads and changes what is in CloudFront's key value stores. The stores, and the functions that read them at
// edges, are package cloudfront's.
//
// Documentation followed: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html and the pages
// of its operations, and https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
package keyvaluestore

import (
	"context"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"

	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/wire"
)

// Service is the API above an account's stores.
type Service struct{ Edge *cloudfront.Service }

// The limits of stores, in bytes.
const (
	largestKey   = 512
	largestValue = 1 << 10
	largestStore = 5 << 20
)

// DescribeKeyValueStore says which version a store has.
func (s *Service) DescribeKeyValueStore(_ context.Context, in *api.DescribeKeyValueStoreInput) (*api.DescribeKeyValueStoreOutput, error) {
	st, err := s.find(in.KvsARN)
	if err != nil {
		return nil, err
	}
	values, changed, etag := st.Now()
	items, size := sizes(values)
	return &api.DescribeKeyValueStoreOutput{
		ETag: &etag, KvsARN: &st.ARN, Created: &st.Made, LastModified: &changed, ItemCount: items, TotalSizeInBytes: size, Status: aws.String("READY"),
	}, nil
}

// GetKey reads a value.
func (s *Service) GetKey(_ context.Context, in *api.GetKeyInput) (*api.GetKeyOutput, error) {
	st, err := s.find(in.KvsARN)
	if err != nil {
		return nil, err
	}
	values, _, _ := st.Now()
	value, there := values[aws.ToString(in.Key)]
	if !there {
		return nil, &types.ResourceNotFoundException{Message: aws.String("Key was not found.")}
	}
	items, size := sizes(values)
	return &api.GetKeyOutput{Key: in.Key, Value: &value, ItemCount: items, TotalSizeInBytes: size}, nil
}

// PutKey writes a value on top of a version.
func (s *Service) PutKey(_ context.Context, in *api.PutKeyInput) (*api.PutKeyOutput, error) {
	st, err := s.find(in.KvsARN)
	if err != nil {
		return nil, err
	}
	key, value := aws.ToString(in.Key), aws.ToString(in.Value)
	values, _, _ := st.Now()
	switch _, total := sizes(values); {
	case len(key) > largestKey || len(value) > largestValue || !utf8.ValidString(value):
		return nil, &types.ValidationException{Message: aws.String(fmt.Sprintf("a key has %d bytes at most, and a value %d", largestKey, largestValue))}
	case aws.ToInt64(total)+int64(len(key)+len(value)) > largestStore:
		return nil, &types.ServiceQuotaExceededException{Message: aws.String("the store would be larger than 5 MB")}
	}
	if !st.Change(aws.ToString(in.IfMatch), func(values map[string]string) { values[key] = value }) {
		return nil, &types.ConflictException{Message: aws.String("Pre-Condition failed")}
	}
	values, _, etag := st.Now()
	items, size := sizes(values)
	return &api.PutKeyOutput{ETag: &etag, ItemCount: items, TotalSizeInBytes: size}, nil
}

func (s *Service) find(arn *string) (*cloudfront.Store, error) {
	if st := s.Edge.Store(aws.ToString(arn)); st != nil {
		return st, nil
	}
	return nil, &types.ResourceNotFoundException{Message: aws.String("Key Value Store was not found.")}
}

func sizes(values map[string]string) (items *int32, bytes *int64) {
	total := 0
	for key, value := range values {
		total += len(key) + len(value)
	}
	return aws.Int32(int32(len(values))), aws.Int64(int64(total))
}

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	const store = "/key-value-stores/{KvsARN}"
	etag := map[string]string{"ETag": "ETag"}
	return wire.Service{
		Name: "cloudfront-keyvaluestore", UpperCamel: true, EpochTimes: true, Impl: s, Scope: scope, Routes: []wire.Route{
			{Method: http.MethodGet, Path: store, Operation: "DescribeKeyValueStore", HeaderOut: etag},
			{Method: http.MethodGet, Path: store + "/keys/{Key}", Operation: "GetKey"},
			{Method: http.MethodPut, Path: store + "/keys/{Key}", Operation: "PutKey", Header: map[string]string{"If-Match": "IfMatch"}, HeaderOut: etag},
		},
	}
}

// scope: the resource of each action is the store
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfrontkeyvaluestore.html).
func scope(operation string, in any) []wire.Grant {
	arn := ""
	switch in := in.(type) {
	case *api.DescribeKeyValueStoreInput:
		arn = aws.ToString(in.KvsARN)
	case *api.GetKeyInput:
		arn = aws.ToString(in.KvsARN)
	case *api.PutKeyInput:
		arn = aws.ToString(in.KvsARN)
	}
	return []wire.Grant{{Action: "cloudfront-keyvaluestore:" + operation, Resource: arn}}
}
