package lambda

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/memo"
)

// Limits of a deployment package (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
const (
	maxZip      = 50 << 20
	maxUnzipped = 250 << 20
)

// Package makes a deployment package: a zip of the files, all executable, the same bytes for the same files. Files are
// stored, not compressed, because a sandbox starts more often than it uploads.
func Package(files map[string][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: name, Method: zip.Store}
		header.SetMode(0o755)
		entry, err := w.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("packaging %s: %w", name, err)
		}
		if _, err := entry.Write(files[name]); err != nil {
			return nil, fmt.Errorf("packaging %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("closing deployment package: %w", err)
	}
	return out.Bytes(), nil
}

// fetch gives the zip that a call means, inline or from S3.
func (s *Service) fetch(ctx context.Context, c types.FunctionCode) ([]byte, error) {
	switch {
	case c.ImageUri != nil:
		return nil, missing("package type Image")
	case len(c.ZipFile) > maxZip:
		return nil, invalid("Unzipped size must be smaller than %d bytes", maxUnzipped)
	case len(c.ZipFile) > 0:
		return c.ZipFile, readable(c.ZipFile)
	case c.S3Bucket == nil || c.S3Key == nil:
		return nil, invalid("Please provide a source for function code.")
	case s.o.Code == nil:
		return nil, missing("code from S3 (no Options.Code)")
	}
	code, err := s.o.Code(ctx, *c.S3Bucket, *c.S3Key)
	if err != nil {
		return nil, invalid("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: %v", err)
	}
	return code, readable(code)
}

// readable refuses what is not a zip, or is too large when unpacked.
func readable(code []byte) error {
	if len(code) < 1024 { // EmptyPackage, in world after world
		_, err := known(string(code))
		return err
	}
	return read(code)
}

var known = memo.Of(100, func(code string) (struct{}, error) { return struct{}{}, read([]byte(code)) })

func read(code []byte) error {
	r, err := zip.NewReader(bytes.NewReader(code), int64(len(code)))
	if err != nil {
		return &types.InvalidParameterValueException{
			Message: new("Could not unzip uploaded file. Please check your file, then try to upload again."), Type: new(byUser),
		}
	}
	var size uint64
	for _, f := range r.File {
		size += f.UncompressedSize64
		if !fs.ValidPath(f.Name) && !f.FileInfo().IsDir() {
			return invalid("Could not unzip uploaded file: the name %q leaves the package.", f.Name)
		}
	}
	if size > maxUnzipped {
		return invalid("Unzipped size must be smaller than %d bytes", maxUnzipped)
	}
	return nil
}

// withCode is v with other code.
func (v *version) withCode(code []byte) *version {
	next := *v
	next.code = code
	next.config.CodeSha256 = new(digest(code))
	next.config.CodeSize = int64(len(code))
	return &next
}
