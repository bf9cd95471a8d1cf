package iam

import (
	"fmt"
	"strings"
)

// A pattern may hold * (any number of characters) and ? (one character).
type pattern string

func (p pattern) match(s string) bool {
	if strings.IndexByte(string(p), '*') < 0 && strings.IndexByte(string(p), '?') < 0 {
		return string(p) == s
	}
	i, star, mark := 0, -1, 0
	for j := 0; j < len(s); {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0: // let the last star take one character more
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}

// An arnPattern is compared part by part, so that no star reaches over a colon into the next part; only the last part,
// the resource, may hold colons itself.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
type arnPattern []pattern // of the six parts; nil is "*", everything

const arnParts = 6

func newARNPattern(s string) (arnPattern, error) {
	if s == "*" {
		return nil, nil
	}
	if strings.Contains(s, "${") {
		return nil, fmt.Errorf("%q: the sandbox does not evaluate policy variables", s)
	}
	parts := strings.SplitN(s, ":", arnParts)
	if len(parts) != arnParts || parts[0] != "arn" {
		return nil, fmt.Errorf("%q is neither an ARN nor *", s)
	}
	p := make(arnPattern, arnParts)
	for i, part := range parts {
		p[i] = pattern(part)
	}
	return p, nil
}

func (p arnPattern) match(arn string) bool {
	if p == nil {
		return true
	}
	for i, part := range p {
		rest := ""
		if i < arnParts-1 {
			var found bool
			if arn, rest, found = strings.Cut(arn, ":"); !found {
				return false
			}
		}
		if !part.match(arn) {
			return false
		}
		arn = rest
	}
	return true
}

// part of an ARN: 0 "arn", 1 partition, 2 service, 3 region, 4 account, 5 resource; "" of what is no ARN.
func arnPart(arn string, i int) string {
	parts := strings.SplitN(arn, ":", arnParts)
	if len(parts) != arnParts {
		return ""
	}
	return parts[i]
}

func accountOf(arn string) string { return arnPart(arn, 4) }

func isRoleARN(arn string) bool {
	return arnPart(arn, 2) == "iam" && strings.HasPrefix(arnPart(arn, 5), "role/")
}

// roleName is the last part of a role's ARN, which may have a path before it.
func roleName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
