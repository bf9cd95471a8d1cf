package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"sluice/test/sandbox/run/exhibit"
)

// aliasExhibit is the demo service behind an alias of a Lambda function. Changes to it are pushed to a repository, and CodeBuild builds them. Its
// repository may outlive the run, so openAlias opens it, and its definition is the one in infra/services.
var aliasExhibit = exhibit.Exhibit{
	Programs: []exhibit.Program{{Name: service, Package: "./test/sandbox/run/checkout"}},
	Change:   "commit", Arrives: "is pushed to main",
}

// aliasService is the demo service, open.
type aliasService struct {
	lambda *lambda.Client
	code   *repository
}

// openAlias makes the function with its first version, the alias on it, the alarm, and the project that builds what is pushed.
func openAlias(ctx context.Context, s exhibit.Stage, home place) (*aliasService, error) {
	program, err := os.ReadFile(s.Programs[service])
	if err != nil {
		return nil, fmt.Errorf("reading the demo service: %w", err)
	}
	code, err := pack(map[string][]byte{"bootstrap": program})
	if err != nil {
		return nil, err
	}
	a := &aliasService{lambda: lambda.NewFromConfig(s.Person)}
	_, err = a.lambda.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: aws.String(service), Runtime: types.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
		Role: aws.String("arn:aws:iam::123456789012:role/checkout"), Code: &types.FunctionCode{ZipFile: code},
		Timeout: aws.Int32(5), MemorySize: aws.Int32(128), Publish: true,
	})
	if err != nil {
		return nil, err
	}
	_, err = a.lambda.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: aws.String(service), Name: aws.String(alias), FunctionVersion: aws.String("1")})
	if err != nil {
		return nil, err
	}
	if err := a.watch(ctx, cloudwatch.NewFromConfig(s.Person)); err != nil {
		return nil, err
	}
	a.code, err = hostCode(ctx, s, home)
	return a, err
}

// watch makes the alarm on the metric that the demo service itself writes.
func (a *aliasService) watch(ctx context.Context, alarms *cloudwatch.Client) error {
	_, err := alarms.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(alarm), AlarmDescription: aws.String("More than 3 failed checkouts in ten seconds."),
		Namespace: aws.String("Checkout"), MetricName: aws.String("Errors"), Statistic: cwtypes.StatisticSum,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("Service"), Value: aws.String(service)}},
		Period:     aws.Int32(10), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(3),
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("notBreaching"),
	})
	return err
}

// Bring implements exhibit.Performer: it pushes a commit.
func (a *aliasService) Bring(ctx context.Context, c exhibit.Change) (exhibit.Revision, error) {
	commit, said, err := a.code.push(ctx, c)
	return exhibit.Revision{Commit: commit, Command: fmt.Sprintf("git commit -am %q && git push", c.Message), Said: said}, err
}

// Ask implements exhibit.Performer.
func (a *aliasService) Ask(ctx context.Context) (exhibit.Answer, error) {
	return invoke(ctx, a.lambda, service, alias, []byte(`{"cart":7}`))
}

// Hints implements exhibit.Performer. Who has a repository gets other hints than these.
func (a *aliasService) Hints() []string { return nil }

// Close implements exhibit.Performer.
func (a *aliasService) Close() { a.code.close() }

// invoke asks a function through its alias.
func invoke(ctx context.Context, client *lambda.Client, function, alias string, payload []byte) (exhibit.Answer, error) {
	out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Qualifier: &alias, Payload: payload})
	if err != nil {
		return exhibit.Answer{}, err
	}
	return exhibit.Answer{Revision: aws.ToString(out.ExecutedVersion), Failed: out.FunctionError != nil}, nil
}
