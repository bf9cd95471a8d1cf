package s3_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"sluice/test/sandbox"
	"sluice/test/sandbox/s3"
	"sluice/test/sandbox/sandboxtest"
	"sluice/test/sandbox/wire"
)

// Objects go over the wire as they are, in both directions, by keys of several segments.
func TestObjectIsGotAsItWasPut(t *testing.T) {
	box := sandboxtest.BootWith(t, sandbox.Options{Parts: []sandbox.Part{func(in sandbox.Surroundings) interface{ Wire() wire.Service } { return s3.New(in.Home) }}})
	client := awss3.NewFromConfig(box.Config(""), func(o *awss3.Options) { o.UsePathStyle = true })
	body := strings.Repeat("{\"a\":\"<&>\"}\n", 3000)
	if _, err := client.PutObject(t.Context(), &awss3.PutObjectInput{Bucket: aws.String("templates"), Key: aws.String("shop/a b/1.json"), Body: strings.NewReader(body)}); err != nil {
		t.Fatal(err)
	}
	out, err := client.GetObject(t.Context(), &awss3.GetObjectInput{Bucket: aws.String("templates"), Key: aws.String("shop/a b/1.json")})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(out.Body); err != nil || string(got) != body {
		t.Errorf("it got %d bytes, %v; want the %d that were put", len(got), err, len(body))
	}
	_, err = client.GetObject(t.Context(), &awss3.GetObjectInput{Bucket: aws.String("templates"), Key: aws.String("shop/2.json")})
	if missing := new(types.NoSuchKey); !errors.As(err, &missing) {
		t.Errorf("a key that does not exist answers %v", err)
	}
}
