package events_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sluice/events"
)

var approve = events.PipelineAction{Pipeline: "checkout", Stage: "Release", Action: "Approve"}

func TestApprovalInCodePipelineIsRead(t *testing.T) {
	text := sample(t, "codepipeline-approved")
	if !selects(t, events.PipelineApprovalPattern([]string{"checkout"}), text) || selects(t, events.PipelineApprovalPattern([]string{"basket"}), text) {
		t.Error("the pattern does not select the pipeline's approvals alone")
	}
	got, waits, err := events.FromPipeline(opened(t, text))
	want := &events.PipelineApproval{
		PipelineAction: approve, Approve: true, Summary: "looks good", By: "arn:aws:sts::123456789012:assumed-role/Developer/grace",
		Origin: "203.0.113.7 aws-cli/2.31.0", At: time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); err != nil || waits != nil || diff != "" {
		t.Errorf("%v, %v (-want +got):\n%s", err, waits, diff)
	}
}

func TestWaitInCodePipelineIsRead(t *testing.T) {
	text := sample(t, "codepipeline-waits")
	if !selects(t, events.PipelineWaitPattern([]string{"checkout"}), text) || selects(t, events.PipelineWaitPattern([]string{"basket"}), text) {
		t.Error("the pattern does not select the pipeline's waits alone")
	}
	said, got, err := events.FromPipeline(opened(t, text))
	want := &events.PipelineWait{PipelineAction: approve, Execution: "8a3f6f4e-2f1b-4c5d-9e77-1f0c2b3a4d5e"}
	if diff := cmp.Diff(want, got); err != nil || said != nil || diff != "" {
		t.Errorf("%v, %v (-want +got):\n%s", err, said, diff)
	}
}

// What means nothing is neither selected nor read; each row is a sample and one change of its text.
func TestEventsOfCodePipelineThatMeanNothing(t *testing.T) {
	for name, row := range map[string]struct{ sample, old, new string }{
		"refused call":        {"codepipeline-approved", `"awsRegion"`, `"errorCode": "InvalidApprovalTokenException", "awsRegion"`},
		"another call":        {"codepipeline-approved", `"PutApprovalResult"`, `"PutJobSuccessResult"`},
		"call of another API": {"codepipeline-approved", "codepipeline.amazonaws.com", "codebuild.amazonaws.com"},
		"a wait that ended":   {"codepipeline-waits", "STARTED", "SUCCEEDED"},
		"a build":             {"codepipeline-waits", `"category": "Approval"`, `"category": "Build"`},
	} {
		text := strings.Replace(string(sample(t, row.sample)), row.old, row.new, 1)
		for _, pattern := range []events.Pattern{events.PipelineApprovalPattern([]string{"checkout"}), events.PipelineWaitPattern([]string{"checkout"})} {
			if selects(t, pattern, []byte(text)) {
				t.Errorf("%s: selected", name)
			}
		}
		if said, waits, err := events.FromPipeline(opened(t, []byte(text))); said != nil || waits != nil || err != nil {
			t.Errorf("%s: %v, %v, %v", name, said, waits, err)
		}
	}
}

// What an approval does not say is Malformed, and never guessed.
func TestApprovalThatDoesNotSayEnough(t *testing.T) {
	for field, change := range map[string][2]string{
		"detail.requestParameters.result.status": {`"Approved"`, `"approved"`},
		"detail.userIdentity.arn":                {`"arn": "arn:aws:sts::123456789012:assumed-role/Developer/grace"`, `"arn": ""`},
		"detail.eventTime":                       {`"eventTime"`, `"at"`},
		"detail.requestParameters":               {`"Release"`, `"Release/Approve"`},
	} {
		text := strings.Replace(string(sample(t, "codepipeline-approved")), change[0], change[1], 1)
		_, _, err := events.FromPipeline(opened(t, []byte(text)))
		if err == nil || !strings.HasPrefix(err.Error(), field+" ") {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

// FuzzPipeline has every event be read as one of CodePipeline.
func FuzzPipeline(f *testing.F) {
	seed(f)
	f.Add(sample(f, "codepipeline-approved"))
	f.Add(sample(f, "codepipeline-waits"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, ok := envelope(t, data)
		if !ok {
			return
		}
		said, waits, err := events.FromPipeline(e)
		switch {
		case err != nil:
			refusedWell(t, err)
		case said != nil && (said.By == "" || said.Pipeline == "" || said.At.IsZero() || len(said.By+said.Summary+said.Origin) > 3*1024+8):
			t.Errorf("accepted %+v", said)
		case waits != nil && waits.Pipeline == "":
			t.Errorf("accepted %+v", waits)
		}
	})
}
