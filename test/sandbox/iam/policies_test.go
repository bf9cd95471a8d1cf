package iam_test

import (
	"errors"
	"strings"
	"testing"

	"sluice/test/sandbox/iam"
	"sluice/test/sandbox/wire"
)

const (
	shift    = "arn:aws:iam::123456789012:role/sluice/shift"
	stranger = "arn:aws:iam::999999999999:role/stranger"
	checkout = "arn:aws:lambda:us-east-1:123456789012:function:checkout"
	table    = "arn:aws:dynamodb:us-east-1:123456789012:table/sluice"
	queue    = "arn:aws:sqs:us-east-1:123456789012:dead-letters"
	rule     = "arn:aws:events:us-east-1:123456789012:rule/bus/guard"
	shiftNow = "arn:aws:sts::123456789012:assumed-role/shift/sandbox"
	events   = "events.amazonaws.com"
)

const lambdaMayAssume = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func document(t *testing.T, text string) iam.Document {
	t.Helper()
	d, err := iam.ParseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// statement is a document of one statement.
func statement(t *testing.T, text string) iam.Document {
	t.Helper()
	return document(t, `{"Version":"2012-10-17","Statement":`+text+`}`)
}

// withRole has the role shift with the given statements.
func withRole(t *testing.T, statements ...string) *iam.Policies {
	t.Helper()
	p := &iam.Policies{}
	policy := document(t, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
	if err := p.AddRole(shift, document(t, lambdaMayAssume), []iam.Document{policy}); err != nil {
		t.Fatal(err)
	}
	return p
}

// refused fails the test unless the error is AWS's refusal with this message.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	var e *wire.Error
	switch {
	case !errors.As(err, &e):
		t.Errorf("got %v, want a refusal", err)
	case e.Code != "AccessDeniedException" || e.Message != want:
		t.Errorf("got  %s %s\nwant %s", e.Code, e.Message, want)
	}
}

func TestIdentityPolicies(t *testing.T) {
	for _, c := range []struct {
		name, statements, action, resource string
		allowed                            bool
	}{
		{"exact", `{"Effect":"Allow","Action":"lambda:UpdateAlias","Resource":"` + checkout + `"}`, "lambda:UpdateAlias", checkout, true},
		{"actions ignore case", `{"Effect":"Allow","Action":"LAMBDA:updatealias","Resource":"*"}`, "lambda:UpdateAlias", checkout, true},
		{"resources do not", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:lambda:us-east-1:123456789012:function:Checkout"}`, "lambda:UpdateAlias", checkout, false},
		{"other action", `{"Effect":"Allow","Action":"lambda:GetAlias","Resource":"*"}`, "lambda:UpdateAlias", checkout, false},
		{"other resource", `{"Effect":"Allow","Action":"lambda:*","Resource":"` + checkout + `"}`, "lambda:GetAlias", checkout + "2", false},
		{"one of several", `{"Effect":"Allow","Action":["sts:GetCallerIdentity","lambda:Get*"],"Resource":["` + queue + `","` + checkout + `"]}`, "lambda:GetAlias", checkout, true},
		{"question mark", `{"Effect":"Allow","Action":"lambda:Get?lias","Resource":"*"}`, "lambda:GetAlias", checkout, true},
		{"a function is not its versions", `{"Effect":"Allow","Action":"*","Resource":"` + checkout + `"}`, "lambda:InvokeFunction", checkout + ":7", false},
		{"a function's versions are not it", `{"Effect":"Allow","Action":"*","Resource":"` + checkout + `:*"}`, "lambda:InvokeFunction", checkout, false},
		{"star reaches over colons in the resource", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:lambda:us-east-1:123456789012:function:check*"}`, "lambda:InvokeFunction", checkout + ":7", true},
		{"star does not reach into the next part", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:lambda:*:function:checkout"}`, "lambda:GetAlias", checkout, false},
		{"star for region and account", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:lambda:*:*:function:checkout"}`, "lambda:GetAlias", checkout, true},
		{"an ARN does not cover calls on *", `{"Effect":"Allow","Action":"*","Resource":"arn:aws:cloudwatch:*:*:*"}`, "cloudwatch:GetMetricData", "*", false},
		{"NotAction", `{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, "lambda:GetAlias", checkout, true},
		{"NotAction, named", `{"Effect":"Allow","NotAction":["iam:*","lambda:Get*"],"Resource":"*"}`, "lambda:GetAlias", checkout, false},
		{"NotResource", `{"Effect":"Allow","Action":"*","NotResource":"` + queue + `"}`, "lambda:GetAlias", checkout, true},
		{"NotResource, named", `{"Effect":"Allow","Action":"*","NotResource":"` + checkout + `"}`, "lambda:GetAlias", checkout, false},
		{"nothing is allowed by itself", `{"Effect":"Deny","Action":"sts:GetCallerIdentity","Resource":"*"}`, "lambda:GetAlias", checkout, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := withRole(t, c.statements).Allow(iam.Request{Principal: shift, Action: c.action, Resource: c.resource})
			if (err == nil) != c.allowed {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRefusalsReadLikeThoseOfAWS(t *testing.T) {
	update := iam.Request{Principal: shift, Action: "lambda:UpdateAlias", Resource: checkout}
	user := "User: " + shiftNow + " is not authorized to perform: lambda:UpdateAlias on resource: " + checkout + " "
	const allow = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	const deny = `{"Effect":"Deny","Action":"lambda:Update*","Resource":"*"}`

	refused(t, withRole(t, `{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}`).Allow(update), user+"because no identity-based policy allows the lambda:UpdateAlias action")
	refused(t, withRole(t, allow, deny).Allow(update), user+"with an explicit deny in an identity-based policy")

	p := withRole(t, allow)
	if err := p.AddResourcePolicy(checkout, statement(t, `{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`)); err != nil {
		t.Fatal(err)
	}
	refused(t, p.Allow(update), user+"with an explicit deny in a resource-based policy")

	service := "User: events.amazonaws.com is not authorized to perform: "
	refused(t, p.Allow(iam.Request{Service: events, Action: "sqs:SendMessage", Resource: queue}), service+"sqs:SendMessage on resource: "+queue+" because no resource-based policy allows the sqs:SendMessage action")
	refused(t, p.Allow(iam.Request{Service: events, Action: "sts:AssumeRole", Resource: shift}), service+"sts:AssumeRole on resource: "+shift+" because no role trust policy allows the sts:AssumeRole action")
	refused(t, p.Allow(iam.Request{Principal: shift, Service: events, Action: "lambda:GetAlias", Resource: checkout}), service+"sts:AssumeRole on resource: "+shift+" because no role trust policy allows the sts:AssumeRole action")
}

func TestThePersonMayDoAnythingAndAnUnknownRoleNothing(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	if err := p.Allow(iam.Request{Action: "lambda:UpdateAlias", Resource: checkout}); err != nil {
		t.Error(err)
	}
	if err := p.Allow(iam.Request{Principal: shift + "y", Action: "lambda:UpdateAlias", Resource: checkout}); err == nil {
		t.Error("a role that does not exist was let in")
	}
}

func TestServicesNeedThePolicyOfTheResource(t *testing.T) {
	p := &iam.Policies{}
	if err := p.AddResourcePolicy(queue, document(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sqs:*","Resource":"`+queue+`","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"`+queue+`","Condition":{"ArnEquals":{"AWS:SourceArn":"`+rule+`"},"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`)); err != nil {
		t.Fatal(err)
	}
	source := map[string]string{"aws:SourceArn": rule, "aws:SourceAccount": "123456789012"}
	send := iam.Request{Service: events, Action: "sqs:SendMessage", Resource: queue, Context: source}
	if err := p.Allow(send); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*iam.Request){
		"service":  func(r *iam.Request) { r.Service = "sns.amazonaws.com" },
		"action":   func(r *iam.Request) { r.Action = "sqs:PurgeQueue" },
		"resource": func(r *iam.Request) { r.Resource = queue + "2" },
		"rule": func(r *iam.Request) {
			r.Context = map[string]string{"aws:SourceArn": rule + "2", "aws:SourceAccount": "123456789012"}
		},
		"account": func(r *iam.Request) { r.Context = map[string]string{"aws:SourceArn": rule, "aws:SourceAccount": "1"} },
		"unsaid":  func(r *iam.Request) { r.Context = nil },
		"plain http": func(r *iam.Request) {
			r.Context = map[string]string{"aws:SourceArn": rule, "aws:SourceAccount": "123456789012", "aws:SecureTransport": "false"}
		},
	} {
		t.Run("other "+name, func(t *testing.T) {
			r := send
			change(&r)
			if p.Allow(r) == nil {
				t.Errorf("%+v was allowed", r)
			}
		})
	}
}

func TestTheSourceOwnerOfAServicesCallIsItsAccount(t *testing.T) {
	p := &iam.Policies{}
	if err := p.AddResourcePolicy(queue, statement(t, `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"AWS:SourceOwner":"123456789012"}}}`)); err != nil {
		t.Fatal(err)
	}
	for account, want := range map[string]bool{"123456789012": true, "999999999999": false} {
		r := iam.Request{Service: events, Action: "sqs:SendMessage", Resource: queue, Context: map[string]string{"aws:SourceAccount": account}}
		if err := p.Allow(r); (err == nil) != want {
			t.Errorf("from %s: got %v", account, err)
		}
	}
}

func TestAServiceTakesOnARoleThatTrustsIt(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"lambda:GetAlias","Resource":"*"}`)
	get := iam.Request{Principal: shift, Service: "lambda.amazonaws.com", Action: "lambda:GetAlias", Resource: checkout}
	if err := p.Allow(get); err != nil {
		t.Error(err)
	}
	get.Action = "lambda:UpdateAlias"
	if p.Allow(get) == nil {
		t.Error("taking on a role allowed more than the role does")
	}
}

func TestATrustPolicyMaySayForWhichResource(t *testing.T) {
	p := &iam.Policies{}
	trust := statement(t, `{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"`+rule+`"}}}`)
	if err := p.AddRole(shift, trust, []iam.Document{statement(t, `{"Effect":"Allow","Action":"*","Resource":"*"}`)}); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]bool{rule: true, rule + "2": false} {
		r := iam.Request{Principal: shift, Service: events, Action: "sts:GetCallerIdentity", Resource: "*", Context: map[string]string{"aws:SourceArn": source}}
		if err := p.Allow(r); (err == nil) != want {
			t.Errorf("for %s: got %v", source, err)
		}
	}
}

func TestARolesOwnPolicyOrTheResourcesIsEnoughInOneAccount(t *testing.T) {
	for _, c := range []struct {
		name, principal string
		role, account   bool // who is named, who may
		want            bool
	}{
		{"the role is named", `{"AWS":"` + shift + `"}`, false, false, true},
		{"its session is named", `{"AWS":"` + shiftNow + `"}`, false, false, true},
		{"everybody is named", `"*"`, false, false, true},
		{"the account is named, the role has no policy", `{"AWS":"123456789012"}`, false, true, false},
		{"the account's root is named, the role has no policy", `{"AWS":"arn:aws:iam::123456789012:root"}`, false, true, false},
		{"the account is named, the role has a policy", `{"AWS":"123456789012"}`, true, true, true},
		{"another is named, the role has a policy", `{"AWS":"` + stranger + `"}`, true, false, true},
		{"another is named", `{"AWS":"` + stranger + `"}`, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			action := "sts:GetCallerIdentity"
			if c.role {
				action = "sqs:SendMessage"
			}
			p := withRole(t, `{"Effect":"Allow","Action":"`+action+`","Resource":"*"}`)
			if err := p.AddResourcePolicy(queue, statement(t, `{"Effect":"Allow","Principal":`+c.principal+`,"Action":"sqs:SendMessage","Resource":"*"}`)); err != nil {
				t.Fatal(err)
			}
			if err := p.Allow(iam.Request{Principal: shift, Action: "sqs:SendMessage", Resource: queue}); (err == nil) != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestBetweenAccountsBothMustAllow(t *testing.T) {
	for _, c := range []struct{ own, theirs, want bool }{{true, true, true}, {true, false, false}, {false, true, false}} {
		p := &iam.Policies{}
		var own []iam.Document
		if c.own {
			own = append(own, statement(t, `{"Effect":"Allow","Action":"sqs:*","Resource":"*"}`))
		}
		if err := p.AddRole(stranger, document(t, lambdaMayAssume), own); err != nil {
			t.Fatal(err)
		}
		if c.theirs {
			if err := p.AddResourcePolicy(queue, statement(t, `{"Effect":"Allow","Principal":{"AWS":"`+stranger+`"},"Action":"sqs:*","Resource":"*"}`)); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Allow(iam.Request{Principal: stranger, Action: "sqs:SendMessage", Resource: queue}); (err == nil) != c.want {
			t.Errorf("%+v: got %v", c, err)
		}
	}
}

func TestAssumingARoleTakesItsTrust(t *testing.T) {
	assume := iam.Request{Principal: shift, Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/deployer"}
	for name, c := range map[string]struct {
		trusted string
		own     string
		want    bool
	}{
		"own policy alone":               {`{"Service":"lambda.amazonaws.com"}`, "sts:AssumeRole", false},
		"trust in the role":              {`{"AWS":"` + shift + `"}`, "sts:GetCallerIdentity", true},
		"trust in the account alone":     {`{"AWS":"123456789012"}`, "sts:GetCallerIdentity", false},
		"trust in the account, and both": {`{"AWS":"123456789012"}`, "sts:AssumeRole", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := withRole(t, `{"Effect":"Allow","Action":"`+c.own+`","Resource":"*"}`)
			trust := statement(t, `{"Effect":"Allow","Principal":`+c.trusted+`,"Action":"sts:AssumeRole"}`)
			if err := p.AddRole(assume.Resource, trust, nil); err != nil {
				t.Fatal(err)
			}
			if err := p.Allow(assume); (err == nil) != c.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAResourcePolicyIsReplacedAndTakenAway(t *testing.T) {
	p := &iam.Policies{}
	invoke := iam.Request{Service: events, Action: "lambda:InvokeFunction", Resource: checkout}
	allowed := statement(t, `{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}`)
	for _, step := range []struct {
		policy iam.Document
		want   bool
	}{{allowed, true}, {iam.Document{}, false}, {allowed, true}, {statement(t, `{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*"}`), false}} {
		if err := p.SetResourcePolicy(checkout, step.policy); err != nil {
			t.Fatal(err)
		}
		if err := p.Allow(invoke); (err == nil) != step.want {
			t.Errorf("got %v, want allowed %t", err, step.want)
		}
	}
}

// A role that may be given to one service would, given to another, do there whatever it may.
func TestRoleIsPassedToTheNamedServiceAlone(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}`)
	for service, want := range map[string]bool{"ssm.amazonaws.com": true, "lambda.amazonaws.com": false, "": false} {
		g := wire.PassRole("arn:aws:iam::123456789012:role/drill", service)
		if err := p.Allow(iam.Request{Principal: shift, Action: g.Action, Resource: g.Resource, Keys: g.Keys}); (err == nil) != want {
			t.Errorf("to %q: %v", service, err)
		}
	}
}
