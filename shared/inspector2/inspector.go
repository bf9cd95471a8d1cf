// Package inspector2 reads what Amazon Inspector has found in functions.
package inspector2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/inspector2/types"

	"sluice/shared/gates"
	"sluice/shared/rollout"
)

type api interface {
	inspector2.ListFindingsAPIClient
	inspector2.ListCoverageAPIClient
}

// Inspector is Amazon Inspector of an account and region.
type Inspector struct{ inspector api }

// New opens Inspector.
func New(cfg aws.Config) *Inspector { return &Inspector{inspector: inspector2.NewFromConfig(cfg)} }

// Function reads the active findings in a version of a function, and in $LATEST, which Inspector may know instead. A function that
// Inspector does not watch has no findings, which is no good news. So Function first asks whether Inspector watches it.
func (i *Inspector) Function(ctx context.Context, function, version string) (gates.Findings, error) {
	watched, err := i.watches(ctx, function)
	if err != nil {
		return gates.Findings{}, err
	}
	if !watched {
		return gates.Findings{Pending: "Inspector does not watch function " + function}, nil
	}
	found := gates.Findings{Counts: map[rollout.Severity]int{}}
	pages := inspector2.NewListFindingsPaginator(i.inspector, &inspector2.ListFindingsInput{FilterCriteria: &types.FilterCriteria{
		ResourceType:       []types.StringFilter{{Comparison: types.StringComparisonEquals, Value: aws.String(string(types.ResourceTypeAwsLambdaFunction))}},
		LambdaFunctionName: []types.StringFilter{{Comparison: types.StringComparisonEquals, Value: &function}},
		FindingStatus:      []types.StringFilter{{Comparison: types.StringComparisonEquals, Value: aws.String(string(types.FindingStatusActive))}},
	}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return found, fmt.Errorf("reading the findings in function %s: %w", function, err)
		}
		for _, f := range page.Findings {
			if concerns(f, version) {
				found.Counts[rollout.Severity(f.Severity)]++
			}
		}
	}
	return found, nil
}

func (i *Inspector) watches(ctx context.Context, function string) (watched bool, err error) {
	pages := inspector2.NewListCoveragePaginator(i.inspector, &inspector2.ListCoverageInput{FilterCriteria: &types.CoverageFilterCriteria{
		ResourceType:       []types.CoverageStringFilter{{Comparison: types.CoverageStringComparisonEquals, Value: aws.String(string(types.CoverageResourceTypeAwsLambdaFunction))}},
		LambdaFunctionName: []types.CoverageStringFilter{{Comparison: types.CoverageStringComparisonEquals, Value: &function}},
	}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, fmt.Errorf("reading what Inspector watches of function %s: %w", function, err)
		}
		for _, r := range page.CoveredResources {
			if r.ScanStatus != nil && r.ScanStatus.StatusCode == types.ScanStatusCodeActive {
				return true, nil
			}
		}
	}
	return false, nil
}

// concerns says whether a finding is about a version. A finding without a version is about all.
func concerns(f types.Finding, version string) bool {
	for _, r := range f.Resources {
		if r.Details == nil || r.Details.AwsLambdaFunction == nil {
			return true
		}
		if v := aws.ToString(r.Details.AwsLambdaFunction.Version); v == version || v == "$LATEST" || v == "" {
			return true
		}
	}
	return len(f.Resources) == 0
}
