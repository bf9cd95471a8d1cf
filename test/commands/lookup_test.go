package commands

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

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
