package cloudwatch

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// A dashboard is kept as it was given; the sandbox draws none.
type dashboard struct {
	arn, body string
	changed   time.Time
}

var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// PutDashboard stores a dashboard whose body must be a JSON object with a list of widgets.
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
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &dashboard{arn: s.dashboardARN(*in.DashboardName), body: *in.DashboardBody, changed: time.Now()}
	s.dashboards[*in.DashboardName] = d
	return &awscloudwatch.PutDashboardOutput{}, nil
}

// dashboardARN has no Region: dashboards are global.
func (s *Service) dashboardARN(name string) string {
	return s.opts.Home.Global("cloudwatch", "dashboard/"+name)
}

func noDashboard(name string) error {
	return &types.DashboardNotFoundError{Message: ptr("Dashboard " + name + " does not exist")}
}

// GetDashboard returns one dashboard.
func (s *Service) GetDashboard(_ context.Context, in *awscloudwatch.GetDashboardInput) (*awscloudwatch.GetDashboardOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[str(in.DashboardName)]
	if d == nil {
		return nil, noDashboard(str(in.DashboardName))
	}
	return &awscloudwatch.GetDashboardOutput{DashboardArn: &d.arn, DashboardBody: &d.body, DashboardName: in.DashboardName}, nil
}

// ListDashboards lists dashboards by name.
func (s *Service) ListDashboards(_ context.Context, in *awscloudwatch.ListDashboardsInput) (*awscloudwatch.ListDashboardsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []types.DashboardEntry
	for _, name := range slices.Sorted(maps.Keys(s.dashboards)) {
		if d := s.dashboards[name]; strings.HasPrefix(name, str(in.DashboardNamePrefix)) {
			found = append(found, types.DashboardEntry{
				DashboardArn: &d.arn, DashboardName: ptr(name), LastModified: &d.changed, Size: ptr(int64(len(d.body))),
			})
		}
	}
	found, next, err := paged(found, in.NextToken, nil, 1000, 1000)
	return &awscloudwatch.ListDashboardsOutput{DashboardEntries: found, NextToken: next}, err
}

// DeleteDashboards deletes all the named dashboards, or none when one is missing.
func (s *Service) DeleteDashboards(_ context.Context, in *awscloudwatch.DeleteDashboardsInput) (*awscloudwatch.DeleteDashboardsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range in.DashboardNames {
		if s.dashboards[name] == nil {
			return nil, noDashboard(name)
		}
	}
	for _, name := range in.DashboardNames {
		delete(s.dashboards, name)
	}
	return &awscloudwatch.DeleteDashboardsOutput{}, nil
}
