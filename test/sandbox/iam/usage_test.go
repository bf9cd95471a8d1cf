package iam_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sluice/test/sandbox/iam"
	"sluice/test/sandbox/wire"
)

func TestUsageIsCountedByGrant(t *testing.T) {
	p := withRole(t,
		`{"Sid":"Move","Effect":"Allow","Action":["lambda:GetAlias","lambda:UpdateAlias"],"Resource":["`+checkout+`","`+checkout+`2"]}`,
		`{"Sid":"Any","Effect":"Allow","Action":"events:*","Resource":"*"}`,
		`{"Sid":"Never","Effect":"Deny","Action":"iam:*","Resource":"*"}`,
		`{"Sid":"Rest","Effect":"Allow","NotAction":"iam:*","Resource":"arn:aws:ssm:*:*:*"}`,
	)
	for range 2 { // the second time changes nothing
		for _, r := range []iam.Request{
			{Principal: shift, Action: "lambda:UpdateAlias", Resource: checkout},
			{Principal: shift, Action: "lambda:GetAlias", Resource: checkout},
			{Principal: shift, Action: "events:EnableRule", Resource: rule},
			{Service: "lambda.amazonaws.com", Action: "sts:AssumeRole", Resource: shift}, // no role's doing
		} {
			if err := p.Allow(r); err != nil {
				t.Fatal(err)
			}
		}
		if p.Allow(iam.Request{Principal: shift, Action: "lambda:GetAlias", Resource: checkout + "3"}) == nil {
			t.Fatal("allowed too much")
		}
	}
	used := []iam.Use{
		{Role: shift, Action: "events:EnableRule", Resource: rule},
		{Role: shift, Action: "lambda:GetAlias", Resource: checkout},
		{Role: shift, Action: "lambda:UpdateAlias", Resource: checkout},
	}
	if diff := cmp.Diff(used, p.Used()); diff != "" {
		t.Error(diff)
	}
	unused := []iam.Grant{
		{Role: shift, Sid: "Move", Action: "lambda:GetAlias", Resource: checkout + "2"},
		{Role: shift, Sid: "Move", Action: "lambda:UpdateAlias", Resource: checkout + "2"},
	}
	if diff := cmp.Diff(unused, p.Unused()); diff != "" {
		t.Error(diff)
	}
}

func TestTheMiddlewareChecksEveryGrantOfACall(t *testing.T) {
	p := withRole(t, `{"Effect":"Allow","Action":"lambda:UpdateFunctionConfiguration","Resource":"*"}`)
	handler := p.Middleware(func(context.Context, *wire.Call) (any, error) { return "done", nil })
	grants := []wire.Grant{{Action: "lambda:UpdateFunctionConfiguration", Resource: checkout}, {Action: "iam:PassRole", Resource: shift}}

	out, err := handler(t.Context(), &wire.Call{Caller: shift, Grants: grants[:1]})
	if out != "done" || err != nil {
		t.Errorf("got %v, %v", out, err)
	}
	out, err = handler(t.Context(), &wire.Call{Caller: shift, Grants: grants})
	var e *wire.Error
	if out != nil || !errors.As(err, &e) || e.Code != "AccessDeniedException" {
		t.Errorf("got %v, %v", out, err)
	}
	if out, err = handler(t.Context(), &wire.Call{Grants: grants}); out != "done" || err != nil {
		t.Errorf("the person: got %v, %v", out, err)
	}
}

func BenchmarkAllow(b *testing.B) {
	p := &iam.Policies{}
	trust, _ := iam.ParseDocument([]byte(lambdaMayAssume))
	policy, err := iam.ParseDocument([]byte(`{"Statement":[
		{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:UpdateItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:us-east-1:123456789012:table/sluice"},
		{"Effect":"Allow","Action":"events:PutEvents","Resource":"` + rule + `"},
		{"Effect":"Allow","Action":["lambda:GetAlias","lambda:UpdateAlias"],"Resource":"` + checkout + `"}]}`))
	if err != nil {
		b.Fatal(err)
	}
	if err := p.AddRole(shift, trust, []iam.Document{policy}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Allow(iam.Request{Principal: shift, Action: "lambda:UpdateAlias", Resource: checkout}); err != nil {
			b.Fatal(err)
		}
	}
}
