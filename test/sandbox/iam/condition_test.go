package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"sluice/test/sandbox/iam"
)

func TestConditions(t *testing.T) {
	const arn = "arn:aws:events:us-east-1:123456789012:rule/a"
	for _, c := range []struct {
		condition string
		source    string // aws:SourceArn; "" is absent
		want      bool
	}{
		{`"StringEquals":{"aws:SourceArn":"` + arn + `"}`, arn, true},
		{`"StringEquals":{"aws:SourceArn":["x","` + arn + `"]}`, arn, true},
		{`"StringEquals":{"aws:SourceArn":"` + arn + `"}`, strings.ToUpper(arn), false},
		{`"StringEquals":{"aws:SourceArn":"` + arn + `"}`, "", false},
		{`"StringEquals":{"aws:SourceArn":"arn:*"}`, arn, false},
		{`"StringNotEquals":{"aws:SourceArn":["x","` + arn + `"]}`, arn, false},
		{`"StringNotEquals":{"aws:SourceArn":["x","y"]}`, arn, true},
		{`"StringNotEquals":{"aws:SourceArn":"x"}`, "", true},
		{`"StringEqualsIgnoreCase":{"aws:SourceArn":"` + arn + `"}`, strings.ToUpper(arn), true},
		{`"StringNotEqualsIgnoreCase":{"aws:SourceArn":"` + arn + `"}`, strings.ToUpper(arn), false},
		{`"StringLike":{"aws:SourceArn":"arn:*rule/?"}`, arn, true},
		{`"StringLike":{"aws:SourceArn":"arn:*rule/?"}`, arn + "b", false},
		{`"StringNotLike":{"aws:SourceArn":"arn:*"}`, arn, false},
		{`"StringEqualsIfExists":{"aws:SourceArn":"x"}`, "", true},
		{`"StringEqualsIfExists":{"aws:SourceArn":"x"}`, arn, false},
		{`"ArnEquals":{"aws:SourceArn":"arn:aws:events:*:123456789012:rule/*"}`, arn, true},
		{`"ArnLike":{"aws:SourceArn":"arn:aws:*:us-east-1:123456789012:a"}`, arn, false},
		{`"ArnLike":{"aws:SourceArn":"arn:aws:events:*:123456789012:rule/*"}`, "", false},
		{`"ArnNotLike":{"aws:SourceArn":"arn:aws:events:*:*:*"}`, arn, false},
		{`"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:*:*:*"}`, arn, true},
		{`"Null":{"aws:SourceArn":true}`, "", true},
		{`"Null":{"aws:SourceArn":"true"}`, arn, false},
		{`"Null":{"aws:SourceArn":"false"}`, arn, true},
		{`"Bool":{"aws:PrincipalIsAWSService":"false"}`, "", true},
		{`"Bool":{"aws:SecureTransport":"true"}`, "", true},
		{`"Bool":{"aws:SecureTransport":false}`, "", false},
		{`"NumericLessThan":{"aws:SourceAccount":"8"}`, "", true},
		{`"NumericLessThan":{"aws:SourceAccount":7}`, "", false},
		{`"NumericLessThanEquals":{"aws:SourceAccount":7}`, "", true},
		{`"NumericGreaterThan":{"aws:SourceAccount":"6.5"}`, "", true},
		{`"NumericGreaterThanEquals":{"aws:SourceAccount":"8"}`, "", false},
		{`"NumericEquals":{"aws:SourceAccount":"7.0"}`, "", true},
		{`"NumericNotEquals":{"aws:SourceAccount":"7.0"}`, "", false},
		{`"NumericEquals":{"aws:SourceArn":"7"}`, arn, false},
		{`"StringEquals":{"aws:PrincipalArn":"` + shift + `","aws:PrincipalAccount":"123456789012","aws:ResourceAccount":"123456789012","aws:RequestedRegion":"us-east-1"}`, "", true},
		{`"StringEquals":{"AWS:SourceOwner":"123456789012"}`, "", true},
		{`"StringEquals":{"aws:PrincipalServiceName":"events.amazonaws.com"}`, "", false},
		// Several keys and operators must all hold.
		{`"StringEquals":{"aws:SourceArn":"` + arn + `","aws:SourceAccount":"8"}`, arn, false},
		{`"StringEquals":{"aws:SourceArn":"` + arn + `"},"NumericEquals":{"aws:SourceAccount":"8"}`, arn, false},
	} {
		p := withRole(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}}`)
		r := iam.Request{Principal: shift, Action: "lambda:GetAlias", Resource: checkout, Context: map[string]string{"AWS:SourceAccount": "7"}}
		if c.source != "" {
			r.Context["aws:sourcearn"] = c.source
		}
		if err := p.Allow(r); (err == nil) != c.want {
			t.Errorf("%s with source %q: got %v", c.condition, c.source, err)
		}
	}
}

// The table of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html,
// in words of the keys that DynamoDB has.
func TestConditionsOnKeysOfSeveralValues(t *testing.T) {
	const own = `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["delivery#*","pass#*"]}`
	const present = `,"Null":{"dynamodb:LeadingKeys":"false"}`
	const foreign = `"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":"release#1"}`
	for _, c := range []struct {
		condition string
		keys      []string
		want      bool
	}{
		{own, []string{"delivery#1"}, true},
		{own, []string{"delivery#1", "pass#2"}, true},
		{own, []string{"delivery#1", "release#2"}, false},
		{own, nil, true}, // without Null a Scan would pass
		{own + present, nil, false},
		{own + present, []string{"pass#1"}, true},
		{foreign, []string{"delivery#1", "release#1"}, true},
		{foreign, []string{"delivery#1"}, false},
		{foreign, nil, false},
		{`"ForAnyValue:StringEqualsIfExists":{"dynamodb:LeadingKeys":"release#1"}`, nil, true},
		{`"ForAllValues:StringNotLike":{"dynamodb:LeadingKeys":["release#*","target#*"]}`, []string{"pass#1", "delivery#1"}, true},
		{`"ForAllValues:StringNotLike":{"dynamodb:LeadingKeys":["release#*","target#*"]}`, []string{"pass#1", "target#1"}, false},
		{`"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":"pass#*"}`, []string{"pass#1", "target#1"}, true},
		{`"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":"pass#*"}`, []string{"pass#1"}, false},
	} {
		p := withRole(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}}`)
		r := iam.Request{Principal: shift, Action: "dynamodb:PutItem", Resource: table, Keys: map[string][]string{"dynamodb:leadingkeys": c.keys}}
		if err := p.Allow(r); (err == nil) != c.want {
			t.Errorf("%s with %q: got %v", c.condition, c.keys, err)
		}
	}
}

func TestWhatIsNotEvaluatedIsRefusedWhenAdded(t *testing.T) {
	const rest = `"Action":"*","Resource":"*"`
	for name, text := range map[string]string{
		"operator":                   `{"Effect":"Allow",` + rest + `,"Condition":{"DateLessThan":{"aws:SourceArn":"2026-01-01"}}}`,
		"set operator":               `{"Effect":"Allow",` + rest + `,"Condition":{"ForAllValues:StringEquals":{"aws:SourceArn":"x"}}}`,
		"set operator that is none":  `{"Effect":"Allow",` + rest + `,"Condition":{"ForSomeValues:StringEquals":{"events:source":"x"}}}`,
		"several values without one": `{"Effect":"Allow",` + rest + `,"Condition":{"StringEquals":{"events:source":"x"}}}`,
		"condition key":              `{"Effect":"Allow",` + rest + `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`,
		"variable in a condition":    `{"Effect":"Allow",` + rest + `,"Condition":{"StringEquals":{"aws:SourceArn":"${aws:PrincipalArn}"}}}`,
		"flag that is none":          `{"Effect":"Allow",` + rest + `,"Condition":{"Bool":{"aws:SecureTransport":"yes"}}}`,
		"number that is none":        `{"Effect":"Allow",` + rest + `,"Condition":{"NumericEquals":{"aws:SourceAccount":"x"}}}`,
		"ARN that is none":           `{"Effect":"Allow",` + rest + `,"Condition":{"ArnLike":{"aws:SourceArn":"x"}}}`,
		"variable in a resource":     `{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::bucket/${aws:username}"}`,
		"resource that is no ARN":    `{"Effect":"Allow","Action":"*","Resource":"checkout"}`,
		"effect":                     `{"Effect":"allow",` + rest + `}`,
		"action without service":     `{"Effect":"Allow","Action":"GetAlias","Resource":"*"}`,
		"no action":                  `{"Effect":"Allow","Resource":"*"}`,
		"both actions":               `{"Effect":"Allow","Action":"*","NotAction":"sts:GetCallerIdentity","Resource":"*"}`,
		"no resource":                `{"Effect":"Allow","Action":"*"}`,
		"both resources":             `{"Effect":"Allow",` + rest + `,"NotResource":"*"}`,
		"principal in a role policy": `{"Effect":"Allow",` + rest + `,"Principal":"*"}`,
		"element":                    `{"Effect":"Allow",` + rest + `,"NotPrincipal":"*"}`,
		"nested value":               `{"Effect":"Allow","Action":[["sts:GetCallerIdentity"]],"Resource":"*"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := iam.ParseDocument([]byte(`{"Version":"2012-10-17","Statement":[` + text + `]}`))
			if err == nil {
				err = new(iam.Policies).AddRole(shift, document(t, lambdaMayAssume), []iam.Document{d})
			}
			if err == nil {
				t.Error("it was taken")
			}
		})
	}
	for name, text := range map[string]string{
		"no principal":           `{"Effect":"Allow",` + rest + `}`,
		"federated principal":    `{"Effect":"Allow","Principal":{"Federated":"x"},` + rest + `}`,
		"user":                   `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/me"},` + rest + `}`,
		"wildcard for a service": `{"Effect":"Allow","Principal":{"Service":"*.amazonaws.com"},` + rest + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := iam.ParseDocument([]byte(`{"Statement":` + text + `}`))
			if err == nil {
				err = new(iam.Policies).AddResourcePolicy(queue, d)
			}
			if err == nil {
				t.Error("it was taken")
			}
		})
	}
	for _, text := range []string{`{}`, `[]`, `{"Version":"2026-01-01","Statement":[]}`, `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}`} {
		d, err := iam.ParseDocument([]byte(text))
		if err == nil {
			err = new(iam.Policies).AddRole(shift, d, nil)
		}
		if err == nil {
			t.Errorf("trust policy %s was taken", text)
		}
	}
	if err := new(iam.Policies).AddRole("shift", document(t, lambdaMayAssume), nil); err == nil {
		t.Error("a name was taken for an ARN")
	}
}

func TestOneStatementNeedsNoList(t *testing.T) {
	p := &iam.Policies{}
	d := document(t, `{"Id":"x","Statement":{"Sid":"One","Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}}`)
	if err := p.AddRole(shift, document(t, lambdaMayAssume), []iam.Document{d}); err != nil {
		t.Fatal(err)
	}
	if err := p.Allow(iam.Request{Principal: shift, Action: "sts:GetCallerIdentity", Resource: "*"}); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(p.Used()); got != "[{"+shift+" sts:GetCallerIdentity *}]" {
		t.Error(got)
	}
}
