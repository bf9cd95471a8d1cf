package albrule

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

// Of all conditions of one rule together (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
const (
	mostValues    = 5
	mostWildcards = 5
)

// unmarkable refuses a rule under which Elastic Load Balancing would not take the rule for marked requests, or under which that rule would not mean what
// people think. tags are those of the rules.
func unmarkable(rule kind.ALBRule, found place, tags map[string]map[string]string) *rollout.Rejection {
	if rule.Marked == nil {
		return nil
	}
	m := rule.Marked
	if n, err := strconv.Atoi(aws.ToString(found.above.Priority)); err == nil && n <= m.Priority { // that of a default rule is no number
		return rollout.Because(fmt.Sprintf("%s has priority %d, and the one for marked requests would have %d: it would never be tried", rule, n, m.Priority),
			fmt.Sprintf("write a priority below %d under target.albRule.marked", n))
	}
	if found.mark != nil && (marks(rule, found.mark) == kind.Mark{} || tags[aws.ToString(found.mark.RuleArn)][kind.MarkTag] != kind.MarkValue) {
		return rollout.Because(fmt.Sprintf("priority %d, which is named for marked requests, is that of somebody else's rule %s", m.Priority, aws.ToString(found.mark.RuleArn)),
			"name a priority under target.albRule.marked that no rule of the listener has")
	}
	if len(found.actions) > 1 {
		return rollout.Because(fmt.Sprintf("%s does something before it forwards, which marked requests would skip", rule),
			"leave out marked, and give the candidate a small weight")
	}
	values, wild := len(m.Header.Values), strings.Count(strings.Join(m.Header.Values, ""), "*")+strings.Count(strings.Join(m.Header.Values, ""), "?")
	for _, v := range compared(found.above.Conditions) {
		values, wild = values+1, wild+strings.Count(v, "*")+strings.Count(v, "?")
	}
	if values > mostValues || wild > mostWildcards {
		return rollout.Because(fmt.Sprintf("the rule for marked requests would compare with %d values and %d wildcards: those of %s and of the header", values, wild, rule),
			fmt.Sprintf("let them be %d values and %d wildcards at most, together", mostValues, mostWildcards))
	}
	return nil
}

// compared are the values that conditions compare with, each once.
func compared(all []types.RuleCondition) (values []string) {
	for _, c := range all {
		switch {
		case c.PathPatternConfig != nil:
			values = append(values, c.PathPatternConfig.Values...)
		case c.HostHeaderConfig != nil:
			values = append(values, c.HostHeaderConfig.Values...)
		case c.HttpHeaderConfig != nil:
			values = append(values, c.HttpHeaderConfig.Values...)
		case c.HttpRequestMethodConfig != nil:
			values = append(values, c.HttpRequestMethodConfig.Values...)
		case c.SourceIpConfig != nil:
			values = append(values, c.SourceIpConfig.Values...)
		case c.QueryStringConfig != nil:
			for _, v := range c.QueryStringConfig.Values {
				values = append(values, aws.ToString(v.Value))
			}
		default:
			values = append(values, c.Values...)
		}
	}
	return values
}
