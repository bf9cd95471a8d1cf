package cloudwatch

import (
	"context"
	"encoding/json"
	"regexp"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// PutDashboard checks a dashboard, which the sandbox draws nowhere and keeps not: its body must be a JSON object with a list of widgets.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
func (s *Service) PutDashboard(_ context.Context, in *awscloudwatch.PutDashboardInput) (*awscloudwatch.PutDashboardOutput, error) {
	if !dashboardName.MatchString(str(in.DashboardName)) {
		return nil, invalidValue("The value %q for field DashboardName contains invalid characters or is not of 1 to 255.", str(in.DashboardName))
	}
	var body struct{ Widgets *[]map[string]any }
	problem := ""
	if err := json.Unmarshal([]byte(str(in.DashboardBody)), &body); err != nil {
		problem = "The field DashboardBody must be a valid JSON object: " + err.Error()
	} else if body.Widgets == nil {
		problem = "The field \"widgets\" is required."
	}
	if problem != "" {
		return nil, &types.DashboardInvalidInputError{
			Message:                     ptr("The field DashboardBody is not valid."),
			DashboardValidationMessages: []types.DashboardValidationMessage{{DataPath: ptr("/"), Message: &problem}},
		}
	}
	return &awscloudwatch.PutDashboardOutput{}, nil
}

// dashboardARN has no Region: dashboards are global.
func (s *Service) dashboardARN(name string) string {
	return s.opts.Home.Global("cloudwatch", "dashboard/"+name)
}
