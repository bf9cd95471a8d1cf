package elbv2

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// meets says whether a request meets all conditions of a rule. Of each, one value has to match. Only paths and methods are compared with case.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
func meets(conditions []types.RuleCondition, r *http.Request) bool {
	return !slices.ContainsFunc(conditions, func(c types.RuleCondition) bool { return !met(c, r) })
}

func met(c types.RuleCondition, r *http.Request) bool {
	switch *c.Field {
	case byPath:
		return anyMatches(c.Values, r.URL.EscapedPath())
	case byHost:
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		return anyMatches(lower(c.Values), strings.ToLower(host))
	case byHeader:
		patterns := lower(c.HttpHeaderConfig.Values)
		return slices.ContainsFunc(r.Header.Values(*c.HttpHeaderConfig.HttpHeaderName), func(v string) bool { return anyMatches(patterns, strings.ToLower(v)) })
	case byMethod:
		return slices.Contains(c.HttpRequestMethodConfig.Values, r.Method)
	}
	return slices.ContainsFunc(c.QueryStringConfig.Values, func(v types.QueryStringKeyValuePair) bool { return inQuery(v, r) })
}

func inQuery(wanted types.QueryStringKeyValuePair, r *http.Request) bool {
	for key, values := range r.URL.Query() {
		if wanted.Key != nil && !matches(strings.ToLower(*wanted.Key), strings.ToLower(key)) {
			continue
		}
		if slices.ContainsFunc(values, func(v string) bool { return matches(strings.ToLower(aws.ToString(wanted.Value)), strings.ToLower(v)) }) {
			return true
		}
	}
	return false
}

func lower(all []string) []string {
	low := make([]string, len(all))
	for i, s := range all {
		low[i] = strings.ToLower(s)
	}
	return low
}

func anyMatches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, text) })
}

// matches compares a text with a pattern, in which * stands for any characters, or none, and ? for exactly one.
func matches(pattern, text string) bool {
	star, again := -1, 0 // where the last * is, and where the text that it does not stand for begins
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			again++
			p, t = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
