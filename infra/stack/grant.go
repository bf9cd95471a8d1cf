package stack

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// A grant is one statement of a role's policy. It is plain data, so that one can read, count and test what a function may do
// without the CDK.
type grant struct {
	sid       string
	actions   []string
	resources []string
	when      map[string]map[string]any // condition: operator, then key, then value
	grows     bool                      // with the definitions: see policies.go
}

func one(g grant) []grant { return []grant{g} }

func allow(sid string, resources []string, actions ...string) grant {
	return grant{sid: sid, actions: actions, resources: resources}
}

// anywhere allows actions on all resources, because they know no narrower one; each must be on the list Everywhere.
func anywhere(sid string, actions ...string) grant {
	for _, a := range actions {
		if Everywhere[a] == "" {
			panic("allowing " + a + " on every resource: write the reason into stack.Everywhere first")
		}
	}
	return allow(sid, []string{"*"}, actions...)
}

// Everywhere lists the actions that may be allowed on all resources, each with the reason. A test checks the template
// against it. Resource types are those of https://docs.aws.amazon.com/service-authorization/latest/reference/.
var Everywhere = map[string]string{
	"autoscaling:DescribeAutoScalingGroups":              "Auto Scaling has no resource to name for describing",
	"autoscaling:DescribeInstanceRefreshes":              "Auto Scaling has no resource to name for describing",
	"autoscaling:DescribeScalingActivities":              "Auto Scaling has no resource to name for describing",
	"ec2:CreateTags":                                     "what is launched has no name before: a condition allows tags at a launch alone",
	"ec2:RunInstances":                                   "a launch is about a dozen sorts of things, which the launch template names: a condition allows those of that template alone",
	"xray:PutTraceSegments":                              "X-Ray has no resource to name for writing traces",
	"xray:PutTelemetryRecords":                           "X-Ray has no resource to name for writing traces",
	"xray:GetSamplingRules":                              "X-Ray has no resource to name for sampling; Step Functions needs it to trace",
	"xray:GetSamplingTargets":                            "X-Ray has no resource to name for sampling; Step Functions needs it to trace",
	"cloudwatch:GetMetricData":                           "CloudWatch has no resource to name for reading metrics",
	"codedeploy:ListApplications":                        "a list has no resource to name",
	"cloudwatch:ListAlarmMuteRules":                      "a list has no resource to name",
	"cloudwatch:DescribeAlarms":                          "a guard alarm may be a composite one, and AWS asks for all alarms to read those (API_DescribeAlarms)",
	"codepipeline:PutJobSuccessResult":                   "a job has no resource to name: its id says which it is, and only the function that it was given to knows it",
	"codepipeline:PutJobFailureResult":                   "as above",
	"config:GetComplianceDetailsByResource":              "AWS Config has no resource to name for reading what its rules say of one",
	"ecs:DescribeTaskDefinition":                         "ECS has no resource to name for reading task definitions",
	"elasticloadbalancing:DescribeRules":                 "Elastic Load Balancing has no resource to name for describing",
	"elasticloadbalancing:DescribeListeners":             "Elastic Load Balancing has no resource to name for describing",
	"elasticloadbalancing:DescribeTags":                  "Elastic Load Balancing has no resource to name for describing",
	"elasticloadbalancing:DescribeTargetGroupAttributes": "Elastic Load Balancing has no resource to name for describing",
	"elasticloadbalancing:DescribeTargetHealth":          "Elastic Load Balancing has no resource to name for describing",
	"inspector2:ListFindings":                            "a list has no resource to name",
	"inspector2:ListCoverage":                            "a list has no resource to name",
	"states:SendTaskSuccess":                             "an answer to a task has no resource to name: its token says which task it is, and only Sluice's table has it",
	"logs:CreateLogDelivery":                             "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:GetLogDelivery":                                "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:UpdateLogDelivery":                             "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:DeleteLogDelivery":                             "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:ListLogDeliveries":                             "log deliveries have no resource to name; Step Functions needs it to log",
	"logs:PutResourcePolicy":                             "resource policies belong to the account; Step Functions needs it to log",
	"logs:DescribeResourcePolicies":                      "resource policies belong to the account; Step Functions needs it to log",
	"logs:DescribeLogGroups":                             "a list has no resource to name; Step Functions needs it to log",
}

// only is the grant with one more condition.
func (g grant) only(operator, key string, value any) grant {
	when := maps.Clone(g.when)
	if when == nil {
		when = map[string]map[string]any{}
	}
	when[operator] = maps.Clone(when[operator])
	if when[operator] == nil {
		when[operator] = map[string]any{}
	}
	when[operator][key] = value
	g.when = when
	return g
}

func (g grant) statement() awsiam.PolicyStatement {
	s := awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String(g.sid), Effect: awsiam.Effect_ALLOW, Actions: jsii.Strings(g.actions...), Resources: jsii.Strings(g.resources...),
	})
	for _, operator := range slices.Sorted(maps.Keys(g.when)) {
		s.AddCondition(jsii.String(operator), g.when[operator])
	}
	return s
}

func document(grants []grant) awsiam.PolicyDocument {
	statements := make([]awsiam.PolicyStatement, len(grants))
	for i, g := range grants {
		statements[i] = g.statement()
	}
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

// written is the grant as IAM's JSON has it: one resource stands alone, several in a list.
func (g grant) written() map[string]any {
	s := map[string]any{"Sid": g.sid, "Effect": "Allow", "Action": single(g.actions), "Resource": single(g.resources)}
	if g.when != nil {
		s["Condition"] = g.when
	}
	return s
}

func single(texts []string) any {
	if len(texts) == 1 {
		return texts[0]
	}
	return texts
}

func writtenDocument(grants []grant) map[string]any {
	statements := make([]any, len(grants))
	for i, g := range grants {
		statements[i] = g.written()
	}
	return map[string]any{"Version": "2012-10-17", "Statement": statements}
}

// size counts the characters that IAM counts after deployment, which are all but white space. The partition, the Region and the
// account stand in the ARNs then; size assumes the longest that there are.
func (h home) size(grants []grant) int {
	text, _ := json.Marshal(writtenDocument(grants)) // it cannot fail on texts
	return len(strings.NewReplacer(h.Partition, longestPartition, h.Region, longestRegion, h.Account, anAccount).Replace(string(text)))
}
