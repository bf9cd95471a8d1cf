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
	set      setOperator
	negated  bool // "Not": none of the policy's values may match, and an absent key holds
	ifExists bool // an absent key holds
	null     bool // the operator Null: the values say whether the key must be absent
	matchers []func(value string) bool
}

// A setOperator says how many of a key's values must pass. An absent key holds for ForAllValues, and not for ForAnyValue
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html).
type setOperator string

const (
	single       setOperator = ""
	forAllValues setOperator = "ForAllValues"
	forAnyValue  setOperator = "ForAnyValue"
)

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
	tag := strings.HasPrefix(c.key, "aws:resourcetag/") || strings.HasPrefix(c.key, "aws:requesttag/")
	if !tag && !slices.Contains(knownKeys, c.key) && !slices.Contains(multivalued, c.key) {
		return c, fmt.Errorf("the sandbox does not know this key (it knows %s)", strings.Join(slices.Concat(knownKeys, multivalued), ", "))
	}
	if set, operator, found := strings.Cut(written, ":"); found {
		c.set, written = setOperator(set), operator
	}
	name, ifExists := strings.CutSuffix(written, "IfExists")
	op, ok := operators[name]
	if !ok {
		return c, fmt.Errorf("the sandbox does not evaluate this operator")
	}
	c.ifExists, c.negated, c.null = ifExists, op.negated, name == "Null"
	if err := c.checkSet(); err != nil {
		return c, err
	}
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

// checkSet refuses what AWS advises against and what would hold by chance: a key of several values without a set operator, and
// a set operator on a key of one value. Null asks about the key, not about its values.
func (c condition) checkSet() error {
	several := slices.Contains(multivalued, c.key)
	switch {
	case c.null && c.set == single:
		return nil
	case c.set != single && c.set != forAllValues && c.set != forAnyValue:
		return fmt.Errorf("%q is no set operator", c.set)
	case several && c.set == single:
		return fmt.Errorf("the key has several values: say ForAllValues or ForAnyValue")
	case !several && c.set != single:
		return fmt.Errorf("the key has one value: %s is not for it", c.set)
	}
	return nil
}

func (c condition) holds(q *question) bool {
	values := q.values(c.key)
	switch {
	case c.null:
		return c.any(fmt.Sprint(len(values) == 0))
	case len(values) == 0:
		return c.ifExists || c.set == forAllValues || c.negated && c.set == single
	case c.set == forAllValues:
		return !slices.ContainsFunc(values, func(v string) bool { return c.any(v) == c.negated })
	}
	return slices.ContainsFunc(values, func(v string) bool { return c.any(v) != c.negated })
}

func (c condition) any(value string) bool {
	return slices.ContainsFunc(c.matchers, func(m func(string) bool) bool { return m(value) })
}

// knownKeys are the condition keys, besides those of tags, that a request has here: what the caller puts in its Context, and what value works
// out. A policy about any other key would never match, so it is refused when it is added.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var knownKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalservicename",
	"aws:requestedregion", "aws:resourceaccount", "aws:securetransport", "aws:sourceaccount", "aws:sourcearn",
	"aws:sourceowner", "lambda:functionurlauthtype", "lambda:invokedviafunctionurl",
	"iam:passedtoservice", "elasticloadbalancing:createaction", "ec2:createaction", "ec2:launchtemplate",
	"dynamodb:returnvalues",
	"apigateway:request/stagename",
	"cloudformation:changesetname", "cloudformation:rolearn", "cloudformation:templateurl",
}

// multivalued are the keys of type ArrayOfString: a request may have several values of each.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html#amazondynamodb-policy-keys
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html#amazoneventbridge-policy-keys
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
var multivalued = []string{
	"dynamodb:attributes", "dynamodb:leadingkeys", "events:detail-type", "events:source",
	"route53:changeresourcerecordsetsactions", "route53:changeresourcerecordsetsnormalizedrecordnames", "route53:changeresourcerecordsetsrecordtypes",
}

// values are those of a key of the request's context; none when the key is absent or its value is empty.
func (q *question) values(lower string) []string {
	for k, v := range q.Keys {
		if strings.EqualFold(k, lower) {
			return v
		}
	}
	for k, v := range q.Context {
		if strings.EqualFold(k, lower) {
			return []string{v}
		}
	}
	if v := q.value(lower); v != "" {
		return []string{v}
	}
	return nil
}

// value is what AWS works out about a request by itself.
func (q *question) value(lower string) string {
	switch lower {
	case "aws:securetransport":
		return "true" // the loopback stands for TLS: policies that demand it are meant for real networks
	case "aws:principalisawsservice":
		return fmt.Sprint(q.caller.service != "")
	case "aws:principalservicename":
		return q.caller.service
	case "aws:principalarn":
		return q.caller.role
	case "aws:principalaccount":
		return accountOf(q.caller.role)
	case "aws:sourceowner": // SNS's older word, in the policy that every topic is born with
		if own := accountOf(q.caller.role); own != "" {
			return own
		}
		return strings.Join(q.values("aws:sourceaccount"), "")
	case "aws:resourceaccount":
		return accountOf(q.Resource)
	case "aws:requestedregion":
		return arnPart(q.Resource, 3)
	}
	return ""
}
