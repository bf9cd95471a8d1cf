package iam

import (
	"fmt"
	"slices"
	"strings"
)

// A condition compares one key of the request's context with the values of the policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
type condition struct {
	key      string // in lower case
	negated  bool   // "Not": none of the values may match, and an absent key holds
	ifExists bool   // an absent key holds
	null     bool   // the operator Null: the values say whether the key must be absent
	matchers []func(value string) bool
}

func newConditions(written map[string]map[string]Strings) ([]condition, error) {
	var conditions []condition
	for operator, keys := range written {
		for key, values := range keys {
			c, err := newCondition(operator, key, values)
			if err != nil {
				return nil, fmt.Errorf("condition %s on %s: %w", operator, key, err)
			}
			conditions = append(conditions, c)
		}
	}
	return conditions, nil
}

func newCondition(written, key string, values []string) (condition, error) {
	c := condition{key: strings.ToLower(key)}
	if !slices.Contains(knownKeys, c.key) {
		return c, fmt.Errorf("the sandbox does not know this key (it knows %s)", strings.Join(knownKeys, ", "))
	}
	name, ifExists := strings.CutSuffix(written, "IfExists")
	op, ok := operators[name]
	if !ok {
		return c, fmt.Errorf("the sandbox does not evaluate this operator")
	}
	c.ifExists, c.negated, c.null = ifExists, op.negated, name == "Null"
	for _, v := range values {
		if strings.Contains(v, "${") {
			return c, fmt.Errorf("%q: the sandbox does not evaluate policy variables", v)
		}
		m, err := op.compile(v)
		if err != nil {
			return c, err
		}
		c.matchers = append(c.matchers, m)
	}
	return c, nil
}

func (c condition) holds(q *question) bool {
	value, present := q.key(c.key)
	switch {
	case c.null:
		return c.any(fmt.Sprint(!present))
	case !present:
		return c.negated || c.ifExists
	}
	return c.any(value) != c.negated
}

func (c condition) any(value string) bool {
	return slices.ContainsFunc(c.matchers, func(m func(string) bool) bool { return m(value) })
}

// knownKeys are the condition keys that a request has here: what the caller puts in its Context, and what key works
// out. A policy about any other key would never match, so it is refused when it is added.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var knownKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalservicename",
	"aws:requestedregion", "aws:resourceaccount", "aws:securetransport", "aws:sourceaccount", "aws:sourcearn",
	"aws:sourceowner", "lambda:functionurlauthtype", "lambda:invokedviafunctionurl",
}

// key is a value of the request's context. What a caller gave comes first.
func (q *question) key(lower string) (value string, present bool) {
	if q.keys == nil {
		q.keys = make(map[string]string, len(q.Context))
		for k, v := range q.Context {
			q.keys[strings.ToLower(k)] = v
		}
	}
	if v, ok := q.keys[lower]; ok {
		return v, true
	}
	switch lower {
	case "aws:securetransport":
		value = "true" // the loopback stands for TLS: policies that demand it are meant for real networks
	case "aws:principalisawsservice":
		value = fmt.Sprint(q.caller.service != "")
	case "aws:principalservicename":
		value = q.caller.service
	case "aws:principalarn":
		value = q.caller.role
	case "aws:principalaccount":
		value = accountOf(q.caller.role)
	case "aws:sourceowner": // SNS's older word, in the policy that every topic is born with
		if value = accountOf(q.caller.role); value == "" {
			return q.key("aws:sourceaccount")
		}
	case "aws:resourceaccount":
		value = accountOf(q.Resource)
	case "aws:requestedregion":
		value = arnPart(q.Resource, 3)
	}
	return value, value != ""
}
