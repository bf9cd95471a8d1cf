package cloudwatch

import (
	"testing"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

func TestDashboardsAreCheckedForWidgets(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for _, body := range []string{"", "{", "[]", `{"start":"-PT1H"}`} {
			if _, err := w.PutDashboard(t.Context(), &awscloudwatch.PutDashboardInput{DashboardName: ptr("d"), DashboardBody: &body}); err == nil {
				t.Errorf("%q was accepted", body)
			}
		}
		body := `{ "widgets": [{"type": "text"}] }`
		if _, err := w.PutDashboard(t.Context(), &awscloudwatch.PutDashboardInput{DashboardName: ptr("d"), DashboardBody: &body}); err != nil {
			t.Fatal(err)
		}
	})
}
