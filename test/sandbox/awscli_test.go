package sandbox_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"sluice/test/sandbox"
)

// An awsCLI is the unmodified AWS CLI, pointed at a sandbox.
type awsCLI struct {
	path, endpoint string
	env            []string
}

// newCLI finds the CLI, or skips the test and says so.
func newCLI(t *testing.T, box *sandbox.Sandbox) awsCLI {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that it works with the sandbox")
	}
	home := t.TempDir()
	return awsCLI{path: path, endpoint: box.Endpoint(), env: append(append(os.Environ(), box.Environment()...), "AWS_PAGER=",
		"AWS_CONFIG_FILE="+filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(home, "credentials"),
		"AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
	)}
}

func (c awsCLI) run(args ...string) (output string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, append(args, "--endpoint-url", c.endpoint, "--output", "json")...)
	cmd.Env = c.env
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// bootForCLI is a sandbox with the golden stack, a function to release and an execution to look at.
func bootForCLI(t *testing.T) (box *sandbox.Sandbox, execution string) {
	t.Helper()
	box = boot(t, sandbox.Options{Template: golden(t), Beside: definitions(t), InProcess: answering(`{"next":"settle","seconds":1}`), ListenAddr: "127.0.0.1:0"})
	checkout(t, box)
	started, err := box.StepFunctions.StartExecution(t.Context(), &sfn.StartExecutionInput{
		StateMachineArn: new("arn:aws:states:us-east-1:123456789012:stateMachine:sluice-sandbox-release"),
		Name:            new("first"), Input: new(`{"release":"first","functions":""}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	return box, *started.ExecutionArn
}

// checkout makes the function that the golden template's definition releases, with versions 1 and 2 and alias live on 1.
func checkout(t *testing.T, box *sandbox.Sandbox) {
	t.Helper()
	ctx := t.Context()
	client := lambda.NewFromConfig(box.Config(""))
	zip, err := sandbox.EmptyPackage()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: new("checkout"), Role: new("arn:aws:iam::123456789012:role/checkout"), Handler: new("bootstrap"),
		Runtime: types.RuntimeProvidedal2023, Code: &types.FunctionCode{ZipFile: zip}, Publish: true,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: new("checkout"), Description: new("second"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: new("checkout")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAlias(ctx, &lambda.CreateAliasInput{
		FunctionName: new("checkout"), Name: new("live"), FunctionVersion: new("1"),
	}); err != nil {
		t.Fatal(err)
	}
}

func TestTheAWSCLIWorksUnmodified(t *testing.T) {
	box, execution := bootForCLI(t)
	cli := newCLI(t, box)
	for name, c := range map[string]struct {
		args string
		want string // part of the output, without white space
	}{
		"put-events": {
			`events put-events --entries [{"EventBusName":"sluice-sandbox","Source":"me","DetailType":"hello","Detail":"{}"}]`, `"FailedEntryCount":0`,
		},
		"get-alias":             {`lambda get-alias --function-name checkout --name live`, `"FunctionVersion":"1"`},
		"list-aliases":          {`lambda list-aliases --function-name checkout`, `"Name":"live"`},
		"update-alias":          {`lambda update-alias --function-name checkout --name live --routing-config {"AdditionalVersionWeights":{"2":0.1}}`, `"2":0.1`},
		"describe-execution":    {`stepfunctions describe-execution --execution-arn ` + execution, `"name":"first"`},
		"get-execution-history": {`stepfunctions get-execution-history --execution-arn ` + execution, `"type":"ExecutionStarted"`},
		"describe-alarms":       {`cloudwatch describe-alarms --alarm-names sluice-sandbox-stuck`, `"AlarmName":"sluice-sandbox-stuck"`},
		"set-alarm-state":       {`cloudwatch set-alarm-state --alarm-name sluice-sandbox-stuck --state-value ALARM --state-reason drill`, ``},
		"scan":                  {`dynamodb scan --table-name sluice-sandbox`, `"Count":0`},
		"query": {
			`dynamodb query --table-name sluice-sandbox --key-condition-expression pk=:p --expression-attribute-values {":p":{"S":"x"}}`, `"Count":0`,
		},
		"get-parameter":       {`ssm get-parameter --name /sluice/sandbox/services/checkout`, `\"service\":\"checkout\"`},
		"publish":             {`sns publish --topic-arn arn:aws:sns:us-east-1:123456789012:sluice-sandbox-people --message hello`, `"MessageId":`},
		"get-caller-identity": {`sts get-caller-identity`, `"Account":"123456789012"`},
		"get-queue-url":       {`sqs get-queue-url --queue-name sluice-sandbox-guard-dead-letters`, `"QueueUrl":`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output, err := cli.run(strings.Fields(c.args)...)
			if err != nil {
				t.Fatalf("aws %s: %v\n%s", c.args, err, output)
			}
			if compact := strings.Join(strings.Fields(output), ""); !strings.Contains(compact, c.want) {
				t.Errorf("aws %s\nwant %s in\n%s", c.args, c.want, output)
			}
			if output != "" && !json.Valid([]byte(output)) {
				t.Errorf("aws %s: the output is not JSON\n%s", c.args, output)
			}
		})
	}
}

func TestTheAWSCLIIsToldWhatIsNotImplemented(t *testing.T) {
	box := boot(t, sandbox.Options{ListenAddr: "127.0.0.1:0"})
	cli := newCLI(t, box)
	for args, want := range map[string]string{
		"dynamodb create-backup --table-name sluice --backup-name sluice": "dynamodb:CreateBackup is not implemented",
		"lambda list-layers":             "lambda",
		"sns list-platform-applications": "sns:ListPlatformApplications is not implemented",
		"cloudwatch list-metric-streams": "cloudwatch:ListMetricStreams is not implemented",
		"ecs list-clusters":              "is not implemented",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			output, err := cli.run(strings.Fields(args)...)
			if err == nil || !strings.Contains(output, want) {
				t.Errorf("error %v; want the output to say %q\n%s", err, want, output)
			}
		})
	}
}
