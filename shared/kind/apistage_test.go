package kind_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"sluice/shared/kind"
)

func TestRevisionOfAStageIsItsName(t *testing.T) {
	s := kind.APIStage{API: "a1b2c3d4e5", Stage: "prod", Variables: []string{"region", "alias"}}
	r := s.RevisionOf("eh1sby", map[string]string{"alias": "v42", "region": "eu=a,b", "table": "orders"})
	if r.String() != "eh1sby+alias=v42+region=eu=a,b" {
		t.Errorf("the revision is %s", r)
	}
	if back := kind.ReadStageRevision(r.String()); back.Deployment != "eh1sby" || !maps.Equal(back.Variables, map[string]string{"alias": "v42", "region": "eu=a,b"}) {
		t.Errorf("reading it back: %+v", back)
	}
	facts := kind.Of(kind.APIStageID)
	for word, want := range map[string]bool{"eh1sby": true, r.String(): true, "eh1sby+": false, "eh1sby+alias": false, "eh1sby+alias=": false, "eh1sby+alias=a b": false, "EH1SBY": false, "latest": true} {
		if facts.Reads(word) != want {
			t.Errorf("%q is a revision: %v, want %v", word, !want, want)
		}
	}
}

func TestStageIsCountedAsItsDefinitionSays(t *testing.T) {
	nothing := kind.APIStage{API: "a1b2c3d4e5", Stage: "prod"}
	if m := nothing.Metrics("eh1sby"); !m.Requests.Absent() || !m.Duration.Absent() {
		t.Errorf("a stage without log and function is counted by %+v", m)
	}
	logged := nothing
	logged.AccessLog = "/apis/checkout"
	if m := logged.Metrics("eh1sby+alias=v42").Errors; m.Namespace != "Sluice/ApiStage" || m.Name != "Errors" || m.Dimensions["Deployment"] != "eh1sby" || m.Dimensions["Stage"] != "prod" {
		t.Errorf("by the access log: %+v", m)
	}
	behind := nothing
	behind.Variables, behind.Lambda = []string{"alias"}, &kind.BehindStage{Function: "checkout", Variable: "alias"}
	if m := behind.Metrics("eh1sby+alias=v42").Requests; m.Name != "Invocations" || m.Dimensions["Resource"] != "checkout:v42" {
		t.Errorf("by the function: %+v", m)
	}
	if m := behind.Metrics("").Requests; m.Dimensions["Resource"] != "" || m.Dimensions["FunctionName"] != "checkout" {
		t.Errorf("the whole by the function: %+v", m)
	}
}

// Each metric that is asked for is made by a filter, with the same dimensions.
func TestFiltersMakeTheMetricsThatAreAskedFor(t *testing.T) {
	s := kind.APIStage{API: "a1b2c3d4e5", Stage: "prod", AccessLog: "/apis/checkout"}
	made := map[string]bool{}
	key := func(namespace, name string, dimensions map[string]string) string {
		k := namespace + " " + name
		for _, d := range []string{"Api", "Stage", "Deployment"} {
			if _, has := dimensions[d]; has {
				k += " " + d
			}
		}
		return k
	}
	for _, f := range s.Filters() {
		made[key(f.Namespace, f.Metric, f.Dimensions)] = true
		if f.Group != "/apis/checkout" || !strings.Contains(f.Pattern, `$.stage = "prod"`) || len(f.Name) > 512 {
			t.Errorf("filter %+v", f)
		}
	}
	for _, revision := range []string{"", "eh1sby"} {
		all := s.Metrics(revision)
		for _, m := range []kind.Metric{all.Requests, all.Errors, all.Duration} {
			if !made[key(m.Namespace, m.Name, m.Dimensions)] {
				t.Errorf("no filter makes %+v", m)
			}
		}
	}
	if !kind.LogCounts(kind.StageLog) || kind.LogCounts(strings.Replace(kind.StageLog, "deploymentId", "deployment", 1)) {
		t.Error("the format of the log is misjudged")
	}
}

// People copy the format from the page.
func TestPageShowsTheFormatOfTheLog(t *testing.T) {
	page, err := os.ReadFile("../../docs/targets/api-stage.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), kind.StageLog) {
		t.Errorf("the page does not show %s", kind.StageLog)
	}
}

func TestWhatIsWrongWithAStage(t *testing.T) {
	good := func(change func(*kind.APIStage)) kind.APIStage {
		s := kind.APIStage{API: "a1b2c3d4e5", Stage: "prod", Variables: []string{"alias"}, Lambda: &kind.BehindStage{Function: "checkout", Variable: "alias"}}
		change(&s)
		return s
	}
	for field, s := range map[string]kind.APIStage{
		"":                good(func(*kind.APIStage) {}),
		"api":             good(func(s *kind.APIStage) { s.API = "arn:aws:apigateway" }),
		"stage":           good(func(s *kind.APIStage) { s.Stage = "$default" }),
		"variables":       good(func(s *kind.APIStage) { s.Variables = []string{"alias", "alias"} }),
		"accessLog":       good(func(s *kind.APIStage) { s.AccessLog, s.Lambda = "arn:aws:logs", nil }),
		"lambda":          good(func(s *kind.APIStage) { s.AccessLog = "/apis/checkout" }),
		"lambda.function": good(func(s *kind.APIStage) { s.Lambda.Function = "a b" }),
		"lambda.variable": good(func(s *kind.APIStage) { s.Lambda.Variable = "other" }),
	} {
		found := s.Problems()
		if field == "" && len(found) > 0 || field != "" && (len(found) != 1 || found[0].Field != field) {
			t.Errorf("%q: %+v", field, found)
		}
	}
}
