package apistage_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsapigateway "github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/shared/traffic"
	"sluice/shared/traffic/apistage"
)

// inspected is why a revision is refused beside the fixture's first; empty when it is not.
func inspected(t *testing.T, f *fixture, target rollout.Target, revision string) (reason, remedy string) {
	t.Helper()
	why, err := apistage.Ports(f.box.Config("")).Inspector.Inspect(t.Context(), target, revision, f.revision(0))
	if err != nil {
		t.Fatal(err)
	}
	if why == nil {
		return "", ""
	}
	return why.Reason, why.Remedy
}

func TestRevisionIsRefusedBeforeAnythingIsTouched(t *testing.T) {
	on(t, trait{variables: true}, func(t *testing.T, f *fixture, _ *traffic.Mover) {
		for revision, want := range map[string]struct{ reason, remedy string }{
			f.revision(1):                   {"", ""},
			"nowhere+alias=v2":              {"has no deployment nowhere", "create-deployment --rest-api-id " + api},
			f.deployments[1]:                {"gives values to no variables, and alias belong", "write " + f.deployments[1] + "+alias=<value>"},
			f.revision(1) + "+table=orders": {"gives values to alias, table", "+alias=<value>"},
			f.deployments[0] + "+alias=v2":  {"stable is deployment " + f.deployments[0] + " already", "deploy the API once more"},
		} {
			reason, remedy := inspected(t, f, f.Target(), revision)
			if (want.reason == "") != (reason == "") || !strings.Contains(reason, want.reason) || !strings.Contains(remedy, want.remedy) {
				t.Errorf("%s: %q; %q, want %q; %q", revision, reason, remedy, want.reason, want.remedy)
			}
		}
	})
}

// A stage that is counted by an access log which says nothing of deployments would never give evidence.
func TestStageWhoseAccessLogCannotBeCountedIsRefused(t *testing.T) {
	on(t, trait{}, func(t *testing.T, f *fixture, _ *traffic.Mover) {
		target := rollout.Target{APIStage: &kind.APIStage{API: api, Stage: "prod", AccessLog: "/apis/shop"}}
		refused := func(when string, want bool) {
			t.Helper()
			if reason, _ := inspected(t, f, target, f.revision(1)); strings.Contains(reason, "/apis/shop") != want {
				t.Errorf("%s: %q", when, reason)
			}
		}
		log := func(group, format string) {
			t.Helper()
			in := &awsapigateway.UpdateStageInput{RestApiId: aws.String(api), StageName: aws.String("prod"), PatchOperations: []types.PatchOperation{
				{Op: types.OpReplace, Path: aws.String("/accessLogSettings/destinationArn"), Value: aws.String("arn:aws:logs:us-east-1:123456789012:log-group:" + group)},
				{Op: types.OpReplace, Path: aws.String("/accessLogSettings/format"), Value: &format},
			}}
			if _, err := f.service().UpdateStage(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
		refused("without an access log", true)
		log("/apis/shop", `{"status":"$context.status"}`)
		refused("in another format", true)
		log("/apis/other", kind.StageLog)
		refused("in another group", true)
		log("/apis/shop", kind.StageLog)
		refused("as it should be", false)
		log("/apis/shop:*", strings.Replace(kind.StageLog, "{", `{ "more": "$context.path", `, 1))
		refused("with more fields", false)
	})
}
