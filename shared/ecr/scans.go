// Package ecr reads what scanners found in images.
package ecr

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

type api interface {
	DescribeImageScanFindings(context.Context, *ecr.DescribeImageScanFindingsInput, ...func(*ecr.Options)) (*ecr.DescribeImageScanFindingsOutput, error)
}

// Scans are the scans of a registry's images.
type Scans struct{ ecr api }

// New opens the registry of an account and region.
func New(cfg aws.Config) *Scans { return &Scans{ecr: ecr.NewFromConfig(cfg)} }

// Image reads the findings in an image. ECR's counts leave out severities that did not occur. Enhanced scanning ends in the status
// ACTIVE, and not in COMPLETE (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageScanStatus.html).
func (s *Scans) Image(ctx context.Context, repository, digest string) (gates.Findings, error) {
	out, err := s.ecr.DescribeImageScanFindings(ctx, &ecr.DescribeImageScanFindingsInput{RepositoryName: &repository, ImageId: &types.ImageIdentifier{ImageDigest: &digest}})
	var none *types.ScanNotFoundException
	var missing *types.ImageNotFoundException
	switch {
	case errors.As(err, &none):
		return gates.Findings{Pending: "the image has not been scanned"}, nil
	case errors.As(err, &missing):
		return gates.Findings{Failed: "the image is not in repository " + repository + " any more"}, nil
	case err != nil:
		return gates.Findings{}, fmt.Errorf("reading the findings in %s of %s: %w", digest, repository, err)
	}
	status := types.ScanStatus("")
	if out.ImageScanStatus != nil {
		status = out.ImageScanStatus.Status
	}
	switch status {
	case types.ScanStatusComplete, types.ScanStatusActive:
		return gates.Findings{Counts: counts(out.ImageScanFindings)}, nil
	case types.ScanStatusInProgress, types.ScanStatusPending:
		return gates.Findings{Pending: "the image is being scanned"}, nil
	}
	why := ""
	if out.ImageScanStatus != nil && out.ImageScanStatus.Description != nil {
		why = ": " + *out.ImageScanStatus.Description
	}
	return gates.Findings{Failed: fmt.Sprintf("ECR says %s%s", status, why)}, nil
}

func counts(f *types.ImageScanFindings) map[rollout.Severity]int {
	found := map[rollout.Severity]int{}
	if f == nil {
		return found
	}
	for severity, n := range f.FindingSeverityCounts {
		found[rollout.Severity(severity)] = int(n)
	}
	return found
}
