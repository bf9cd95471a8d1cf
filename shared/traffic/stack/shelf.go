package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"sluice/shared/kind"
	"sluice/shared/traffic"
)

type objects interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// shelf is where templates lie with their parameters.
type shelf struct{ s3 objects }

// mostParameters is more than 200 parameters can have, of 4,096 bytes each
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const mostParameters = 2 << 20

// parameters are those of a revision. Without them nothing can be released, and nothing brought back: an obstacle.
func (s shelf) parameters(ctx context.Context, k kind.Stack, revision string) (values, error) {
	text, err := s.get(ctx, k, k.Parameters(revision))
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, lost(k, revision)
	}
	var v values
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, &traffic.Obstacle{What: fmt.Sprintf("%s is no JSON object of texts: %v", k.Parameters(revision), err), Remedy: `write {"Name": "value"}, and null for what the stack is to keep`}
	}
	return v, nil
}

func lost(k kind.Stack, revision string) error {
	return &traffic.Obstacle{
		What:   fmt.Sprintf("template %.12s or its parameters are not under %s (%s.template and %s.parameters.json)", revision, k.Templates, revision, revision),
		Remedy: "put both there, and see that nothing deletes them while somebody may come back to them",
	}
}

// get reads an object; nil when there is none. Whoever may not list a bucket is told AccessDenied instead
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
func (s shelf) get(ctx context.Context, k kind.Stack, key string) ([]byte, error) {
	bucket, _ := k.Bucket()
	out, err := s.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	missing := new(types.NoSuchKey)
	switch {
	case errors.As(err, &missing), err != nil && strings.Contains(err.Error(), "AccessDenied"):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading %s of %s: %w", key, bucket, err)
	}
	defer out.Body.Close()
	return io.ReadAll(io.LimitReader(out.Body, mostParameters))
}

// keep puts the template that stands, with its parameters, where they are not yet: without them nobody can come back to it.
func (s shelf) keep(ctx context.Context, k kind.Stack, revision, template string, v values) error {
	there, err := s.get(ctx, k, k.Parameters(revision))
	if err != nil || there != nil {
		return err
	}
	parameters, err := canonical(v)
	if err != nil {
		return err
	}
	for _, o := range [][2]string{{k.Template(revision), template}, {k.Parameters(revision), parameters}} { // the parameters last: they say that both are there
		if err := s.put(ctx, k, o[0], o[1]); err != nil {
			return err
		}
	}
	return nil
}

func (s shelf) put(ctx context.Context, k kind.Stack, key, text string) error {
	bucket, _ := k.Bucket()
	if _, err := s.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)}); err != nil {
		return fmt.Errorf("keeping %s in %s: %w", key, bucket, err)
	}
	return nil
}
