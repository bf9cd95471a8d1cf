package commands

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/events"
	"sluice/shared/rollout"
	"sluice/test/sandbox/slack"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// secrets are the commands that put a secret in, each with what works from then on; and the one that makes a link by two of them.
var secrets = map[string]row{
	"--name sluice-$ENV/links":  {then: func(s *story, said string) { s.says(said, "sluice-sandbox/links") }},
	"--name sluice-$ENV/people": {then: func(s *story, said string) { s.says(said, "sluice-sandbox/people") }},
	"--function-name sluice-$ENV-console": {
		given: func(s *story) {
			s.defines(atOnce(scenario.Asking), `"grace":{`, `"grace":{"mail":"grace@example.com",`)
			s.release = s.Requested("2")
			s.Asks(s.release, 1)
		},
		then: func(s *story, said string) {
			var made struct{ URL string }
			if err := json.NewDecoder(strings.NewReader(said)).Decode(&made); err != nil || made.URL == "" {
				s.T.Fatalf("there is no link in %s", said)
			}
			if r := s.Browser().Opens(made.URL).Continues().Presses("approve", "seen"); r.Status != http.StatusOK {
				s.T.Errorf("grace's answer shows %d:\n%s", r.Status, r.Page)
			}
			s.ends(rollout.Succeeded)
		},
	},
	"--name sluice-$ENV/webhook-github": {then: func(s *story, said string) {
		if status := s.delivers(s.secret("webhook-github")); status/100 != 2 {
			s.T.Errorf("a delivery with the secret is answered with %d", status)
		}
		if status := s.delivers("another"); status != http.StatusUnauthorized {
			s.T.Errorf("a delivery with another one is answered with %d", status)
		}
	}},
	"--name sluice-$ENV/github ": {then: func(s *story, said string) {
		s.defines(atOnce(scenario.Canary))
		s.release = s.Request(events.ReleaseRequest{Service: scenario.Service, Revision: "2", Repository: "github/" + scenario.Repository, Commit: scenario.Commit(1), Author: "ada"})
		s.ends(rollout.Succeeded)
		s.comes("the status of the commit", func() bool {
			told := s.GitHub.Statuses()
			return len(told) > 0 && told[len(told)-1].Commit == scenario.Commit(1) && told[len(told)-1].State == "success"
		})
	}},
	"--name sluice-$ENV/slack ": {then: func(s *story, said string) {
		s.defines(atOnce(scenario.Canary), `"guard"`, `"slack":{"channel":"`+scenario.Channel+`"},"guard"`)
		s.release = s.Requested("2")
		s.ends(rollout.Succeeded)
		s.comes("the message", func() bool { return len(s.Chat(s.release)) == 1 })
	}},
	"--name sluice-$ENV/slack-signing": {then: func(s *story, said string) {
		s.defines(atOnce(scenario.Asking), `"guard"`, `"slack":{"channel":"`+scenario.Channel+`"},"guard"`, `"grace":{`, `"grace":{"slack":"`+slack.Team+`/U0GRACE",`)
		s.release = s.Requested("2")
		s.Asks(s.release, 1)
		s.comes("the button", func() bool { return s.PressedAbout(s.release, "approve", "U0GRACE") == nil })
		s.ends(rollout.Succeeded)
	}},
}

// delivers sends a push to the webhook as GitHub does, and is what it answers.
func (s *story) delivers(key string) (status int) {
	s.T.Helper()
	text, err := os.ReadFile(filepath.Join(root, "shared/webhook/testdata/github-ping.json"))
	s.must(err)
	where, err := s.Lambda.GetFunctionUrlConfig(s.T.Context(), &lambda.GetFunctionUrlConfigInput{FunctionName: aws.String("sluice-sandbox-webhook")})
	s.must(err)
	r, err := http.NewRequestWithContext(s.T.Context(), http.MethodPost, aws.ToString(where.FunctionUrl)+"github", strings.NewReader(string(text)))
	s.must(err)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(text)
	for name, value := range map[string]string{"Content-Type": "application/json", "X-GitHub-Event": "ping", "X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil))} {
		r.Header.Set(name, value)
	}
	answer, err := (&http.Client{Transport: wire.Client(s.Sandbox.Handler()), Timeout: time.Minute}).Do(r)
	s.must(err)
	s.must(answer.Body.Close())
	return answer.StatusCode
}
