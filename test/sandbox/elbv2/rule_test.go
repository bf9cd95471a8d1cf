package elbv2_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	unexported = cmpopts.IgnoreUnexported(types.Action{}, types.ForwardActionConfig{}, types.TargetGroupTuple{}, types.TargetGroupStickinessConfig{})
	off        = &types.TargetGroupStickinessConfig{Enabled: new(false)}
)

func tuple(arn string, weight int) types.TargetGroupTuple {
	return types.TargetGroupTuple{TargetGroupArn: &arn, Weight: new(int32(weight))}
}

// An action with one target group has both forms, whichever was written; one with several has the longer form alone.
func TestActionsAreDescribedInFull(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: &d.blue})
		sticky := &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: new(int32(60))}
		both := forward(d.blue, 1, d.green, 0)
		both.ForwardConfig.TargetGroupStickinessConfig = sticky
		single := func(weight int) types.Action {
			return types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: &d.blue, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{tuple(d.blue, weight)}, TargetGroupStickinessConfig: off}}
		}
		for name, c := range map[string]struct{ written, described types.Action }{
			"ARN alone":  {types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: &d.blue}, single(1)},
			"one group":  {forward(d.blue, 7), single(7)},
			"both forms": {single(3), single(3)},
			"two groups": {both, types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{tuple(d.blue, 1), tuple(d.green, 0)}, TargetGroupStickinessConfig: sticky}}},
		} {
			d.must(d.modify(rule, c.written))
			if diff := cmp.Diff([]types.Action{c.described}, d.described(rule).Actions, unexported); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
			wait(time.Second)
		}
	})
}

// Actions are replaced whole and conditions stay; nothing tells one writer of another.
func TestModifyRuleReplacesTheListThatIsGiven(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 100, d.green, 0))
		d.must(d.modify(rule, forward(d.blue, 95, d.green, 5)))
		d.must(d.modify(rule, forward(d.green, 1)))
		got := d.described(rule)
		if *got.Actions[0].TargetGroupArn != d.green || got.Conditions[0].PathPatternConfig.Values[0] != "/*" || got.Conditions[0].Values[0] != "/*" || *got.Priority != "10" {
			t.Errorf("got %+v", got)
		}
		_, err := d.ModifyRule(t.Context(), &elb.ModifyRuleInput{RuleArn: &rule, Conditions: []types.RuleCondition{onHeader("Cookie", "*x=1*")}})
		d.must(err)
		if got = d.described(rule); *got.Actions[0].TargetGroupArn != d.green || *got.Conditions[0].HttpHeaderConfig.HttpHeaderName != "Cookie" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestDefaultActionsBelongToTheListener(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		_, err := d.ModifyListener(t.Context(), &elb.ModifyListenerInput{ListenerArn: &d.listener, DefaultActions: []types.Action{forward(d.blue, 9, d.green, 1)}})
		d.must(err)
		listeners, err := d.DescribeListeners(t.Context(), &elb.DescribeListenersInput{ListenerArns: []string{d.listener}})
		d.must(err)
		rules, err := d.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &d.listener})
		d.must(err)
		if diff := cmp.Diff(listeners.Listeners[0].DefaultActions, rules.Rules[0].Actions, unexported); diff != "" || *rules.Rules[0].Priority != "default" || !*rules.Rules[0].IsDefault {
			t.Errorf("%s %+v", diff, rules.Rules[0])
		}
		d.refused("modifying the default rule", d.modify(*rules.Rules[0].RuleArn, forward(d.blue, 1)), "OperationNotPermitted")
		_, err = d.DeleteRule(t.Context(), &elb.DeleteRuleInput{RuleArn: rules.Rules[0].RuleArn})
		d.refused("deleting the default rule", err, "OperationNotPermitted")
	})
}

func TestRulesAreListedByPriority(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		arns := map[string]string{}
		for _, priority := range []int{30, 10, 20} {
			out, err := d.addRule(priority, onPath("/"), notFound)
			d.must(err)
			arns[fmt.Sprint(priority)] = *out.Rules[0].RuleArn
		}
		order := func() (all string) {
			out, err := d.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &d.listener})
			d.must(err)
			for _, r := range out.Rules {
				all += *r.Priority + " "
			}
			return all
		}
		if got := order(); got != "10 20 30 default " {
			t.Errorf("order %s", got)
		}
		_, err := d.addRule(20, onPath("/"), notFound)
		d.refused("a priority that is taken", err, "PriorityInUse")
		set := func(pairs ...types.RulePriorityPair) error {
			_, err := d.SetRulePriorities(t.Context(), &elb.SetRulePrioritiesInput{RulePriorities: pairs})
			return err
		}
		d.refused("a priority of another rule", set(types.RulePriorityPair{RuleArn: new(arns["30"]), Priority: new(int32(10))}), "PriorityInUse")
		d.must(set(types.RulePriorityPair{RuleArn: new(arns["30"]), Priority: new(int32(10))}, types.RulePriorityPair{RuleArn: new(arns["10"]), Priority: new(int32(40))}))
		if got := order(); got != "10 20 40 default " {
			t.Errorf("order %s", got)
		}
		if got := *d.described(arns["30"]).Priority; got != "10" {
			t.Errorf("priority %s", got)
		}
	})
}

func TestWhatElasticLoadBalancingRefuses(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 1))
		other := d.makeGroup("elsewhere")
		d.makeListener(d.makeBalancer("other"), forward(other, 1))
		six := forward(d.blue, 1, d.green, 1)
		for i := range 4 {
			wait(time.Minute)
			six.ForwardConfig.TargetGroups = append(six.ForwardConfig.TargetGroups, tuple(d.makeGroup(fmt.Sprint("more", i)), 1))
		}
		sticky := func(seconds int32) types.Action {
			a := forward(d.blue, 1, d.green, 1)
			a.ForwardConfig.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: &seconds}
			return a
		}
		two := forward(d.blue, 1, d.green, 1)
		two.TargetGroupArn = &d.blue
		missing := strings.Replace(d.blue, "blue", "gone", 1)
		for name, c := range map[string]struct {
			action types.Action
			code   string
		}{
			"six groups":                    {six, "ValidationError"},
			"a group of another balancer":   {forward(d.blue, 1, other, 1), "TargetGroupAssociationLimit"},
			"a group that does not exist":   {forward(d.blue, 1, missing, 1), "TargetGroupNotFound"},
			"the same group twice":          {forward(d.blue, 1, d.blue, 1), "ValidationError"},
			"a weight of 1000":              {forward(d.blue, 1000, d.green, 1), "ValidationError"},
			"a negative weight":             {forward(d.blue, -1, d.green, 1), "ValidationError"},
			"no group":                      {types.Action{Type: types.ActionTypeEnumForward}, "ValidationError"},
			"two groups and an ARN":         {two, "ValidationError"},
			"stickiness of eight days":      {sticky(8 * 86400), "ValidationError"},
			"a redirect":                    {types.Action{Type: types.ActionTypeEnumRedirect}, "NotImplementedException"},
			"a fixed answer without status": {types.Action{Type: types.ActionTypeEnumFixedResponse}, "ValidationError"},
		} {
			d.refused(name, d.modify(rule, c.action), c.code)
			wait(time.Second)
		}
		if got := d.described(rule).Actions[0].ForwardConfig.TargetGroups; len(got) != 1 {
			t.Errorf("a refused call changed the rule: %v", got)
		}
		five := six
		five.ForwardConfig.TargetGroups = six.ForwardConfig.TargetGroups[:5]
		d.must(d.modify(rule, five))
		d.must(d.modify(rule, forward(d.blue, 0, d.green, 999)))
		d.must(d.modify(rule, sticky(7*86400)))
		_, err := d.DeleteTargetGroup(t.Context(), &elb.DeleteTargetGroupInput{TargetGroupArn: &d.blue})
		d.refused("deleting a group in use", err, "ResourceInUse")
	})
}

// An action over several groups keeps clients in their group if one of the groups keeps them at their target.
func TestTargetStickinessNeedsGroupStickiness(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 1))
		d.must(d.attribute(d.blue, "stickiness.enabled", "true"))
		d.refused("two groups", d.modify(rule, forward(d.blue, 1, d.green, 1)), "InvalidConfigurationRequest")
		d.must(d.attribute(d.blue, "stickiness.enabled", "false"))
		d.must(d.modify(rule, forward(d.blue, 1, d.green, 1)))
		d.refused("enabling it", d.attribute(d.green, "stickiness.enabled", "true"), "InvalidConfigurationRequest")
	})
}

func TestConditionsThatAreRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		for name, conditions := range map[string][]types.RuleCondition{
			"none":          {},
			"two paths":     {onPath("/a"), onPath("/b")},
			"unknown field": {{Field: new("weather"), Values: []string{"sun"}}},
			"no value":      {{Field: new("path-pattern")}},
			"six values":    {{Field: new("path-pattern"), Values: []string{"/1", "/2", "/3", "/4", "/5", "/6"}}},
			"four in one":   {onPath("/1"), {Field: new("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: new("X-Canary"), Values: []string{"1", "2", "3", "4"}}}},
			"six wildcards": {onPath("/*/*/*/*/*/*")},
			"129 letters":   {onPath("/" + strings.Repeat("x", 128))},
			"a header's *":  {onHeader("X-*", "1")},
		} {
			_, err := d.CreateRule(t.Context(), &elb.CreateRuleInput{ListenerArn: &d.listener, Priority: new(int32(1)), Conditions: conditions, Actions: []types.Action{notFound}})
			d.refused(name, err, "ValidationError")
			wait(time.Second)
		}
	})
}

func TestABalancerHasAHundredRules(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		for i := range 100 {
			_, err := d.addRule(i+1, onPath("/"), notFound)
			d.must(err)
			wait(time.Second)
		}
		_, err := d.addRule(101, onPath("/"), notFound)
		d.refused("rule 101", err, "TooManyRules")
		first, err := d.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &d.listener, PageSize: new(int32(60))})
		d.must(err)
		rest, err := d.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &d.listener, PageSize: new(int32(60)), Marker: first.NextMarker})
		d.must(err)
		if len(first.Rules) != 60 || len(rest.Rules) != 41 || rest.NextMarker != nil || *rest.Rules[0].Priority != "61" {
			t.Errorf("pages of %d and %d", len(first.Rules), len(rest.Rules))
		}
	})
}

// Twenty changes at once, then three each second; reading has a bucket of its own.
func TestChangesAreThrottled(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 1))
		wait(time.Minute)
		burst := func() (admitted int) {
			for range 30 {
				err := d.modify(rule, forward(d.blue, 1))
				if err != nil {
					d.refused("change", err, "Throttling")
					return admitted
				}
				admitted++
			}
			return admitted
		}
		if got := burst(); got != 20 {
			t.Errorf("%d changes at once, want 20", got)
		}
		d.described(rule)
		time.Sleep(time.Second)
		if got := burst(); got != 3 {
			t.Errorf("%d changes after a second, want 3", got)
		}
		if _, err := d.service.ModifyRule(t.Context(), &elb.ModifyRuleInput{RuleArn: &rule}); err != nil {
			t.Errorf("a service of AWS has buckets of its own: %v", err)
		}
	})
}

func TestTagsAreKept(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		out, err := d.CreateRule(t.Context(), &elb.CreateRuleInput{
			ListenerArn: &d.listener, Priority: new(int32(1)), Conditions: []types.RuleCondition{onPath("/")}, Actions: []types.Action{notFound}, Tags: []types.Tag{{Key: new("by"), Value: new("sluice")}},
		})
		d.must(err)
		_, err = d.AddTags(t.Context(), &elb.AddTagsInput{ResourceArns: []string{d.blue}, Tags: []types.Tag{{Key: new("a"), Value: new("b")}}})
		d.must(err)
		tags, err := d.DescribeTags(t.Context(), &elb.DescribeTagsInput{ResourceArns: []string{*out.Rules[0].RuleArn, d.blue}})
		d.must(err)
		if got := tags.TagDescriptions; *got[0].Tags[0].Value != "sluice" || *got[1].Tags[0].Key != "a" {
			t.Errorf("got %+v", got)
		}
	})
}
