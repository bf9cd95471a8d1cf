package sfn_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssfn "github.com/aws/aws-sdk-go-v2/service/sfn"
)

func TestDefinitionsThatAreRefused(t *testing.T) {
	pass := `"A":{"Type":"Pass","End":true}`
	tests := map[string]struct{ definition, says string }{
		"JSONata":                         {`{"QueryLanguage":"JSONata","StartAt":"A","States":{` + pass + `}}`, "QueryLanguage JSONata is not implemented"},
		"JSONata in one state":            {`{"StartAt":"A","States":{"A":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% 1 %}","End":true}}}`, "QueryLanguage JSONata is not implemented"},
		"workflow variables":              {`{"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"x":1},"End":true}}}`, "workflow variables"},
		"a misspelled field":              {`{"StartAt":"A","States":{"A":{"Type":"Pass","Paramters":{},"End":true}}}`, `"Paramters" is not supported`},
		"no way out":                      {`{"StartAt":"A","States":{"A":{"Type":"Pass"}}}`, "either Next or End"},
		"two ways out":                    {`{"StartAt":"A","States":{"A":{"Type":"Pass","End":true,"Next":"A"}}}`, "either Next or End"},
		"a start that is not there":       {`{"StartAt":"Z","States":{` + pass + `}}`, "MISSING_TRANSITION_TARGET"},
		"a target that is not there":      {`{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"Z"}}}`, "Missing 'Next' target: Z"},
		"a catch target that is missing":  {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Z"}]`) + `}}`, "Missing 'Next' target: Z"},
		"a state nobody reaches":          {`{"StartAt":"A","States":{` + pass + `,"B":{"Type":"Succeed"}}}`, `State "B" is not reachable`},
		"the same name in a branch":       {`{"StartAt":"A","States":{"A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{` + pass + `}}]}}}`, "DUPLICATE_STATE_NAME"},
		"States.ALL with company":         {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"Retry":[{"ErrorEquals":["States.ALL","X"]}]`) + `}}`, "States.ALL must stand alone"},
		"States.ALL not last":             {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"Retry":[{"ErrorEquals":["States.ALL"]},{"ErrorEquals":["X"]}]`) + `}}`, "States.ALL must stand alone"},
		"BackoffRate below 1":             {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"Retry":[{"ErrorEquals":["X"],"BackoffRate":0.5}]`) + `}}`, "BackoffRate"},
		"a ceiling below the interval":    {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"Retry":[{"ErrorEquals":["X"],"IntervalSeconds":5,"MaxDelaySeconds":5}]`) + `}}`, "MaxDelaySeconds"},
		"a heartbeat beyond the timeout":  {`{"StartAt":"A","States":{"A":` + task("f", `"End":true,"TimeoutSeconds":5,"HeartbeatSeconds":5`) + `}}`, "HeartbeatSeconds must be smaller"},
		"a service besides Lambda":        {`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","End":true}}}`, "not implemented"},
		"an argument Lambda has not":      {`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Body":1},"End":true}}}`, `"Body" is not supported`},
		"a distributed Map":               {`{"StartAt":"A","States":{"A":{"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"B","States":{"B":{"Type":"Succeed"}}}}}}`, "DISTRIBUTED is not implemented"},
		"a path that is none":             {`{"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"a.b","End":true}}}`, "does not start with $"},
		"a workflow variable":             {`{"StartAt":"A","States":{"A":{"Type":"Pass","InputPath":"$x.b","End":true}}}`, "workflow variables"},
		"a ResultPath with a wildcard":    {`{"StartAt":"A","States":{"A":{"Type":"Pass","ResultPath":"$.a[*]","End":true}}}`, "reference path"},
		"an intrinsic function":           {`{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"x.$":"States.UUID()"},"End":true}}}`, "carries out States.Format alone"},
		"a format with a function inside": {`{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"x.$":"States.Format('{}', States.UUID())"},"End":true}}}`, "texts and paths alone"},
		"a format that lacks an argument": {`{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"x.$":"States.Format('{} {}', $.a)"},"End":true}}}`, "an argument for each {}"},
		"text where a path must be":       {`{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"x.$":"text"},"End":true}}}`, "must be a path"},
		"an operator that is unknown":     {`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","StringIs":"x","Next":"A"}]}}}`, `"StringIs" is not known`},
		"an operand of another type":      {`{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":"1","Next":"A"}]}}}`, "cannot compare"},
		"two kinds of waiting":            {`{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":1,"SecondsPath":"$.a","End":true}}}`, "exactly one of"},
		"a name of 81 characters":         {`{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"` + strings.Repeat("B", 81) + `"},"` + strings.Repeat("B", 81) + `":{"Type":"Succeed"}}}`, "1 to 80 characters"},
		"text that is not JSON":           {`{`, "unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				_, err := h.CreateStateMachine(t.Context(), &awssfn.CreateStateMachineInput{Name: aws.String("m"), RoleArn: aws.String(role), Definition: &test.definition})
				wantCode(t, err, "InvalidDefinition")
				if err != nil && !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v does not say %q", err, test.says)
				}
			})
		})
	}
}
