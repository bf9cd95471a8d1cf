package rollout_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/shared/rollout"
)

const (
	aRule = `"target":{"albRule":{"rule":"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee",
		"blue":{"targetGroup":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/blue/73e2d6bc24d8a067"},
		"green":{"targetGroup":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/green/6d0ecf831eec9f09"}`
	itsFront = `,"test":{"listener":"arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shop/50dc6c495c0c9188/0467ef3c8400ae65","url":"https://shop.example.com:8443"}`
	anAlias  = `"target":{"lambdaAlias":{"function":"checkout","alias":"live"`
)

func TestTestsAreWhatTheKindCanDo(t *testing.T) {
	for name, c := range map[string]struct{ target, test, says string }{
		"an alias is invoked":             {anAlias, `{"payload":{"ping":true}}`, ""},
		"an alias is not asked":           {anAlias, `{"request":{}}`, "strategy.blueGreen.test.request: a Lambda alias is tried by an invocation"},
		"a rule is asked":                 {aRule + itsFront, `{"request":{"path":"/cart?x=1","method":"POST","headers":{"X-Tester":"1"},"body":"{}","status":201,"within":"60s"}}`, ""},
		"a rule is asked by default":      {aRule + itsFront, `{}`, ""},
		"a rule is not invoked":           {aRule + itsFront, `{"payload":1}`, "strategy.blueGreen.test.payload: a load balancer rule is tried by an HTTP request"},
		"a rule needs a place for it":     {aRule, `{}`, "target.albRule.test: a step tests the candidate, and nothing says where"},
		"a path that leads elsewhere":     {aRule + itsFront, `{"request":{"path":"@evil.example/"}}`, "is not a path"},
		"a method that opens a tunnel":    {aRule + itsFront, `{"request":{"method":"CONNECT"}}`, "is not a method that a test may use"},
		"a header of two lines":           {aRule + itsFront, `{"request":{"headers":{"X-Tester":"1\nHost: evil"}}}`, "is not a header"},
		"more time than the function has": {aRule + itsFront, `{"request":{"within":"2m"}}`, "2m is out of range"},
		"no status":                       {aRule + itsFront, `{"request":{"status":99}}`, "99 is not a status"},
	} {
		var d rollout.Definition
		text := `{"service":"checkout",` + c.target + `}},"strategy":{"blueGreen":{"test":` + c.test + `,"bake":"10m"}},"guard":{"alarms":["checkout-errors"]}}`
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		found := d.Validate()
		switch {
		case c.says == "" && len(found) > 0:
			t.Errorf("%s: %v", name, found)
		case c.says != "" && (len(found) != 1 || !strings.Contains(found[0].String(), c.says)):
			t.Errorf("%s: %v, want one that says %q", name, found, c.says)
		}
	}
}
