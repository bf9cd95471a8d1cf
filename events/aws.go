package events

import (
	"slices"
	"strings"
)

// The events of AWS's own services on the default bus. Their delivery is best effort
// (https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html), and an event may come twice.
const (
	codeCommitSource = "aws.codecommit"
	repositoryChange = "CodeCommit Repository State Change"
	ecrSource        = "aws.ecr"
	imageAction      = "ECR Image Action"
	s3Source         = "aws.s3"
	objectCreated    = "Object Created"
	pipelineSource   = "aws.codepipeline"
	pipelineChange   = "CodePipeline Pipeline Execution State Change"
	stageChange      = "CodePipeline Stage Execution State Change"
	lambdaSource     = "aws.lambda"
	apiCall          = "AWS API Call via CloudTrail"
)

// CloudTrail writes the names of Lambda's calls with the version of the API: a rule for PublishVersion never fires.
const (
	publishVersion = "PublishVersion20150331"
	updateCode     = "UpdateFunctionCode20150331v2"
	lambdaCalls    = "lambda.amazonaws.com"
	latest         = "$LATEST"
)

// CodeCommitPattern selects branches and tags that were made or moved.
func CodeCommitPattern() Pattern {
	return fromAWS(codeCommitSource, []string{repositoryChange}, map[string]any{"event": moved()})
}

// ECRPattern selects images that were pushed.
func ECRPattern() Pattern {
	return fromAWS(ecrSource, []string{imageAction}, map[string]any{"action-type": []string{"PUSH"}, "result": []string{"SUCCESS"}})
}

// S3Pattern selects objects that were written to the given buckets. Buckets send events only when EventBridge is turned on for them.
func S3Pattern(buckets []string) Pattern {
	return fromAWS(s3Source, []string{objectCreated}, map[string]any{"bucket": map[string]any{"name": buckets}})
}

// CodePipelinePattern selects pipelines and stages that succeeded.
func CodePipelinePattern() Pattern {
	return fromAWS(pipelineSource, []string{pipelineChange, stageChange}, map[string]any{"state": []string{"SUCCEEDED"}})
}

// LambdaPublishedPattern selects calls that published a version, by PublishVersion or together with new code. It needs a trail
// with management events. A failed call carries an errorCode and is not selected.
func LambdaPublishedPattern() Pattern {
	return fromAWS(lambdaSource, []string{apiCall}, map[string]any{
		"eventSource":      []string{lambdaCalls},
		"eventName":        []string{publishVersion, updateCode},
		"errorCode":        []any{map[string]any{"exists": false}},
		"responseElements": map[string]any{"version": []any{map[string]any{"anything-but": []string{latest}}}},
	})
}

func fromAWS(source string, detailTypes []string, detail map[string]any) Pattern {
	return Pattern{"source": []string{source}, "detail-type": detailTypes, "detail": detail}
}

func moved() []string { return []string{"referenceCreated", "referenceUpdated"} }

// FromAWS is what an event of AWS means to Sluice: the detail-type and the detail to send, which is a Push or an Artifact. If
// the event means nothing, such as a deleted branch, detailType is empty.
func FromAWS(e Raw) (detailType string, detail any, err error) {
	switch {
	case e.Source == codeCommitSource && e.DetailType == repositoryChange:
		return codeCommit(e)
	case e.Source == ecrSource && e.DetailType == imageAction:
		return image(e)
	case e.Source == s3Source && e.DetailType == objectCreated:
		return object(e)
	case e.Source == pipelineSource && (e.DetailType == pipelineChange || e.DetailType == stageChange):
		return pipeline(e)
	case e.Source == lambdaSource && e.DetailType == apiCall:
		return function(e)
	}
	return "", nil, nil
}

func published(a Artifact) (string, any, error) {
	a, err := a.Checked()
	if err != nil {
		return "", nil, err
	}
	return ArtifactPublished, a, nil
}

// https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
func codeCommit(e Raw) (string, any, error) {
	var d struct {
		Event      string `json:"event"`
		Repository string `json:"repositoryName"`
		Ref        string `json:"referenceFullName"`
		Commit     string `json:"commitId"`
		Caller     string `json:"callerUserArn"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return "", nil, err
	}
	if !slices.Contains(moved(), d.Event) {
		return "", nil, nil
	}
	p, err := Push{Host: CodeCommit, Repository: d.Repository, Ref: d.Ref, Commit: d.Commit, Pusher: d.Caller, Authors: []Author{{ID: d.Caller, Pushed: true}}, Partial: true, Delivery: e.ID}.Checked()
	if err != nil {
		return "", nil, err
	}
	return CommitPushed, p, nil
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
func image(e Raw) (string, any, error) {
	var d struct {
		Result     string `json:"result"`
		Action     string `json:"action-type"`
		Repository string `json:"repository-name"`
		Digest     string `json:"image-digest"`
		Tag        string `json:"image-tag"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return "", nil, err
	}
	if d.Action != "PUSH" || d.Result != "SUCCESS" {
		return "", nil, nil
	}
	return published(Artifact{Kind: Image, Name: d.Repository, Version: d.Digest, Tag: d.Tag, Delivery: e.ID})
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: the key is not URL-encoded, as it is in S3's older
// notifications.
func object(e Raw) (string, any, error) {
	var d struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key     string `json:"key"`
			Version string `json:"version-id"`
		} `json:"object"`
		Requester string `json:"requester"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return "", nil, err
	}
	return published(Artifact{Kind: Object, Name: d.Bucket.Name, Key: d.Object.Key, Version: d.Object.Version, By: d.Requester, Delivery: e.ID})
}

// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html. The pipeline's own
// version is a number in some events and text in others: it is not read.
func pipeline(e Raw) (string, any, error) {
	var d struct {
		Pipeline  string `json:"pipeline"`
		Execution string `json:"execution-id"`
		Stage     string `json:"stage"`
		State     string `json:"state"`
		Trigger   struct {
			Detail string `json:"trigger-detail"`
		} `json:"execution-trigger"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return "", nil, err
	}
	switch {
	case d.State != "SUCCEEDED":
		return "", nil, nil
	case e.DetailType == stageChange && d.Stage == "": // without a stage it would look like the success of the whole pipeline
		return "", nil, &Malformed{"detail.stage", "is missing", "write the stage that succeeded"}
	}
	return published(Artifact{Kind: Pipeline, Name: d.Pipeline, Key: d.Stage, Version: d.Execution, By: d.Trigger.Detail, Delivery: e.ID})
}

// https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
func function(e Raw) (string, any, error) {
	var d struct {
		Source   string `json:"eventSource"`
		Name     string `json:"eventName"`
		Error    string `json:"errorCode"`
		Identity struct {
			ARN string `json:"arn"`
		} `json:"userIdentity"`
		Response struct {
			Function string `json:"functionName"`
			Version  string `json:"version"`
		} `json:"responseElements"`
	}
	if err := Decode(e.Detail, "detail", &d); err != nil {
		return "", nil, err
	}
	if d.Source != lambdaCalls || d.Name != publishVersion && d.Name != updateCode || d.Error != "" || d.Response.Version == latest {
		return "", nil, nil
	}
	return published(Artifact{Kind: Function, Name: bare(d.Response.Function), Version: d.Response.Version, By: d.Identity.ARN, Delivery: e.ID})
}

// bare is a function's name without the ARN around it, which calls may use: arn:aws:lambda:eu-central-1:123456789012:function:checkout.
func bare(name string) string {
	if _, after, found := strings.Cut(name, ":function:"); found {
		name, _, _ = strings.Cut(after, ":")
	}
	return name
}
