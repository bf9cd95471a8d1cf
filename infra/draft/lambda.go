package draft

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

var lambdaAlias = Kind{
	kind.LambdaAliasID,
	[]Field{
		{Flag: "function", Ask: "Function", Offer: functions, List: "aws lambda list-functions"},
		{Flag: "alias", Ask: "Alias that callers name", Offer: aliases, List: "aws lambda list-aliases --function-name FUNCTION"},
	},
	func(_ context.Context, _ Account, so Answers) (rollout.Target, error) {
		return rollout.Target{LambdaAlias: &kind.LambdaAlias{Function: so["function"], Alias: so["alias"]}}, nil
	},
}

func functions(ctx context.Context, in Account, _ Answers) (found []Choice, err error) {
	pages := lambda.NewListFunctionsPaginator(lambda.NewFromConfig(in), &lambda.ListFunctionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing functions: %w", err)
		}
		for _, f := range page.Functions {
			found = append(found, Choice{aws.ToString(f.FunctionName), aws.ToString(f.Description)})
		}
	}
	return found, nil
}

func aliases(ctx context.Context, in Account, so Answers) (found []Choice, err error) {
	pages := lambda.NewListAliasesPaginator(lambda.NewFromConfig(in), &lambda.ListAliasesInput{FunctionName: aws.String(so["function"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing aliases of %s: %w", so["function"], err)
		}
		for _, a := range page.Aliases {
			found = append(found, Choice{aws.ToString(a.Name), "version " + aws.ToString(a.FunctionVersion)})
		}
	}
	return found, nil
}
