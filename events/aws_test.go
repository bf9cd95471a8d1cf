package events_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
	"sluice/test/sandbox/eventbridge/pattern"
)

const (
	awsID  = "6a7e8feb-b491-4cf7-a9f1-bf3703467718"
	digest = "sha256:7f5b2640fe6fb4f46592dfd3410c4a79dac4f89e4782432e0378abcd12341234"
)

// meanings is each sample of AWS with what it is to Sluice, and the pattern that brings it.
var meanings = map[string]struct {
	pattern events.Pattern
	detail  any
}{
	"codecommit-updated": {events.CodeCommitPattern(), events.Push{
		Host: events.CodeCommit, Repository: "checkout", Ref: "refs/heads/main", Commit: sha,
		Pusher: "arn:aws:sts::123456789012:assumed-role/developer/ada", Delivery: awsID, Partial: true,
		Authors: []events.Author{{ID: "arn:aws:sts::123456789012:assumed-role/developer/ada", Pushed: true}},
	}},
	"ecr-pushed": {events.ECRPattern(), events.Artifact{Kind: events.Image, Name: "checkout", Version: digest, Tag: "v1.2", Delivery: awsID}},
	"s3-created": {events.S3Pattern([]string{"acme-artifacts"}), events.Artifact{
		Kind: events.Object, Name: "acme-artifacts", Key: "checkout/build 42+rc.zip", Version: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
		By: "123456789012", Delivery: awsID,
	}},
	"codepipeline-succeeded": {events.CodePipelinePattern(), events.Artifact{
		Kind: events.Pipeline, Name: "checkout", Version: "8a3f6f4e-2f1b-4c5d-9e77-1f0c2b3a4d5e",
		By: "arn:aws:sts::123456789012:assumed-role/developer/ada", Delivery: awsID,
	}},
	"codepipeline-stage-succeeded": {events.CodePipelinePattern(), events.Artifact{
		Kind: events.Pipeline, Name: "checkout", Key: "Build", Version: "8a3f6f4e-2f1b-4c5d-9e77-1f0c2b3a4d5e", Delivery: awsID,
	}},
	"lambda-published": {events.LambdaPublishedPattern(), events.Artifact{
		Kind: events.Function, Name: "checkout", Version: "42", By: "arn:aws:sts::123456789012:assumed-role/ci/build", Delivery: awsID,
	}},
	"lambda-code-updated": {events.LambdaPublishedPattern(), events.Artifact{
		Kind: events.Function, Name: "checkout", Version: "43", By: "arn:aws:sts::123456789012:assumed-role/ci/build", Delivery: awsID,
	}},
}

func fromAWS() (names []string) {
	for name := range meanings {
		names = append(names, name)
	}
	return names
}

func TestEventsOfAWSAreSelectedAndRead(t *testing.T) {
	for name, want := range meanings {
		text := sample(t, name)
		if !selects(t, want.pattern, text) {
			t.Errorf("%s: its pattern does not select it", name)
		}
		detailType, detail, err := events.FromAWS(opened(t, text))
		if diff := cmp.Diff(want.detail, detail); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		wantType := events.ArtifactPublished
		if strings.HasPrefix(name, "codecommit") {
			wantType = events.CommitPushed
		}
		if detailType != wantType {
			t.Errorf("%s became %q", name, detailType)
		}
	}
}

// What means nothing is neither selected nor read; each row is a sample and one change of its text.
func TestEventsOfAWSThatMeanNothing(t *testing.T) {
	for name, row := range map[string]struct{ sample, old, new string }{
		"deleted branch":      {"codecommit-updated", "referenceUpdated", "referenceDeleted"},
		"unreferenced commit": {"codecommit-updated", "referenceUpdated", "unreferencedMergeCommitCreated"},
		"deleted image":       {"ecr-pushed", "PUSH", "DELETE"},
		"failed push":         {"ecr-pushed", "SUCCESS", "FAILURE"},
		"image scan":          {"ecr-pushed", "ECR Image Action", "ECR Image Scan"},
		"deleted object":      {"s3-created", "Object Created", "Object Deleted"},
		"pipeline runs":       {"codepipeline-succeeded", "SUCCEEDED", "STARTED"},
		"stage failed":        {"codepipeline-stage-succeeded", "SUCCEEDED", "FAILED"},
		"unpublished code":    {"lambda-code-updated", `"version": "43"`, `"version": "$LATEST"`},
		"refused call":        {"lambda-published", `"eventSource"`, `"errorCode": "AccessDenied", "eventSource"`},
		"other call":          {"lambda-published", "PublishVersion20150331", "UpdateAlias20150331"},
		"unsuffixed name":     {"lambda-published", "PublishVersion20150331", "PublishVersion"},
		"other service":       {"lambda-published", "lambda.amazonaws.com", "ecr.amazonaws.com"},
		"not from AWS":        {"s3-created", "aws.s3", "ci"},
	} {
		text := sample(t, row.sample)
		changed := strings.ReplaceAll(string(text), row.old, row.new)
		if changed == string(text) {
			t.Fatalf("%s: %q is not in %s", name, row.old, row.sample)
		}
		if selects(t, meanings[row.sample].pattern, []byte(changed)) {
			t.Errorf("%s is selected", name)
		}
		if detailType, detail, err := events.FromAWS(opened(t, []byte(changed))); detailType != "" || detail != nil || err != nil {
			t.Errorf("%s became %q %v: %v", name, detailType, detail, err)
		}
	}
	if detailType, _, err := events.FromAWS(opened(t, sample(t, "codecommit-deleted"))); detailType != "" || err != nil {
		t.Errorf("a deleted branch became %q: %v", detailType, err)
	}
}

func TestEventsOfAWSThatCannotBeReadAreMalformed(t *testing.T) {
	for name, row := range map[string]struct{ sample, old, new, field string }{
		"no commit":      {"codecommit-updated", `"commitId"`, `"commit"`, "detail.commit"},
		"no digest":      {"ecr-pushed", "image-digest", "digest", "detail.version"},
		"no bucket":      {"s3-created", "acme-artifacts", "", "detail.name"},
		"no stage":       {"codepipeline-stage-succeeded", `"stage"`, `"step"`, "detail.stage"},
		"no answer":      {"lambda-published", "responseElements", "response", "detail.name"},
		"text as bucket": {"s3-created", `"bucket": {`, `"bucket": 1, "b": {`, "detail.bucket"},
		"no id":          {"ecr-pushed", awsID, "", "detail.delivery"},
	} {
		changed := strings.ReplaceAll(string(sample(t, row.sample)), row.old, row.new)
		_, _, err := events.FromAWS(opened(t, []byte(changed)))
		malformedAt(t, name, row.field, err)
	}
}

// CloudTrail repeats what the caller wrote, and callers may write a whole ARN.
func TestFunctionsAreNamedWithoutTheirARN(t *testing.T) {
	text := strings.Replace(string(sample(t, "lambda-published")), `"responseElements": {
      "functionName": "checkout"`, `"responseElements": {
      "functionName": "arn:aws:lambda:eu-central-1:123456789012:function:checkout:42"`, 1)
	_, detail, err := events.FromAWS(opened(t, []byte(text)))
	if a, ok := detail.(events.Artifact); !ok || a.Name != "checkout" || strings.Count(text, "function:checkout:42") != 2 {
		t.Errorf("named %v: %v", detail, err)
	}
}

func TestPushPatternTakesPushesAndArtifactsOfAnybody(t *testing.T) {
	for _, name := range []string{"commit-pushed", "artifact-published"} {
		text := sample(t, name)
		other := strings.ReplaceAll(string(text), `"source": "sluice"`, `"source": "ci"`)
		if !selects(t, events.PushPattern(), text) || !selects(t, events.PushPattern(), []byte(other)) {
			t.Errorf("%s is not selected from Sluice and from ci alike", name)
		}
	}
	if selects(t, events.PushPattern(), sample(t, "release-requested")) {
		t.Error("a request is selected as a push")
	}
}

func selects(t *testing.T, p events.Pattern, event []byte) bool {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := pattern.Compile(string(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	value, err := pattern.Decode(event)
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Match(value)
}

func opened(t *testing.T, text []byte) (e events.Raw) {
	t.Helper()
	if err := events.Decode(text, "the event", &e); err != nil {
		t.Fatal(err)
	}
	return e
}
