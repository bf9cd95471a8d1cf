// Package configservice asks AWS Config what its rules say of a function.
package configservice

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/configservice"

	"sluice/shared/gates"
)

// Rules are the rules of AWS Config of an account and region.
type Rules struct {
	config configservice.GetComplianceDetailsByResourceAPIClient
}

// New opens AWS Config.
func New(cfg aws.Config) *Rules { return &Rules{config: configservice.NewFromConfig(cfg)} }

// Function reads what each rule said last about a function, by the rule's name. Rules that have said nothing are left out.
func (r *Rules) Function(ctx context.Context, function string) (map[string]gates.Evaluation, error) {
	said := map[string]gates.Evaluation{}
	pages := configservice.NewGetComplianceDetailsByResourcePaginator(r.config, &configservice.GetComplianceDetailsByResourceInput{
		ResourceType: aws.String("AWS::Lambda::Function"), ResourceId: &function,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the compliance of function %s: %w", function, err)
		}
		for _, e := range page.EvaluationResults {
			if id := e.EvaluationResultIdentifier; id != nil && id.EvaluationResultQualifier != nil {
				said[aws.ToString(id.EvaluationResultQualifier.ConfigRuleName)] = gates.Evaluation{
					Said: string(e.ComplianceType), Why: aws.ToString(e.Annotation), At: aws.ToTime(e.ResultRecordedTime),
				}
			}
		}
	}
	return said, nil
}
