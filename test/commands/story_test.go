package commands

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// story is a whole Sluice in real time, and what its people have done so far.
type story struct {
	*scenario.World
	T *testing.T

	release string            // of which the commands speak
	baked   string            // yesterday's, of which there is evidence
	letter  string            // id of the event that lies in the dead-letter queue
	tokens  map[string]string // what Slack and GitHub take, by the name of the secret
	numbers string            // file with the evidence of yesterday's release
	handed  string            // folder in which make run has left its key
	source  string            // folder of the service's code
	run     string            // id of an execution of the team's pipeline
	waiting string            // ARN of an execution of the state machine for stages
}

// complete has whole commands for those that a page only names.
var complete = map[string]string{
	"make plan":    "make plan SERVICE=checkout",
	"make replay":  "make replay ENVIRONMENT=$ENV RELEASE=checkout-1f0c2b3a4d5e",
	"make redrive": "make redrive ENVIRONMENT=$ENV FUNCTION=guard",
	"aws codepipeline put-approval-result": `aws codepipeline put-approval-result --pipeline-name checkout --stage-name Release --action-name Approve --result "summary=looks good,status=Approved" --token ` +
		`"$(aws codepipeline get-pipeline-state --name checkout --query 'stageStates[1].actionStates[0].latestExecution.token' --output text)"`,
	". dist/host/environment": ". dist/host/environment\naws sts get-caller-identity",
}

// stands is what names on the pages stand for in this world, the longest first.
func (s *story) stands() [][2]string {
	return [][2]string{
		{"checkout-1f0c2b3a4d5e", s.release},
		{"1f0c2b3a", s.letter},
		{`\"revision\":\"42\"`, `\"revision\":\"2\"`},
		{"release.sh checkout 42", "release.sh checkout 2"},
		{"release checkout 42", "release checkout 2"},
		{`"release":"ID"`, `"release":"` + s.release + `"`},
		{"--pipeline-execution-id ID", "--pipeline-execution-id " + s.run},
		{"--execution-arn EXECUTION", "--execution-arn " + s.waiting},
		{"FILE=evidence.json", "FILE=" + s.numbers},
		{"<stable>", "1"},
		{"xoxb-...", s.tokens["slack"]},
		{"github_pat_...", s.tokens["github"]},
		{"<Signing Secret, of Basic Information>", s.tokens["slack-signing"]},
	}
}

// really is a command with what is there in this world.
func (s *story) really(text string) string {
	var oldnew []string
	for _, p := range s.stands() {
		oldnew = append(oldnew, p[0], p[1])
	}
	return strings.NewReplacer(oldnew...).Replace(text)
}

// begin is a Sluice that was just deployed, without secrets, with a service that was released yesterday.
func begin(t *testing.T) *story {
	t.Helper()
	past := yesterday(t)
	s := &story{World: scenario.New(t, scenario.Options{ListenAddr: "127.0.0.1:0", Beside: scenario.Piping, Edit: scenario.WithGates}), T: t, baked: past.release, tokens: map[string]string{}}
	t.Cleanup(s.Close)
	s.remember(past)
	s.withoutSecrets()
	s.Make(quick(scenario.Canary))
	s.AlarmGreen(scenario.Alarm)
	s.numbers = s.file(t.TempDir(), "evidence.json", past.numbers)
	s.handed, s.source = t.TempDir(), t.TempDir()
	s.file(s.source, "go.mod", "module checkout\n")
	s.file(s.source, "main.go", "package main\n\nfunc main() {}\n")
	s.file(filepath.Join(s.handed, "dist", "host"), "environment", "export "+strings.Join(s.Sandbox.Environment(), "\nexport ")+"\n")
	here, err := filepath.Abs(filepath.Join(root, "docs"))
	s.must(err)
	s.must(os.Symlink(here, filepath.Join(s.handed, "docs")))
	return s
}

func (s *story) file(folder, name, text string) (path string) {
	s.T.Helper()
	s.must(os.MkdirAll(folder, 0o700))
	path = filepath.Join(folder, name)
	s.must(os.WriteFile(path, []byte(text), 0o600))
	return path
}

// withoutSecrets takes the secrets of the world away, and keeps what was in them.
func (s *story) withoutSecrets() {
	s.T.Helper()
	ctx, secrets := s.T.Context(), s.Sandbox.SecretsManager
	list, err := secrets.ListSecrets(ctx, &secretsmanager.ListSecretsInput{})
	s.must(err)
	for _, one := range list.SecretList {
		s.tokens[filepath.Base(*one.Name)] = s.secret(filepath.Base(*one.Name))
		_, err := secrets.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{SecretId: one.Name, ForceDeleteWithoutRecovery: aws.Bool(true)})
		s.must(err)
	}
}

// secret is what a secret of Sluice's holds.
func (s *story) secret(name string) string {
	s.T.Helper()
	out, err := s.Sandbox.SecretsManager.GetSecretValue(s.T.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("sluice-sandbox/" + name)})
	s.must(err)
	return aws.ToString(out.SecretString)
}

// quick is a definition whose steps bake for a second.
func quick(definition string) string {
	return strings.ReplaceAll(definition, `"bake":"10m"`, `"bake":"1s"`)
}

// atOnce is a definition with one step, which bakes for a second.
func atOnce(definition string) string {
	return strings.Replace(quick(definition), `{"weight":5,"bake":"1s"},{"weight":25,"bake":"1s"},`, "", 1)
}

// defines has the service released by a definition from now on, and version 1 serve.
func (s *story) defines(definition string, oldnew ...string) {
	s.T.Helper()
	s.Define(strings.NewReplacer(oldnew...).Replace(definition))
	s.serves("1", nil)
}

// serves moves the traffic of the service.
func (s *story) serves(stable string, besides map[string]float64) {
	s.T.Helper()
	_, err := s.Lambda.UpdateAlias(s.T.Context(), &lambda.UpdateAliasInput{
		FunctionName: aws.String(scenario.Service), Name: aws.String(scenario.Alias), FunctionVersion: &stable, RoutingConfig: &types.AliasRoutingConfiguration{AdditionalVersionWeights: besides},
	})
	s.must(err)
}

// comes waits for what a page says.
func (s *story) comes(what string, is func() bool) {
	s.T.Helper()
	for begun := time.Now(); !is(); s.Pass(20 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			s.T.Fatalf("%s does not come; the story of %s:\n%s", what, s.release, s.Trail(s.release))
		}
	}
}

// ends waits until the release has ended so.
func (s *story) ends(end rollout.End) rollout.Release {
	s.T.Helper()
	s.comes("the end "+string(end), func() bool { r, _ := s.Recorded(s.release); return r.End == end && r.Open == "" && len(s.Open()) == 0 })
	r, _ := s.Recorded(s.release)
	return r
}

// says checks that a text holds words.
func (s *story) says(text string, words ...string) {
	s.T.Helper()
	if i := slices.IndexFunc(words, func(w string) bool { return !strings.Contains(text, w) }); i >= 0 {
		s.T.Errorf("%q is not in\n%s", words[i], text)
	}
}

func (s *story) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}
