package apistage

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sluice/shared/kind"
	"sluice/test/sandbox"
)

// log has the stage leave a line about each request, and CloudWatch make metrics of the lines: what the stack of an engine does for its stages.
func (s *shop) log(ctx context.Context, box *sandbox.Sandbox) error {
	if _, err := box.Logs.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &s.stage.AccessLog}); err != nil {
		return err
	}
	for _, f := range s.stage.Filters() {
		_, err := box.Logs.PutMetricFilter(ctx, &cloudwatchlogs.PutMetricFilterInput{
			LogGroupName: &f.Group, FilterName: &f.Name, FilterPattern: &f.Pattern,
			MetricTransformations: []logstypes.MetricTransformation{{MetricNamespace: &f.Namespace, MetricName: &f.Metric, MetricValue: &f.Value, Dimensions: f.Dimensions}},
		})
		if err != nil {
			return err
		}
	}
	set := func(field, value string) types.PatchOperation {
		return types.PatchOperation{Op: types.OpReplace, Path: aws.String("/accessLogSettings/" + field), Value: &value}
	}
	_, err := s.api.UpdateStage(ctx, &apigateway.UpdateStageInput{RestApiId: &s.stage.API, StageName: &s.stage.Stage, PatchOperations: []types.PatchOperation{
		set("destinationArn", "arn:aws:logs:"+home+":log-group:"+s.stage.AccessLog), set("format", kind.StageLog),
	}})
	return err
}
