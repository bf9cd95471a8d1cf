package commands

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// releases are the commands that ask for a release, and by which people have their say about one.
var releases = map[string]row{
	`"DetailType":"release.requested"`: {
		given: func(s *story) { s.defines(scenario.Canary) },
		then: func(s *story, said string) {
			s.release = asked(s, said, "2")
			s.comes("the first shift", func() bool { return s.Serves() == "1 95 %, 2 5 %" })
			if r, _ := s.Recorded(s.release); r.Reason != "faster checkout" || r.Revision.Author != "ada" || r.Revision.Commit != "5d41402a" {
				s.T.Errorf("the record says %+v because of %q", r.Revision, r.Reason)
			}
		},
	},
	`"DetailType":"release.abort-requested"`: {then: func(s *story, said string) {
		if r := s.ends(rollout.Aborted); !strings.Contains(s.Trail(s.release), "wrong branch") || s.Serves() != "1" {
			s.T.Errorf("it ended because of %+v, and the alias serves %s", r.Cause, s.Serves())
		}
	}},
	`"DetailType":"release.answer-given"`: {
		given: func(s *story) {
			s.defines(quick(scenario.Asking))
			s.release = s.Requested("2")
			s.Asks(s.release, 3)
		},
		then: func(s *story, said string) {
			if r := s.ends(rollout.Succeeded); r.Answers["3/grace"].Comment != "looks good" {
				s.T.Errorf("the answers are %+v", r.Answers)
			}
		},
	},
	`"DetailType":"release.override-requested"`: {
		given: func(s *story) {
			another := strings.ToLower(time.Now().Add(48 * time.Hour).UTC().Format("Mon"))
			s.defines(atOnce(scenario.Gated(`"windows":[{"days":["` + another + `"],"from":"09:00","until":"16:00","zone":"UTC"}],"override":["grace"]`)))
			s.release = s.Requested("2")
			s.comes("the look at the gates", func() bool { r, _ := s.Recorded(s.release); return len(r.Gates) > 0 })
		},
		then: func(s *story, said string) {
			s.ends(rollout.Succeeded)
			s.says(s.Trail(s.release), "the fix cannot wait")
		},
	},
	"aws codepipeline put-approval-result": {
		given: func(s *story) {
			s.GivenPipeline()
			s.defines(atOnce(scenario.Piped), scenario.IAM("grace"), scenario.IAM("keyboard"))
			s.release = s.Requested("2")
			s.Carries("c0ffee")
			s.Asks(s.release, 1)
		},
		then: func(s *story, said string) {
			if r := s.ends(rollout.Succeeded); r.Answers["1/grace"].How != rollout.ByCodePipeline {
				s.T.Errorf("the answers are %+v", r.Answers)
			}
		},
	},
	"aws codepipeline get-pipeline-state": {
		given: func(s *story) {
			s.GivenShop(scenario.AnAction(scenario.OfCommit))
			s.run = s.Runs("no commit")
			s.comes("the end of the stage", s.stageFailed)
		},
		then: func(s *story, said string) { s.says(said, `"code": "ConfigurationError"`, "UserParameters.revision") },
	},
	"aws codepipeline retry-stage-execution": {
		then: func(s *story, said string) {
			s.says(said, s.run)
			s.comes("the end of the stage once more", s.stageFailed)
		},
	},
	"aws stepfunctions describe-execution": {
		given: func(s *story) {
			out, err := s.Machine.StartExecution(s.T.Context(), &sfn.StartExecutionInput{StateMachineArn: aws.String(scenario.StageMachine)})
			s.must(err)
			s.waiting = *out.ExecutionArn
			s.comes("the end of the execution", func() bool {
				e, err := s.Machine.DescribeExecution(s.T.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &s.waiting})
				s.must(err)
				return e.Status == sfntypes.ExecutionStatusFailed
			})
		},
		then: func(s *story, said string) { s.says(said, "ConfigurationError", "Input.service") },
	},
	"./release.sh checkout 42":      {given: soon, folder: func(*story) string { return filepath.Join(root, "docs", "ci") }, then: released},
	"docs/ci/release.sh checkout 2": {given: soon, handed: true, then: released},
}

// asked is the id of the release that an event made, by what the AWS CLI printed.
func asked(s *story, said, version string) string {
	s.T.Helper()
	var answer struct {
		Entries []struct {
			EventID string `json:"EventId"`
		}
	}
	if err := json.Unmarshal([]byte(said), &answer); err != nil || len(answer.Entries) != 1 {
		s.T.Fatalf("the bus answers %s", said)
	}
	return events.ReleaseID(scenario.Service, version, answer.Entries[0].EventID)
}

// stageFailed says whether the stage of the team's pipeline has failed.
func (s *story) stageFailed() bool {
	at := s.InShop().LatestExecution
	return at != nil && at.Status == types.StageExecutionStatusFailed
}

// soon has releases end soon.
func soon(s *story) { s.defines(atOnce(scenario.Canary)) }

func released(s *story, said string) {
	s.says(said, "version 2 of checkout was asked for", ": succeeded")
	if s.Serves() != "2" {
		s.T.Errorf("the alias serves %s", s.Serves())
	}
}
