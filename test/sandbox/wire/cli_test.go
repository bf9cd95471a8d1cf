package wire_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	watchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	dnstypes "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"sluice/test/sandbox/wire"
)

// A cli is the unmodified AWS CLI, which reads answers with another implementation than the Go SDK.
type cli struct{ path, endpoint, home string }

func newCLI(t *testing.T, server *wire.Server) cli {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("SKIPPED: the AWS CLI (aws) is not on PATH, so nothing here shows that it understands the answers")
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	return cli{path, listening.URL, t.TempDir()}
}

func (c cli) run(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, append(args, "--endpoint-url", c.endpoint, "--output", "json")...)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
		"AWS_CONFIG_FILE="+filepath.Join(c.home, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(c.home, "credentials"),
		"AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
	text, err := cmd.CombinedOutput()
	return strings.Join(strings.Fields(string(text)), " "), err
}

// everyProtocol is a server whose five services speak a protocol each, and answer every call alike when told to refuse.
func everyProtocol(refusal error) *wire.Server {
	db, fn, topic, watch, dns := &fakeDynamo{}, &fakeLambda{}, &fakeSNS{}, &fakeWatch{}, &fakeDNS{}
	db.put.out = &dynamodb.PutItemOutput{Attributes: everyAttribute()}
	fn.update.out = &lambda.UpdateAliasOutput{Name: aws.String("live"), FunctionVersion: aws.String("7")}
	topic.list.out = &sns.ListSubscriptionsOutput{Subscriptions: []snstypes.Subscription{{Endpoint: aws.String("a@b.c")}}}
	watch.alarms.out = &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []watchtypes.MetricAlarm{{AlarmName: aws.String("a"), ActionsEnabled: aws.Bool(true)}}}
	dns.list.out = &route53.ListResourceRecordSetsOutput{ResourceRecordSets: []dnstypes.ResourceRecordSet{{
		Name: aws.String("a.b."), Type: "CNAME", ResourceRecords: []dnstypes.ResourceRecord{{Value: aws.String("c.d")}},
	}}, MaxItems: aws.Int32(300)}
	db.put.err, fn.update.err, topic.list.err, watch.alarms.err, dns.list.err = refusal, refusal, refusal, refusal, refusal
	return wire.NewServer(home, lambdaService(fn), snsService(topic), watchService(watch), dnsService(dns),
		wire.Service{Name: "dynamodb", Target: "DynamoDB_20120810", JSONVersion: "1.0", UpperCamel: true, Impl: db})
}

func TestTheCLIUnderstandsTheAnswers(t *testing.T) {
	c := newCLI(t, everyProtocol(nil))
	for _, call := range []struct{ protocol, command, want string }{
		{"awsJson", `dynamodb put-item --table-name t --item {"pk":{"S":"x"}} --return-values ALL_OLD`, `"N": { "N": "1.50" }`},
		{"restJson1", "lambda update-alias --function-name " + home.ARN("lambda", "function:checkout") + " --name live", `"FunctionVersion": "7"`},
		{"awsQuery", "sns list-subscriptions", `"Endpoint": "a@b.c"`},
		{"cloudwatch", "cloudwatch describe-alarms", `"AlarmName": "a", "ActionsEnabled": true`},
		{"restXml", "route53 list-resource-record-sets --hosted-zone-id Z1", `"Name": "a.b.", "Type": "CNAME", "ResourceRecords": [ { "Value": "c.d" } ]`},
	} {
		t.Run(call.protocol, func(t *testing.T) {
			t.Parallel()
			if out, err := c.run(t, strings.Fields(call.command)...); err != nil || !strings.Contains(out, call.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

func TestTheCLIUnderstandsRefusals(t *testing.T) {
	c := newCLI(t, everyProtocol(wire.AccessDenied("User: x is not authorized")))
	for _, call := range []struct{ protocol, command, want string }{
		{"awsJson", "dynamodb put-item --table-name t --item {}", "(AccessDeniedException) when calling the PutItem operation: User: x is not authorized"},
		{"restJson1", "lambda update-alias --function-name f --name live", "(AccessDeniedException) when calling the UpdateAlias operation: User: x is not authorized"},
		{"awsQuery", "sns list-subscriptions", "(AuthorizationError) when calling the ListSubscriptions operation: User: x is not authorized"},
		{"cloudwatch", "cloudwatch describe-alarms", "when calling the DescribeAlarms operation: User: x is not authorized"},
		{"restXml", "route53 list-resource-record-sets --hosted-zone-id Z1", "(AccessDenied) when calling the ListResourceRecordSets operation: User: x is not authorized"},
	} {
		t.Run(call.protocol, func(t *testing.T) {
			t.Parallel()
			if out, err := c.run(t, strings.Fields(call.command)...); err == nil || !strings.Contains(out, call.want) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
