package keyvaluestore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	edgeapi "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	api "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox"
	"sluice/test/sandbox/cloudfront"
	"sluice/test/sandbox/keyvaluestore"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// newStore is an empty store of a sandbox, and a configuration of clients.
func newStore(t *testing.T) (arn string, cfg aws.Config) {
	var edge *cloudfront.Service
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{
		func(in sandbox.Surroundings) interface{ Wire() wire.Service } {
			edge = cloudfront.New(cloudfront.Options{Home: in.Home})
			return edge
		},
		func(sandbox.Surroundings) interface{ Wire() wire.Service } {
			return &keyvaluestore.Service{Edge: edge}
		},
	}})
	made, err := edge.CreateKeyValueStore(t.Context(), &edgeapi.CreateKeyValueStoreInput{Name: aws.String("shop")})
	if err != nil {
		t.Fatal(err)
	}
	return *made.KeyValueStore.ARN, box.Config("")
}

func put(ctx context.Context, c *api.Client, store, key, value, etag string) error {
	_, err := c.PutKey(ctx, &api.PutKeyInput{KvsARN: &store, Key: &key, Value: &value, IfMatch: &etag})
	return err
}

// A value is written on top of the version that was read, once.
func TestAVersionIsWrittenOnOnce(t *testing.T) {
	store, cfg := newStore(t)
	c := api.NewFromConfig(cfg)
	was, err := c.DescribeKeyValueStore(t.Context(), &api.DescribeKeyValueStoreInput{KvsARN: &store})
	if err != nil {
		t.Fatal(err)
	}
	if err := put(t.Context(), c, store, "split", "blue", *was.ETag); err != nil {
		t.Fatal(err)
	}
	var conflict *types.ConflictException
	if err := put(t.Context(), c, store, "split", "green", *was.ETag); !errors.As(err, &conflict) {
		t.Errorf("on top of an outdated version: %v", err)
	}
	got, err := c.GetKey(t.Context(), &api.GetKeyInput{KvsARN: &store, Key: aws.String("split")})
	if err != nil || *got.Value != "blue" {
		t.Errorf("the store has %+v, %v", got, err)
	}
	var missing *types.ResourceNotFoundException
	if _, err := c.GetKey(t.Context(), &api.GetKeyInput{KvsARN: &store, Key: aws.String("other")}); !errors.As(err, &missing) {
		t.Errorf("a key that there is not: %v", err)
	}
	var invalid *types.ValidationException
	now, _ := c.DescribeKeyValueStore(t.Context(), &api.DescribeKeyValueStoreInput{KvsARN: &store})
	if err := put(t.Context(), c, store, "split", strings.Repeat("x", 1025), *now.ETag); !errors.As(err, &invalid) {
		t.Errorf("a value of more than a kilobyte: %v", err)
	}
}

// The SDK signs with version 4A, and only the holder of the secret can.
func TestAnotherSecretSignsNothing(t *testing.T) {
	store, cfg := newStore(t)
	of, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = credentials.NewStaticCredentialsProvider(of.AccessKeyID, "somebody else's", "")
	_, err = api.NewFromConfig(cfg).DescribeKeyValueStore(t.Context(), &api.DescribeKeyValueStoreInput{KvsARN: &store})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "InvalidSignatureException" {
		t.Errorf("got %v", err)
	}
}
