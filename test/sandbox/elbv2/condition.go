package elbv2

import (
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/test/sandbox/wire"
)

// Fields of conditions (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
const (
	byPath   = "path-pattern"
	byHost   = "host-header"
	byHeader = "http-header"
	byMethod = "http-request-method"
	byQuery  = "query-string"
)

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	mostValues    = 5 // of all conditions of a rule together
	mostInOne     = 3 // of one condition (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html)
	mostWildcards = 5
)

// conditions checks the conditions of a rule and gives them the form in which they are described: paths and hosts in both of their forms.
func conditions(given []types.RuleCondition) ([]types.RuleCondition, error) {
	if len(given) == 0 {
		return nil, invalid("A condition must be specified")
	}
	seen, all := map[string]bool{}, []string{}
	var full []types.RuleCondition
	for _, c := range given {
		field := aws.ToString(c.Field)
		if field != byHeader && field != byQuery && seen[field] {
			return nil, invalid("A rule can only have one '%s' condition", field)
		}
		seen[field] = true
		c, values, err := condition(c)
		if err != nil {
			return nil, err
		}
		full, all = append(full, c), append(all, values...)
	}
	wildcards := 0
	for _, v := range all {
		wildcards += strings.Count(v, "*") + strings.Count(v, "?")
	}
	if len(all) > mostValues {
		return nil, invalid("A rule can only have '%d' condition values", mostValues)
	}
	if wildcards > mostWildcards {
		return nil, invalid("A rule can only have '%d' condition wildcards", mostWildcards)
	}
	return full, nil
}

// condition checks one condition, and tells the values that it compares with.
func condition(c types.RuleCondition) (full types.RuleCondition, values []string, err error) {
	if c.RegexValues != nil || c.SourceIpConfig != nil {
		return c, nil, wire.NotImplemented("a condition on regular expressions or on the source's address")
	}
	longest := 128
	switch aws.ToString(c.Field) {
	case byPath:
		if c.PathPatternConfig != nil {
			c.Values = c.PathPatternConfig.Values
		}
		c.PathPatternConfig, values = &types.PathPatternConditionConfig{Values: c.Values}, c.Values
	case byHost:
		if c.HostHeaderConfig != nil {
			c.Values = c.HostHeaderConfig.Values
		}
		c.HostHeaderConfig, values = &types.HostHeaderConditionConfig{Values: c.Values}, c.Values
	case byHeader:
		if c.HttpHeaderConfig == nil || !headerName.MatchString(aws.ToString(c.HttpHeaderConfig.HttpHeaderName)) {
			return c, nil, invalid("An HTTP header condition needs a header name of 1 to 40 characters, without wildcards")
		}
		values = c.HttpHeaderConfig.Values
	case byMethod:
		if c.HttpRequestMethodConfig != nil {
			values, longest = c.HttpRequestMethodConfig.Values, 40
		}
	case byQuery:
		if c.QueryStringConfig != nil {
			for _, v := range c.QueryStringConfig.Values {
				values = append(values, aws.ToString(v.Value))
			}
		}
	default:
		return c, nil, invalid("Condition field '%s' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string]'", aws.ToString(c.Field))
	}
	switch {
	case len(values) == 0:
		return c, nil, invalid("A condition value must be specified")
	case len(values) > mostInOne:
		return c, nil, invalid("A condition can only have '%d' values", mostInOne)
	}
	for _, v := range values {
		if v == "" || len(v) > longest {
			return c, nil, invalid("Condition value '%s' must have 1 to %d characters", v, longest)
		}
	}
	return c, values, nil
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html. The Host header has a condition of its own.
var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'+.^_|~-]{1,40}$`)
