package stack_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"sluice/infra/stack"
)

// What the template claims about security, by property: no logical id appears here, so that a rename breaks nothing.
func TestSecurityClaims(t *testing.T) {
	for _, environment := range []string{"production", "sandbox"} {
		made := newStack(t, environment)
		claims{template: assertions.Template_FromStack(made, nil), production: environment == "production", stackIsProtected: *made.TerminationProtection()}.test(t)
	}
}

type claims struct {
	template         assertions.Template
	production       bool
	stackIsProtected bool
}

func (c claims) test(t *testing.T) {
	t.Helper()
	for name, claim := range map[string]func(*testing.T){
		"each function has a role of its own":              c.rolesAreNotShared,
		"no policy allows every action":                    c.noActionIsStar,
		"only services that act for this account get in":   c.trustNamesTheAccount,
		"every resource is allowed only with a reason":     c.starHasReasons,
		"permissions are written in one place":             c.noOtherPolicies,
		"only what definitions name can be touched":        c.onlyNamedTargets,
		"only pipelines that definitions name":             c.onlyNamedPipelines,
		"functions are told what they read, and no more":   c.variables,
		"only what looks at its caller is on the internet": c.onlyTheseOnTheInternet,
		"rules retry, then keep what they cannot deliver":  c.rulesKeepEvents,
		"functions keep the events that they fail on":      c.functionsKeepEvents,
		"only rules of this stack reach the functions":     c.permissionsNameTheirRule,
		"queues are encrypted and reached by TLS only":     c.queues,
		"the topic is reached by TLS only, and by alarms":  c.topic,
		"the table can be restored, and is encrypted":      c.table,
		"every dead-letter queue has an alarm":             c.queueAlarms,
		"every function has an alarm for its errors":       c.functionAlarms,
		"every alarm tells people":                         c.alarmsTell,
		"functions and machine are traced and log":         c.observed,
		"every log group ends":                             c.logsEnd,
		"production is protected from deletion, and alone": c.protected,
	} {
		t.Run(fmt.Sprintf("%s/production=%v", name, c.production), claim)
	}
}

// A resource of the template with its properties.
type resource struct {
	id         string
	Properties map[string]any
	Retention  string `json:"DeletionPolicy"`
}

func (c claims) all(t *testing.T, kind string) []resource {
	t.Helper()
	var all []resource
	for id, r := range *c.template.FindResources(jsii.String("AWS::"+kind), nil) {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		found := resource{id: id}
		if err := json.Unmarshal(text, &found); err != nil {
			t.Fatal(err)
		}
		all = append(all, found)
	}
	if len(all) == 0 {
		t.Fatalf("there is no AWS::%s", kind)
	}
	return all
}

// at follows a path of keys into properties; "" when there is nothing.
func (r resource) at(path ...string) string {
	var here any = r.Properties
	for _, key := range path {
		fields, _ := here.(map[string]any)
		here = fields[key]
	}
	if here == nil {
		return ""
	}
	if s, ok := here.(string); ok {
		return s
	}
	text, _ := json.Marshal(here)
	return string(text)
}

type statement struct {
	Sid, Effect      string
	Action, Resource any
	Condition        map[string]any
}

type policy struct{ Statement []statement }

// statements are those of every role's policies, of its own and managed.
func (c claims) statements(t *testing.T) (all []statement) {
	t.Helper()
	for _, role := range c.all(t, "IAM::Role") {
		var policies []struct{ PolicyDocument policy }
		if err := json.Unmarshal([]byte(role.at("Policies")), &policies); err != nil {
			t.Fatalf("%s: %v", role.id, err)
		}
		for _, p := range policies {
			all = append(all, p.PolicyDocument.Statement...)
		}
	}
	for _, managed := range c.all(t, "IAM::ManagedPolicy") {
		var p policy
		if err := json.Unmarshal([]byte(managed.at("PolicyDocument")), &p); err != nil {
			t.Fatalf("%s: %v", managed.id, err)
		}
		all = append(all, p.Statement...)
	}
	return all
}

func list(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			all = append(all, list(one)...)
		}
	}
	return all
}

func (c claims) rolesAreNotShared(t *testing.T) {
	roles := map[string]string{}
	functions := c.all(t, "Lambda::Function")
	for _, f := range functions {
		if other := roles[f.at("Role")]; other != "" {
			t.Errorf("%s and %s share a role", f.id, other)
		}
		roles[f.at("Role")] = f.id
	}
	if len(functions) != 30 {
		t.Errorf("there are %d functions, want 30", len(functions))
	}
}

func (c claims) noActionIsStar(t *testing.T) {
	for _, s := range c.statements(t) {
		for _, action := range list(s.Action) {
			if strings.Contains(action, "*") || s.Effect != "Allow" {
				t.Errorf("%s: %s %s", s.Sid, s.Effect, action)
			}
		}
	}
}

func (c claims) starHasReasons(t *testing.T) {
	for _, s := range c.statements(t) {
		if !slices.Contains(list(s.Resource), "*") {
			continue
		}
		for _, action := range list(s.Action) {
			if stack.Everywhere[action] == "" {
				t.Errorf("%s allows %s on every resource, without a reason in stack.Everywhere", s.Sid, action)
			}
		}
	}
}

func (c claims) noOtherPolicies(t *testing.T) {
	c.template.ResourceCountIs(jsii.String("AWS::IAM::Policy"), jsii.Number(0))
	own := map[string]bool{}
	for _, managed := range c.all(t, "IAM::ManagedPolicy") {
		own[managed.id] = true
		if managed.at("Roles")+managed.at("Users")+managed.at("Groups") != "" {
			t.Errorf("%s attaches itself; roles say which policies they have", managed.id)
		}
	}
	for _, role := range c.all(t, "IAM::Role") {
		var arns []struct{ Ref string }
		if text := role.at("ManagedPolicyArns"); text != "" && json.Unmarshal([]byte(text), &arns) != nil {
			t.Errorf("%s has policies that this template does not make: %s", role.id, text)
		}
		for _, arn := range arns {
			if !own[arn.Ref] {
				t.Errorf("%s has a policy that this template does not make: %s", role.id, arn.Ref)
			}
		}
	}
}

// A function with an address answers the whole internet, so each of these checks a signature or a session before anything else.
func (c claims) onlyTheseOnTheInternet(t *testing.T) {
	checked := []string{"Button", "Console", "Webhook"}
	for _, url := range c.all(t, "Lambda::Url") {
		if strings.HasPrefix(url.id, "Command") { // AWS checks who signed
			if auth := url.at("AuthType"); auth != "AWS_IAM" {
				t.Errorf("%s lets in %s", url.id, auth)
			}
			continue
		}
		if !slices.ContainsFunc(checked, func(name string) bool { return strings.HasPrefix(url.id, name) }) {
			t.Errorf("%s is on the internet", url.id)
		}
	}
	both := map[string]int{}
	for _, p := range c.all(t, "Lambda::Permission") {
		if p.at("Principal") != "*" {
			continue
		}
		if p.at("FunctionUrlAuthType") != "NONE" && p.at("InvokedViaFunctionUrl") != "true" {
			t.Errorf("%s lets everybody invoke a function past its address", p.id)
		}
		both[p.at("FunctionName")]++
	}
	for function, n := range both {
		if n != 2 {
			t.Errorf("%s has %d permissions for its address, and needs two", function, n)
		}
	}
	if len(both) != len(checked) {
		t.Errorf("%d functions are on the internet, want %d", len(both), len(checked))
	}
}
