// Package s3 is Amazon S3 on one machine, as far as Sluice needs it: objects that are put and got. Buckets are there when something is put into them.
// Versions, multipart uploads, conditions and everything else are refused.
//
// Documentation followed: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html and API_PutObject.html.
package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"sluice/test/sandbox/wire"
)

// A Service has the objects of one account.
type Service struct {
	home    wire.Home
	mu      sync.Mutex
	objects map[string][]byte // by bucket and key
}

// New makes a service without objects.
func New(home wire.Home) *Service { return &Service{home: home, objects: map[string][]byte{}} }

// Wire registers the service's operations. Clients write the bucket into the path.
func (s *Service) Wire() wire.Service {
	return wire.Service{
		Name: "s3", Impl: s, Scope: s.scope, Anywhere: true, XML: &wire.XML{Bare: true, Status: map[string]int{"NoSuchKey": 404}},
		Routes: []wire.Route{
			{Method: "GET", Path: "/{Bucket}/{Key+}", Operation: "GetObject", Query: map[string]string{"versionId": "VersionId"}, PayloadOut: "Body", HeaderOut: map[string]string{"ETag": "ETag"}},
			{Method: "PUT", Path: "/{Bucket}/{Key+}", Operation: "PutObject", Payload: "Body", HeaderOut: map[string]string{"ETag": "ETag"}},
		},
	}
}

// scope says what IAM must allow (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
func (s *Service) scope(operation string, in any) []wire.Grant {
	var bucket, key *string
	switch in := in.(type) {
	case *awss3.GetObjectInput:
		bucket, key = in.Bucket, in.Key
	case *awss3.PutObjectInput:
		bucket, key = in.Bucket, in.Key
	}
	return []wire.Grant{{Action: "s3:" + operation, Resource: "arn:" + s.home.Partition() + ":s3:::" + aws.ToString(bucket) + "/" + aws.ToString(key)}}
}

// Object is an object as it was put last.
func (s *Service) Object(bucket, key string) (body []byte, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, found = s.objects[bucket+"/"+key]
	return body, found
}

// Put puts an object, as somebody's build does.
func (s *Service) Put(bucket, key string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[bucket+"/"+key] = bytes.Clone(body)
}

// GetObject answers an object.
func (s *Service) GetObject(_ context.Context, in *awss3.GetObjectInput) (*awss3.GetObjectOutput, error) {
	if in.VersionId != nil {
		return nil, wire.NotImplemented("GetObject of a version")
	}
	body, found := s.Object(*in.Bucket, *in.Key)
	if !found {
		return nil, &types.NoSuchKey{Message: aws.String("The specified key does not exist.")}
	}
	return &awss3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(body)), ETag: tag(body)}, nil
}

// PutObject takes an object.
func (s *Service) PutObject(_ context.Context, in *awss3.PutObjectInput) (*awss3.PutObjectOutput, error) {
	var body []byte
	if in.Body != nil {
		var err error
		if body, err = io.ReadAll(in.Body); err != nil {
			return nil, err
		}
	}
	s.Put(*in.Bucket, *in.Key, body)
	return &awss3.PutObjectOutput{ETag: tag(body)}, nil
}

func tag(body []byte) *string {
	sum := md5.Sum(body)
	return aws.String(`"` + hex.EncodeToString(sum[:]) + `"`)
}
