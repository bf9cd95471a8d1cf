// Package ecr is the part of Amazon ECR that says what scans have found in images. There are no images: Scanned puts in findings.
//
// Documentation followed: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html.
package ecr

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecr "github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"sluice/test/sandbox/wire"
)

// A Service is one account's registry in one region.
type Service struct {
	home  wire.Home
	mu    sync.Mutex
	scans map[image]scan
}

type image struct{ repository, digest string }

type scan struct {
	status types.ScanStatus
	counts map[string]int32
}

// New makes a registry in which nothing was scanned.
func New(home wire.Home) *Service { return &Service{home: home, scans: map[image]scan{}} }

// Wire registers the service's operations.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "ecr", Target: "AmazonEC2ContainerRegistry_V20150921", JSONVersion: "1.1", EpochTimes: true, Impl: s, Scope: s.scope}
}

func (s *Service) scope(operation string, in any) []wire.Grant {
	name := "*"
	if in, ok := in.(*awsecr.DescribeImageScanFindingsInput); ok {
		name = aws.ToString(in.RepositoryName)
	}
	return []wire.Grant{{Action: "ecr:" + operation, Resource: s.home.ARN("ecr", "repository/"+name)}}
}

// Scanned puts in how the scan of an image stands and how many findings there are of each severity that occurred.
func (s *Service) Scanned(repository, digest string, status types.ScanStatus, counts map[string]int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scans[image{repository, digest}] = scan{status, counts}
}

// DescribeImageScanFindings tells the counts of findings; the findings themselves are not kept.
func (s *Service) DescribeImageScanFindings(_ context.Context, in *awsecr.DescribeImageScanFindingsInput) (*awsecr.DescribeImageScanFindingsOutput, error) {
	if in.ImageId == nil || in.ImageId.ImageDigest == nil || in.NextToken != nil {
		return nil, wire.NotImplemented("DescribeImageScanFindings without a digest, or from a token on")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known := s.scans[image{aws.ToString(in.RepositoryName), *in.ImageId.ImageDigest}]
	if !known {
		return nil, &types.ScanNotFoundException{Message: aws.String("Image scan does not exist for the image with digest " + *in.ImageId.ImageDigest)}
	}
	out := &awsecr.DescribeImageScanFindingsOutput{
		RepositoryName: in.RepositoryName, ImageId: in.ImageId, RegistryId: &s.home.Account, ImageScanStatus: &types.ImageScanStatus{Status: found.status},
	}
	if found.status == types.ScanStatusComplete || found.status == types.ScanStatusActive {
		out.ImageScanFindings = &types.ImageScanFindings{FindingSeverityCounts: found.counts}
	}
	return out, nil
}
