// Package inspector2 is the part of Amazon Inspector that says which Lambda functions it watches and what it has found in them.
// Nothing is scanned: Watch and Find put in functions and findings.
//
// Documentation followed: https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html.
package inspector2

import (
	"context"
	"net/http"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsinspector "github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/inspector2/types"

	"sluice/test/sandbox/wire"
)

// A Service is one account's Inspector in one region.
type Service struct {
	home     wire.Home
	mu       sync.Mutex
	watched  map[string]bool
	findings []types.Finding
}

// New makes an Inspector that watches nothing.
func New(home wire.Home) *Service { return &Service{home: home, watched: map[string]bool{}} }

// Wire registers the service's operations. IAM knows no resource for them.
func (s *Service) Wire() wire.Service {
	return wire.Service{Name: "inspector2", EpochTimes: true, Impl: s, Routes: []wire.Route{
		{Method: http.MethodPost, Path: "/findings/list", Operation: "ListFindings"},
		{Method: http.MethodPost, Path: "/coverage/list", Operation: "ListCoverage"},
	}}
}

// Watch has Inspector watch a function.
func (s *Service) Watch(function string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched[function] = true
}

// Find adds a finding in a version of a function.
func (s *Service) Find(function, version string, severity types.Severity, status types.FindingStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.findings = append(s.findings, types.Finding{
		Severity: severity, Status: status, Title: aws.String("CVE-2026-0001 - a library"), AwsAccountId: &s.home.Account,
		Resources: []types.Resource{{
			Type: types.ResourceTypeAwsLambdaFunction, Id: aws.String(s.home.ARN("lambda", "function:"+function+":"+version)),
			Details: &types.ResourceDetails{AwsLambdaFunction: &types.AwsLambdaFunctionDetails{FunctionName: &function, Version: &version}},
		}},
	})
}

// ListCoverage lists the functions that are watched, of the one that the filter names.
func (s *Service) ListCoverage(_ context.Context, in *awsinspector.ListCoverageInput) (*awsinspector.ListCoverageOutput, error) {
	c := in.FilterCriteria
	if c == nil || len(c.LambdaFunctionName) != 1 || c.LambdaFunctionName[0].Comparison != types.CoverageStringComparisonEquals || in.NextToken != nil {
		return nil, wire.NotImplemented("ListCoverage of anything but one function")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &awsinspector.ListCoverageOutput{CoveredResources: []types.CoveredResource{}}
	if name := aws.ToString(c.LambdaFunctionName[0].Value); s.watched[name] {
		out.CoveredResources = append(out.CoveredResources, types.CoveredResource{
			AccountId: &s.home.Account, ResourceId: aws.String(s.home.ARN("lambda", "function:"+name+":$LATEST")), ResourceType: types.CoverageResourceTypeAwsLambdaFunction,
			ScanType: types.ScanTypePackage, ScanStatus: &types.ScanStatus{StatusCode: types.ScanStatusCodeActive, Reason: types.ScanStatusReasonSuccessful},
		})
	}
	return out, nil
}

// ListFindings lists findings of a status in the function that the filter names.
func (s *Service) ListFindings(_ context.Context, in *awsinspector.ListFindingsInput) (*awsinspector.ListFindingsOutput, error) {
	c := in.FilterCriteria
	if c == nil || len(c.LambdaFunctionName) != 1 || len(c.FindingStatus) != 1 || in.NextToken != nil || in.SortCriteria != nil {
		return nil, wire.NotImplemented("ListFindings of anything but one function and one status")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &awsinspector.ListFindingsOutput{Findings: []types.Finding{}}
	for _, f := range s.findings {
		if *f.Resources[0].Details.AwsLambdaFunction.FunctionName == aws.ToString(c.LambdaFunctionName[0].Value) && string(f.Status) == aws.ToString(c.FindingStatus[0].Value) {
			out.Findings = append(out.Findings, f)
		}
	}
	return out, nil
}
