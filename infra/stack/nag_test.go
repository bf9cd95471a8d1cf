package stack_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// accepted is every finding of cdk-nag's AwsSolutions pack that we live with, and why: a pattern for "path rule[detail]".
// One that matches nothing any more fails the test, so the list does not outlive its reasons.
var accepted = []struct{ finding, reason string }{
	{
		`Role/Resource AwsSolutions-IAM5\[Resource::\*\]$`,
		"stack.Everywhere gives the reason for each action that has no resource to name, and TestSecurityClaims holds the template to it",
	},
	{
		`/(Trigger|Plan|Slack|Webhook)Role/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:parameter/sluice/[a-z0-9-]+/services/\*\]$`,
		"asking for an unknown service must answer 'not found', which becomes a rejection with a remedy; 'denied' would look like a fault",
	},
	{
		`/(Trigger|Pipeline|Webhook)Role/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:parameter/sluice/[a-z0-9-]+/sources/\*\]$`,
		"a push to a repository that nothing is released from must find nothing, and not be denied",
	},
	{
		`/WebhookRole/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:secret:sluice-[a-z0-9-]+/webhook-(github|gitlab|bitbucket)/\*\]$`,
		"a repository may have a secret of its own, below that of its host; which have one is not known to the stack",
	},
	{
		`/SweepRole/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:mapRun:sluice-[a-z0-9-]+-release/\*:\*\]$`,
		"AWS's reference wants it for states:ListExecutions besides the machine; Sluice's machine has no map, so there is none to list",
	},
	{
		`/PlanTargets[0-9]+ AwsSolutions-IAM5\[Resource::arn:[^\]]*:log-group:/aws/codebuild/[A-Za-z0-9_-]+:log-stream:\*\]$`,
		"each build has a log stream of its own, whose name is not known before; the group is that of a project which a definition names",
	},
	{
		`/Operator AwsSolutions-IAM5\[Resource::arn:[^\]]*:log-group:/aws/lambda/sluice-[a-z0-9-]+-\*\]$`,
		"sluice logs reads the logs of all functions of this Sluice, of which there is one more for each kind of target; secrets never reach a log",
	},
	{
		`/Operator AwsSolutions-IAM5\[Resource::\*\]$`,
		"a list of log groups has no resource to name",
	},
	{
		`/(Trigger|Sweep)Role/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:execution:sluice-[a-z0-9-]+-release:\*\]$`,
		"executions have names that are not known before they start; only those of Sluice's own machine can be described",
	},
	{
		`/(Plan|Shift)Targets[0-9]+ AwsSolutions-IAM5\[Resource::arn:[^\]]*:function:[A-Za-z0-9_-]+:\*\]$`,
		"the candidate's version number is not known before a release asks for it; the function is one that a definition names",
	},
	{
		`/WatchRole/Resource AwsSolutions-IAM5\[Resource::arn:[^\]]*:alarm-mute-rule:\*\]$`,
		"a mute rule is named by whoever mutes; what is muted is only read",
	},
	{
		`/People/Resource AwsSolutions-SNS2$`,
		"topic.go: alarms cannot publish under the account's own key, and a key of our own costs money at rest to hide no secret",
	},
	{
		`DeadLetters/Resource AwsSolutions-SQS3$`,
		"this is a dead-letter queue, of an EventBridge rule and a function; cdk-nag looks for queues that redrive to it only",
	},
}

func TestTheAwsSolutionsPackFindsNothingWithoutAReason(t *testing.T) {
	used := map[string]bool{}
	for _, environment := range []string{"production", "sandbox"} {
		for _, finding := range findings(t, environment) {
			if pattern := reasonFor(finding); pattern != "" {
				used[pattern] = true
				continue
			}
			t.Errorf("%s\nMend it, or write the reason into accepted.", finding)
		}
	}
	for _, a := range accepted {
		if !used[a.finding] {
			t.Errorf("nothing matches %s any more: delete it from accepted", a.finding)
		}
	}
}

func reasonFor(finding string) string {
	for _, a := range accepted {
		if regexp.MustCompile(a.finding).MatchString(strings.SplitN(finding, ": ", 2)[0]) {
			return a.finding
		}
	}
	return ""
}

// findings are the pack's errors and warnings, "path rule[detail]: what it says".
func findings(t *testing.T, environment string) []string {
	t.Helper()
	made := newStack(t, environment)
	awscdk.Aspects_Of(made).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
	everything := assertions.Match_StringLikeRegexp(jsii.String("AwsSolutions-.*"))
	annotations := assertions.Annotations_FromStack(made)
	var all []string
	for _, m := range append(*annotations.FindError(jsii.String("*"), everything), *annotations.FindWarning(jsii.String("*"), everything)...) {
		//lint:ignore SA1019 the binding of the assertions still returns this type, and no other
		all = append(all, fmt.Sprintf("%s %v", *m.Id, m.Entry.Data))
	}
	if len(all) == 0 {
		t.Error("cdk-nag found nothing at all: it did not run")
	}
	return all
}
