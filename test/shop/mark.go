package shop

import (
	"context"
	"net/http"
	"net/http/httptest"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"sluice/shared/kind"
)

// marksAt is the priority that the shop keeps for the rule for marked requests.
const marksAt = "5"

// Mark has the definition say by what requests are marked.
func (s *Shop) Mark() {
	s.Target.Marked = &kind.ALBMark{Priority: 5, Header: kind.ALBHeader{Name: "X-Canary", Values: []string{"1"}}}
}

// marks says which pool gets marked requests, by the rule at that priority.
func (s *Shop) marks(ctx context.Context) (kind.Mark, error) {
	out, err := s.elb.DescribeRules(ctx, &elb.DescribeRulesInput{ListenerArn: &s.Listener})
	if err != nil {
		return kind.Mark{}, err
	}
	for _, r := range out.Rules {
		if *r.Priority != marksAt || r.Actions[0].ForwardConfig == nil {
			continue
		}
		pool := "blue"
		if *r.Actions[0].ForwardConfig.TargetGroups[0].TargetGroupArn == s.Target.Green.TargetGroup {
			pool = "green"
		}
		return kind.Mark{Pool: pool, By: *r.RuleArn}, nil
	}
	return kind.Mark{}, nil
}

// Unmark has somebody delete the rule for marked requests.
func (s *Shop) Unmark(ctx context.Context) error {
	mark, err := s.marks(ctx)
	if err == nil && mark.By != "" {
		_, err = s.elb.DeleteRule(ctx, &elb.DeleteRuleInput{RuleArn: &mark.By})
	}
	return err
}

// AskMarked sends a marked request through the load balancer and tells which revision answered; empty when none did.
func (s *Shop) AskMarked() (revision string) {
	answer, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	request.Header.Set("X-Canary", "1")
	s.elb.Handler(s.Listener).ServeHTTP(answer, request)
	return answer.Header().Get("Revision")
}
