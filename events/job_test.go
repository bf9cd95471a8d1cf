package events_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/events"
)

// What is logged of a job, or handed on, is what Sluice has read of it.
func TestCredentialsOfAJobAreNotRead(t *testing.T) {
	var e events.JobEvent
	if err := json.Unmarshal(sample(t, "codepipeline-job"), &e); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"ASIAIOSFODNN7EXAMPLE", "6CGtmAa3lzWtV7aEXAMPLE", "IQoJb3JpZ2luX2VjEAEXAMPLE"} {
		if said := string(text) + fmt.Sprintf("%+v", e); strings.Contains(said, secret) {
			t.Errorf("%s is read: %s", secret, said)
		}
	}
	if !strings.Contains(e.Job.Data.Token, "checkout-1f0c2b3a4d5e") || e.Job.Data.Artifacts[0].Name != "Code" {
		t.Errorf("the job is read as %+v", e)
	}
}

// job is a call with these parameters, of an action that has the artifacts of these revisions.
func job(parameters string, revisions ...string) events.Job {
	j := events.Job{ID: "c0d76431-b0e7-4a5b-97e3-e8ee786eb6f6"}
	text, _ := json.Marshal(map[string]any{"actionConfiguration": map[string]any{"configuration": map[string]any{"UserParameters": parameters}}, "inputArtifacts": artifacts(revisions)})
	_ = json.Unmarshal(text, &j.Data)
	return j
}

func artifacts(revisions []string) (all []map[string]string) {
	for _, r := range revisions {
		all = append(all, map[string]string{"revision": r})
	}
	return all
}

func TestJobWaitsForTheReleaseThatItsParametersName(t *testing.T) {
	commit := "e0c7bbe2308ca3071aa7bab414de234ab52eea01"
	for name, test := range map[string]struct {
		job  events.Job
		want events.StageRequest
	}{
		"a revision":                       {job(`{"service":"checkout","revision":"42"}`), events.StageRequest{Service: "checkout", Revision: "42"}},
		"and the commit of the source":     {job(`{"service":"checkout","revision":"42"}`, "", commit), events.StageRequest{Service: "checkout", Revision: "42", Commit: commit}},
		"the commit of the source alone":   {job(`{"service":"checkout"}`, commit), events.StageRequest{Service: "checkout", Commit: commit}},
		"a commit that somebody has named": {job(`{"service":"checkout","commit":"c0ffee"}`, commit), events.StageRequest{Service: "checkout", Commit: "c0ffee"}},
		"no commit: an object of S3":       {job(`{"service":"checkout","revision":"42"}`, "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"), events.StageRequest{Service: "checkout", Revision: "42"}},
	} {
		if got, err := test.job.Reads(); err != nil || got != test.want {
			t.Errorf("%s: %+v (%v), want %+v", name, got, err, test.want)
		}
	}
}

func TestJobThatCannotBeReadSaysWhatToWrite(t *testing.T) {
	for parameters, field := range map[string]string{
		"": "UserParameters", "checkout 42": "UserParameters", `{"service":"checkout","revison":"42"}`: "UserParameters", `{"service":"checkout","revision":42}`: "UserParameters",
		`{"service":"checkout","revision":"42","author":"ada","revision":"43"}`: "UserParameters", `{"service":"checkout","revision":"42","fixes":"INC-42"}`: "UserParameters",
		`{"service":"checkout"`: "UserParameters", `["checkout"]`: "UserParameters", `{"service":"checkout","revision":null}`: "UserParameters.revision",
		`{"service":"checkout","revision":"42"}{"service":"basket"}`: "UserParameters", `{"service":"checkout","revision":"#{Build.VERSION}"}`: "UserParameters",
		`{"revision":"42"}`: "UserParameters.service", `{"service":"checkout"}`: "UserParameters.revision", `{"service":"checkout","revision":"4 2"}`: "UserParameters.revision",
	} {
		_, err := job(parameters, "null").Reads()
		var malformed *events.Malformed
		if !errors.As(err, &malformed) || malformed.Field != field || malformed.Remedy == "" {
			t.Errorf("%s: %v, want one about %s", parameters, err, field)
		}
	}
}

// Lambda tries a call again with the same id, and CodePipeline gives the next call another one.
func TestJobAsksForOneReleaseHoweverOftenItComes(t *testing.T) {
	j := job(`{"service":"checkout","revision":"42"}`)
	s, _ := j.Reads()
	if one := s.Request(j.ID).ID("event"); one != s.Request(j.ID).ID("another event") || one == s.Request("00000000-b0e7-4a5b-97e3-e8ee786eb6f6").ID("event") {
		t.Errorf("its release is %s", one)
	}
	if (events.Job{ID: "nobody's"}).Known() || !j.Known() {
		t.Error("a text is taken for a job, or a job is not")
	}
}
