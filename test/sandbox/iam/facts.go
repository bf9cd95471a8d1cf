package iam

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sluice/test/sandbox/memo"
)

// An Action is what AWS's service authorization reference says of one
// (https://docs.aws.amazon.com/service-authorization/latest/reference/). `make facts` writes the table of those that Sluice
// uses, reference.go.
type Action struct {
	Name               string   // "ssm:StartAutomationExecution"
	Required, Optional []string // resource types that a policy can name for it, by the names of resourceTypes
	Keys               []string // condition keys that a request has, besides those of all services
}

// A ResourceType is a kind of thing that policies name.
type ResourceType struct {
	ARN  string   // with ${Variables}
	Keys []string // condition keys that a request about one has
}

// ActionOf finds an action of the table, whatever the case of its name.
func ActionOf(name string) (Action, bool) {
	a, known := actions[folded(name)]
	return a, known
}

// folded is a name as it is compared. There are few names, and each call asks for several.
func folded(name string) string {
	text, _ := inLowerCase(name)
	return text
}

var inLowerCase = memo.Of(1000, func(name string) (string, error) { return strings.ToLower(name), nil })

func (a Action) types() []string { return slices.Concat(a.Required, a.Optional, also[a.Name]) }

// also are the resource types of actions that two services share under one prefix. The package has the row of one service alone.
var also = map[string][]string{
	// Classic Load Balancers have the other row: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
	"elasticloadbalancing:AddTags": {"elasticloadbalancing listener-rule/app"},
}

// Takes says whether a request for the action can be about this resource. An action without required resource types can be about
// "*", everything.
func (a Action) Takes(arn string) bool {
	if arn == "*" {
		return len(a.Required) == 0 || lists[a.Name] != ""
	}
	return slices.ContainsFunc(a.types(), func(t string) bool { return isOf(t, arn) })
}

// lists are the actions that are about everything of a type, with the page that says so.
var lists = map[string]string{
	"cloudwatch:DescribeAlarms":     "composite alarms take a scope of * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html)",
	"cloudwatch:ListAlarmMuteRules": "rules of an alarm are found among all (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListAlarmMuteRules.html)",
}

// Grants says whether a policy that names this resource, with its wildcards, allows any request for the action.
func (a Action) Grants(resource string) bool {
	if resource == "*" {
		return true
	}
	return slices.ContainsFunc(a.types(), func(t string) bool { return meets(t, resource) })
}

// HasKey says whether a request for the action can have a condition key. Keys of all services begin with aws:; which
// requests have those is not in the reference (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func (a Action) HasKey(key string) bool {
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return true
	}
	keys := slices.Clone(a.Keys)
	for _, t := range a.types() {
		keys = append(keys, resourceTypes[t].Keys...)
	}
	return slices.ContainsFunc(keys, func(k string) bool {
		k, _, _ = strings.Cut(k, "${") // secretsmanager:ResourceTag/${TagKey}
		return strings.EqualFold(k, key) || strings.HasSuffix(k, "/") && strings.HasPrefix(strings.ToLower(key), strings.ToLower(k))
	})
}

// Missing lists the required resource types of an action that none of the resources is of: AWS asks about each of them, and
// one that is not allowed refuses the call.
func (a Action) Missing(resources []string) (missing []string) {
	if alternatives[a.Name] != "" {
		return nil
	}
	for _, t := range a.Required {
		if !slices.ContainsFunc(resources, func(r string) bool { return r == "*" || meets(t, r) || isPart(t, r) }) {
			missing = append(missing, t)
		}
	}
	return missing
}

// alternatives are the actions that are asked about one of their required types, with the reason.
var alternatives = map[string]string{
	"states:DescribeExecution": "an execution is of a standard machine or of an express one",
	"dynamodb:Query":           "a query of an index is asked about the index (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/using-identity-based-policies.html)",
	"dynamodb:Scan":            "as a query",

	"elasticloadbalancing:AddTags": "tags go to one resource",
}

// further are the forms of ARNs that the reference leaves out, with their page.
var further = map[string][]string{
	// A qualifier stands behind the function's name: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
	"lambda function": {"arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}:${Qualifier}"},
	// The form that DescribeLogGroups answers: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
	"logs log-group": {"arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:*"},
}

// names says which characters a variable stands for; the usual ones are all but those that ARNs are divided by.
var names = map[string]string{
	"ParameterNameWithoutLeadingSlash": `[^:]`, "SecretId": `[^:]`, "LogGroupName": `[^:]`, "LogStreamName": `[^:]`, "RepositoryName": `[^:]`,
	"RoleNameWithPath": `[^:]`, "EventBusName": `[^:]`, "KeyName": `.`, "ObjectName": `.`, "AlarmName": `.`, "DocumentName": `[^:]`,
	"Partition": `[^:/]`, "Region": `[^:/]`, "Account": `[^:/]`,
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// forms of a resource type's ARNs. The reference writes several as one text: API Gateway's types are of REST APIs and of HTTP APIs.
func forms(t string) []string {
	return append(strings.Split(resourceTypes[t].ARN, ", "), further[t]...)
}

var formsOf sync.Map // []*regexp.Regexp of the forms, by resource type

// isOf says whether an ARN without wildcards is one of a resource type.
func isOf(t, arn string) bool {
	compiled, known := formsOf.Load(t)
	if !known {
		var list []*regexp.Regexp
		for _, form := range forms(t) {
			var b strings.Builder
			for _, part := range split(form) {
				b.WriteString(part.expression())
			}
			list = append(list, regexp.MustCompile("^"+b.String()+"$"))
		}
		compiled, _ = formsOf.LoadOrStore(t, list)
	}
	return slices.ContainsFunc(compiled.([]*regexp.Regexp), func(r *regexp.Regexp) bool { return r.MatchString(arn) })
}

// isPart says whether an ARN names a part of something of this type, such as an index of a table.
func isPart(t, arn string) bool {
	for i := range arn {
		if (arn[i] == ':' || arn[i] == '/') && isOf(t, arn[:i]) {
			return true
		}
	}
	return false
}

// A piece is a literal part of an ARN's form, or a variable.
type piece struct{ literal, variable string }

func split(form string) (pieces []piece) {
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(form, -1) {
		pieces = append(pieces, piece{literal: form[at:m[0]]}, piece{variable: form[m[2]:m[3]]})
		at = m[1]
	}
	return append(pieces, piece{literal: form[at:]})
}

// class are the characters that a variable stands for: one or more, and for region and account none or more.
func (p piece) class() (characters string, many string) {
	characters, many = names[p.variable], "+"
	if characters == "" {
		characters = `[^:/]`
	}
	if p.variable == "Region" || p.variable == "Account" {
		many = "*"
	}
	return characters, many
}

func (p piece) expression() string {
	if p.variable == "" {
		return regexp.QuoteMeta(p.literal)
	}
	characters, many := p.class()
	return characters + many
}

// String helps error messages.
func (a Action) String() string {
	if len(a.types()) == 0 {
		return a.Name + " names no resource"
	}
	var arns []string
	for _, t := range a.types() {
		arns = append(arns, resourceTypes[t].ARN)
	}
	return fmt.Sprintf("%s is about %s", a.Name, strings.Join(arns, ", "))
}
