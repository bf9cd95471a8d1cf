package albrule_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/traffic"
	"sluice/shared/traffic/albrule"
	"sluice/test/sandbox"
	"sluice/test/sandbox/elbv2"
)

// The next update of such a stack may reset the weights: people are told, and the release goes on.
func TestStackThatMayResetTheWeightsIsSpokenOf(t *testing.T) {
	f := newFixture(t)
	wary := albrule.Ports(f.cfg).Inspector.(traffic.Wary)
	if said, err := wary.Caution(t.Context(), f.Target()); said != "" || err != nil {
		t.Errorf("of what no stack has made it says %q, %v", said, err)
	}
	s := sandbox.PartOf[elbv2.Service](f.box)
	s.Made("shop", f.Shop.Target.Blue.TargetGroup, f.Shop.Target.Green.TargetGroup)
	said, err := wary.Caution(t.Context(), f.Target())
	if err != nil || !strings.Contains(said, "(stack shop)") || !strings.Contains(said, "Take the actions out of the template") {
		t.Errorf("it says %q, %v", said, err)
	}
	if why, err := albrule.Ports(f.cfg).Inspector.Inspect(t.Context(), f.Target(), "2", "1"); why != nil || err != nil {
		t.Errorf("the release is refused: %+v, %v", why, err)
	}
}

func TestSlowStartIsSpokenOf(t *testing.T) {
	f := newFixture(t)
	_, err := sandbox.PartOf[elbv2.Service](f.box).ModifyTargetGroupAttributes(t.Context(), &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &f.Shop.Target.Green.TargetGroup, Attributes: []types.TargetGroupAttribute{{Key: aws.String("slow_start.duration_seconds"), Value: aws.String("300")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	said, err := albrule.Ports(f.cfg).Inspector.(traffic.Wary).Caution(t.Context(), f.Target())
	if err != nil || !strings.Contains(said, "slow start of 300 s") || !strings.Contains(said, "Let the first bake be longer") {
		t.Errorf("it says %q, %v", said, err)
	}
}

// A rule for marked requests that Elastic Load Balancing would not take, or nobody would meet, is refused before anything moves.
func TestInspectorRefusesMarksThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, f *fixture, s *elbv2.Service)
		why   string
	}{
		"behind the rule": {func(_ *testing.T, f *fixture, _ *elbv2.Service) { f.Shop.Target.Marked.Priority = 11 }, "it would never be tried"},
		"too many values": {func(t *testing.T, f *fixture, s *elbv2.Service) {
			_, err := s.ModifyRule(t.Context(), &elb.ModifyRuleInput{RuleArn: &f.Shop.Target.Rule, Conditions: []types.RuleCondition{
				{Field: aws.String("path-pattern"), Values: []string{"/a", "/b", "/c"}}, {Field: aws.String("host-header"), Values: []string{"a.example", "b.example"}},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}, "would compare with 6 values"},
		"somebody else's priority": {func(t *testing.T, f *fixture, s *elbv2.Service) {
			_, err := s.CreateRule(t.Context(), &elb.CreateRuleInput{
				ListenerArn: &f.Listener, Priority: aws.Int32(5), Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{"/a"}}},
				Actions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &f.Shop.Target.Green.TargetGroup}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}, "is that of somebody else's rule"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.Shop.Mark()
			if why, err := albrule.Ports(f.cfg).Inspector.Inspect(t.Context(), f.Target(), "2", "1"); why != nil || err != nil {
				t.Fatalf("what can be is refused: %+v, %v", why, err)
			}
			c.spoil(t, f, sandbox.PartOf[elbv2.Service](f.box))
			if why, err := albrule.Ports(f.cfg).Inspector.Inspect(t.Context(), f.Target(), "2", "1"); err != nil || why == nil || !strings.Contains(why.Reason, c.why) || why.Remedy == "" {
				t.Errorf("it answers %+v, %v", why, err)
			}
		})
	}
}

// Each of these would fail, or be undone by somebody else, in the middle of a release.
func TestInspectorRefusesWhatCannotBeReleased(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(t *testing.T, f *fixture, s *elbv2.Service)
		revision  string
		why, what string // what the reason and the remedy say
	}{
		"a revision that stands nowhere": {func(*testing.T, *fixture, *elbv2.Service) {}, "9", "9 stands in no target group", "sluice:revision"},
		"sticky targets": {func(t *testing.T, f *fixture, s *elbv2.Service) {
			_, err := s.ModifyTargetGroupAttributes(t.Context(), &elb.ModifyTargetGroupAttributesInput{
				TargetGroupArn: &f.Shop.Target.Green.TargetGroup, Attributes: []types.TargetGroupAttribute{{Key: aws.String("stickiness.enabled"), Value: aws.String("true")}, {Key: aws.String("stickiness.type"), Value: aws.String("lb_cookie")}},
			})
			if err != nil {
				t.Fatal(err)
			}
		}, "2", "keeps each client at one target", "Key=stickiness.enabled,Value=false"},
		"a rule of an Ingress": {func(t *testing.T, f *fixture, s *elbv2.Service) {
			_, err := s.AddTags(t.Context(), &elb.AddTagsInput{ResourceArns: []string{f.Shop.Target.Rule}, Tags: []types.Tag{{Key: aws.String("ingress.k8s.aws/stack"), Value: aws.String("shop")}}})
			if err != nil {
				t.Fatal(err)
			}
		}, "2", "AWS Load Balancer Controller manages it", "TargetGroupBinding"},
		"stickiness that the definition does not know": {func(t *testing.T, f *fixture, s *elbv2.Service) {
			_, err := s.ModifyRule(t.Context(), &elb.ModifyRuleInput{RuleArn: &f.Shop.Target.Rule, Actions: []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
				TargetGroups:                []types.TargetGroupTuple{{TargetGroupArn: &f.Shop.Target.Blue.TargetGroup, Weight: aws.Int32(1)}},
				TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(true), DurationSeconds: aws.Int32(600)},
			}}}})
			if err != nil {
				t.Fatal(err)
			}
		}, "2", "is sticky for 600 seconds", "stickySeconds: 600"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c.spoil(t, f, sandbox.PartOf[elbv2.Service](f.box))
			got, err := albrule.Ports(f.cfg).Inspector.Inspect(t.Context(), f.Target(), c.revision, "1")
			if err != nil || got == nil || !strings.Contains(got.Reason, c.why) || !strings.Contains(got.Remedy, c.what) {
				t.Errorf("it answers %+v, %v", got, err)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		f := newFixture(t)
		if why, err := albrule.Ports(f.cfg).Inspector.Inspect(t.Context(), f.Target(), "2", "1"); why != nil || err != nil {
			t.Errorf("what can be released is refused: %+v, %v", why, err)
		}
	})
}
