package commands

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"sluice/shared/rollout"
	"sluice/test/scenario"
)

// lookups are the commands by which people find out what is the matter, and mend it by hand.
var lookups = map[string]row{
	"aws sts get-caller-identity":                          {then: account},
	". dist/host/environment\naws sts get-caller-identity": {handed: true, then: account},
	"aws lambda update-function-code": {
		folder: func(s *story) string { return s.source },
		then: func(s *story, said string) {
			versions, err := s.Sandbox.Lambda.ListVersionsByFunction(s.T.Context(), &lambda.ListVersionsByFunctionInput{FunctionName: aws.String(scenario.Service)})
			s.must(err)
			if n := len(versions.Versions); n != 5 { // $LATEST, the three of every story, and the one that was built
				s.T.Errorf("the function has %d versions", n)
			}
		},
	},
	"aws dynamodb get-item --table-name sluice-$ENV --key": {then: func(s *story, said string) { s.says(said, s.release, `"state"`, `"step"`, `"end"`, `"audit"`) }},
	"aws stepfunctions get-execution-history":              {then: func(s *story, said string) { s.says(said, "ExecutionStarted", "ExecutionSucceeded", s.release) }},
	"aws lambda get-alias": {
		given: func(s *story) { s.serves("1", map[string]float64{"2": 0.05}) },
		then:  func(s *story, said string) { s.says(said, `"FunctionVersion": "1"`, `"2": 0.05`) },
	},
	"aws lambda update-alias": {
		given: func(s *story) { s.serves("1", map[string]float64{"2": 0.05}) },
		then: func(s *story, said string) {
			if s.Serves() != "1" {
				s.T.Errorf("the alias serves %s", s.Serves())
			}
		},
	},
	"aws lambda publish-version":               {then: func(s *story, said string) { s.says("1 2 3 4 5 6 7", strings.TrimSpace(said)) }},
	"aws lambda wait function-updated-v2":      {},
	"aws lambda update-function-configuration": {then: func(s *story, said string) { s.says(said, `"Version": "$LATEST"`) }},
	"aws lambda create-alias --function-name checkout": {
		given: func(s *story) {
			_, err := s.Lambda.DeleteAlias(s.T.Context(), &lambda.DeleteAliasInput{FunctionName: aws.String(scenario.Service), Name: aws.String(scenario.Alias)})
			s.must(err)
		},
		then: func(s *story, said string) { s.says(said, `"FunctionVersion": "1"`) },
	},
	"aws cloudwatch put-metric-alarm": {then: func(s *story, said string) {
		out, err := s.CloudWatch.DescribeAlarms(s.T.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{scenario.Alarm}})
		s.must(err)
		if a := out.MetricAlarms; len(a) != 1 || aws.ToString(a[0].TreatMissingData) != "notBreaching" || len(a[0].Dimensions) != 2 {
			s.T.Errorf("the alarm is %+v", a)
		}
		s.GreenAlarm(scenario.Alarm) // as it was: it would hear of the errors that other commands make
	}},
	"aws cloudwatch set-alarm-state": {then: func(s *story, said string) {
		if r := s.ends(rollout.RolledBack); !strings.Contains(r.Cause.Reason, scenario.Alarm) || s.Serves() != "1" {
			s.T.Errorf("it ended because of %+v, and the alias serves %s", r.Cause, s.Serves())
		}
		s.AlarmGreen(scenario.Alarm)
	}},
	"aws events disable-rule": {then: func(s *story, said string) {
		rule, bus := aws.String("sluice-sandbox-trigger"), aws.String("sluice-sandbox")
		out, err := s.Events.DescribeRule(s.T.Context(), &eventbridge.DescribeRuleInput{Name: rule, EventBusName: bus})
		s.must(err)
		if out.State != types.RuleStateDisabled {
			s.T.Errorf("the rule that starts releases is %s", out.State)
		}
		_, err = s.Events.EnableRule(s.T.Context(), &eventbridge.EnableRuleInput{Name: rule, EventBusName: bus})
		s.must(err)
	}},
}

func account(s *story, said string) { s.says(said, `"Account": "123456789012"`) }
