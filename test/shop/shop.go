// Package shop is a load balancer that people release to: a rule over two target groups, with targets that answer which revision they are. Tests,
// stories and the show have the same one.
package shop

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"sluice/shared/kind"
	"sluice/test/sandbox/elbv2"
)

// each is how many targets a pool has.
const each = 2

// A Shop is the load balancer "shop" with its rule for one service.
type Shop struct {
	elb      *elbv2.Service
	Listener string // ARN
	Target   kind.ALBRule
	Service  kind.ECSService // what the shop is, if ECS itself moves its traffic
	rule     string          // ARN

	mu     sync.Mutex
	stands map[string]string // the revision by target group
	breaks map[string]func() bool
	stops  map[string][]func() // what has the targets of a target group refuse connections

	tasks     *tasks // what fills the target groups; or
	instances *instances
	targets   types.TargetTypeEnum // of the target groups
}

// New makes the load balancer, its listener and a rule for all paths, with the target groups <service>-blue and <service>-green. At first blue has the
// revision, and the rule names blue alone.
func New(ctx context.Context, s *elbv2.Service, service, revision string) (*Shop, error) {
	shop, err := open(ctx, s, service)
	if err != nil {
		return nil, err
	}
	for i, arn := range []string{shop.Target.Blue.TargetGroup, shop.Target.Green.TargetGroup} {
		if err := shop.fill(ctx, arn, i); err != nil {
			return nil, err
		}
	}
	if err := shop.Register(ctx, "blue", revision); err != nil {
		return nil, err
	}
	return shop, shop.forward(ctx, types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: &shop.Target.Blue.TargetGroup})
}

// open makes all but the rule.
func open(ctx context.Context, s *elbv2.Service, service string) (*Shop, error) {
	return openFor(ctx, s, service, types.TargetTypeEnumIp)
}

// openFor is open, for targets of another type.
func openFor(ctx context.Context, s *elbv2.Service, service string, targets types.TargetTypeEnum) (*Shop, error) {
	shop := &Shop{elb: s, targets: targets, stands: map[string]string{}, breaks: map[string]func() bool{}, stops: map[string][]func(){}}
	balancer, err := s.CreateLoadBalancer(ctx, &elb.CreateLoadBalancerInput{Name: aws.String("shop")})
	if err != nil {
		return nil, fmt.Errorf("making the load balancer: %w", err)
	}
	listener, err := s.CreateListener(ctx, &elb.CreateListenerInput{
		LoadBalancerArn: balancer.LoadBalancers[0].LoadBalancerArn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404")}}},
	})
	if err != nil {
		return nil, fmt.Errorf("making the listener: %w", err)
	}
	shop.Listener = *listener.Listeners[0].ListenerArn
	for i, p := range []*kind.Pool{&shop.Target.Blue, &shop.Target.Green} {
		if p.TargetGroup, err = shop.group(ctx, service+[]string{"-blue", "-green"}[i]); err != nil {
			return nil, err
		}
	}
	return shop, nil
}

// forward makes the rule for all paths.
func (s *Shop) forward(ctx context.Context, to types.Action) error {
	rule, err := s.elb.CreateRule(ctx, &elb.CreateRuleInput{
		ListenerArn: &s.Listener, Priority: aws.Int32(10), Actions: []types.Action{to},
		Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/*"}}}},
	})
	if err != nil {
		return fmt.Errorf("making the rule: %w", err)
	}
	s.rule = *rule.Rules[0].RuleArn
	s.Target.Rule = s.rule
	return nil
}

func (s *Shop) group(ctx context.Context, name string) (arn string, err error) {
	out, err := s.elb.CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: aws.Int32(8080), TargetType: s.targets,
		HealthCheckIntervalSeconds: aws.Int32(5), HealthCheckTimeoutSeconds: aws.Int32(2), HealthyThresholdCount: aws.Int32(2), HealthCheckPath: aws.String("/health"),
	})
	if err != nil {
		return "", fmt.Errorf("making the target group %s: %w", name, err)
	}
	return *out.TargetGroups[0].TargetGroupArn, nil
}

// fill registers targets that answer for whatever stands in the target group.
func (s *Shop) fill(ctx context.Context, arn string, n int) error {
	in := &elb.RegisterTargetsInput{TargetGroupArn: &arn}
	for i := range each {
		address := fmt.Sprintf("10.0.%d.%d", n, i+1)
		in.Targets = append(in.Targets, types.TargetDescription{Id: &address})
		stop := s.elb.Network().Serve(address+":8080", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, arn) }))
		s.stops[arn] = append(s.stops[arn], stop)
	}
	_, err := s.elb.RegisterTargets(ctx, in)
	return err
}

// answer answers for what stands in a target group.
func (s *Shop) answer(w http.ResponseWriter, r *http.Request, group string) {
	s.mu.Lock()
	revision := s.stands[group]
	s.mu.Unlock()
	s.say(w, r, revision)
}

// say says which revision answers, or fails as that revision does. Health checks do not fail: what they see is seldom what users see.
func (s *Shop) say(w http.ResponseWriter, r *http.Request, revision string) {
	s.mu.Lock()
	broken := s.breaks[revision]
	s.mu.Unlock()
	w.Header().Set("Revision", revision)
	if r.URL.Path != "/health" && broken != nil && broken() {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = fmt.Fprintln(w, revision)
}

// Register has a pool, "blue" or "green", hold a revision from now on, and says so in the tag of its target group.
func (s *Shop) Register(ctx context.Context, pool, revision string) error {
	group := s.named(pool)
	s.mu.Lock()
	s.stands[group] = revision
	s.mu.Unlock()
	_, err := s.elb.AddTags(ctx, &elb.AddTagsInput{ResourceArns: []string{group}, Tags: []types.Tag{{Key: aws.String(kind.PoolTag), Value: &revision}}})
	return err
}

// named is the target group of a pool.
func (s *Shop) named(pool string) string {
	if pool == "green" {
		return s.Target.Green.TargetGroup
	}
	return s.Target.Blue.TargetGroup
}

// Stop has the targets of a pool refuse connections from now on.
func (s *Shop) Stop(pool string) {
	for _, stop := range s.stops[s.named(pool)] {
		stop()
	}
}

// Ask sends a request through the load balancer and tells which revision answered; empty when none did.
func (s *Shop) Ask() (revision string) {
	answer := httptest.NewRecorder()
	s.elb.Handler(s.Listener).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	return answer.Header().Get("Revision")
}

// Stage has the pool that does not serve hold a revision.
func (s *Shop) Stage(ctx context.Context, revision string) error {
	now, err := s.Serves(ctx)
	if err != nil {
		return err
	}
	if now.Blue.Weight == 0 {
		return s.Register(ctx, "blue", revision)
	}
	return s.Register(ctx, "green", revision)
}

// Break has a revision fail each request for which failed answers true.
func (s *Shop) Break(revision string, failed func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.breaks[revision] = failed
}

// Serves reads the rule, as Elastic Load Balancing describes it.
func (s *Shop) Serves(ctx context.Context) (kind.Pools, error) {
	out, err := s.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{s.rule}})
	if err != nil {
		return kind.Pools{}, err
	}
	var p kind.Pools
	if p.Blue.Revision, p.Green.Revision, err = s.holds(ctx); err != nil {
		return p, err
	}
	for _, g := range out.Rules[0].Actions[0].ForwardConfig.TargetGroups {
		if *g.TargetGroupArn == s.Target.Blue.TargetGroup {
			p.Blue.Weight = int(*g.Weight)
		} else {
			p.Green.Weight = int(*g.Weight)
		}
	}
	p.Mark, err = s.marks(ctx)
	return p, err
}

// holds says what stands in the pools.
func (s *Shop) holds(ctx context.Context) (blue, green string, err error) {
	switch {
	case s.tasks != nil:
		return s.tasks.holds(ctx)
	case s.instances != nil:
		return s.instances.holds(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stands[s.Target.Blue.TargetGroup], s.stands[s.Target.Green.TargetGroup], nil
}

// Divide has somebody else give the pools weights.
func (s *Shop) Divide(ctx context.Context, blue, green int) error {
	tuple := func(p kind.Pool, weight int) types.TargetGroupTuple {
		return types.TargetGroupTuple{TargetGroupArn: &p.TargetGroup, Weight: aws.Int32(int32(weight))}
	}
	_, err := s.elb.ModifyRule(ctx, &elb.ModifyRuleInput{RuleArn: &s.rule, Actions: []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{
		TargetGroups: []types.TargetGroupTuple{tuple(s.Target.Blue, blue), tuple(s.Target.Green, green)},
	}}}})
	return err
}
