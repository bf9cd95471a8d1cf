package cloudwatch

import (
	"testing"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

func TestDashboardsAreKeptAsGivenAndCheckedForJSON(t *testing.T) {
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
		got, err := w.GetDashboard(t.Context(), &awscloudwatch.GetDashboardInput{DashboardName: ptr("d")})
		if err != nil || *got.DashboardBody != body {
			t.Errorf("got %+v, %v", got, err)
		}
		if _, err := w.DeleteDashboards(t.Context(), &awscloudwatch.DeleteDashboardsInput{DashboardNames: []string{"d", "e"}}); err == nil {
			t.Error("deleting a dashboard that is not there went well")
		}
		if _, err := w.DeleteDashboards(t.Context(), &awscloudwatch.DeleteDashboardsInput{DashboardNames: []string{"d"}}); err != nil {
			t.Errorf("the other was deleted with it: %v", err)
		}
	})
}
