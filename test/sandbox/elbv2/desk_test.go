package elbv2_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"

	"sluice/test/sandbox/elbv2"
	"sluice/test/sandbox/network"
	"sluice/test/sandbox/wire"
)

var home = wire.Home{Region: "us-east-1", Account: "123456789012"}

// A desk is a load balancer "shop" with a listener, whose default answer is a 404, and the target groups blue and green. Everything is asked of it by
// the SDK, over the protocol.
type desk struct {
	*elb.Client
	t        *testing.T
	service  *elbv2.Service
	network  *network.Network
	chance   float64
	balancer string
	listener string
	blue     string
	green    string

	mu     sync.Mutex
	values map[string][]float64 // recorded, by metric and dimensions
}

func inBubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		test(t, newDesk(ctx, t))
	})
}

func newDesk(ctx context.Context, t *testing.T) *desk {
	d := &desk{t: t, network: network.New(), values: map[string][]float64{}}
	d.service = elbv2.New(elbv2.Options{Home: home, Context: ctx, Network: d.network, Record: d.record, Chance: func() float64 { return d.chance }})
	d.Client = elb.NewFromConfig(aws.Config{
		Region: home.Region, HTTPClient: wire.Client(wire.NewServer(home, d.service.Wire())), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""), BaseEndpoint: aws.String("http://127.0.0.1:4566"),
	})
	d.balancer = d.makeBalancer("shop")
	d.listener = d.makeListener(d.balancer, notFound)
	d.blue, d.green = d.makeGroup("blue"), d.makeGroup("green")
	return d
}

func (d *desk) record(_, name string, dimensions map[string]string, _ string, value float64, _ time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := fmt.Sprint(name, " ", maps.Collect(maps.All(dimensions)))
	d.values[key] = append(d.values[key], value)
}

var notFound = types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("404")}}

func (d *desk) makeBalancer(name string) string {
	d.t.Helper()
	out, err := d.CreateLoadBalancer(d.t.Context(), &elb.CreateLoadBalancerInput{Name: &name})
	d.must(err)
	return *out.LoadBalancers[0].LoadBalancerArn
}

func (d *desk) makeListener(balancer string, action types.Action) string {
	d.t.Helper()
	out, err := d.CreateListener(d.t.Context(), &elb.CreateListenerInput{LoadBalancerArn: &balancer, Port: new(int32(80)), Protocol: types.ProtocolEnumHttp, DefaultActions: []types.Action{action}})
	d.must(err)
	return *out.Listeners[0].ListenerArn
}

func (d *desk) makeGroup(name string) string {
	d.t.Helper()
	out, err := d.CreateTargetGroup(d.t.Context(), &elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: new(int32(8080)), TargetType: types.TargetTypeEnumIp,
		HealthCheckIntervalSeconds: new(int32(10)), HealthyThresholdCount: new(int32(3)), HealthCheckPath: new("/health"),
	})
	d.must(err)
	return *out.TargetGroups[0].TargetGroupArn
}

// forward is an action over groups with weights.
func forward(weights ...any) types.Action {
	config := &types.ForwardActionConfig{}
	for i := 0; i < len(weights); i += 2 {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{TargetGroupArn: new(weights[i].(string)), Weight: new(int32(weights[i+1].(int)))})
	}
	return types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: config}
}

func onPath(pattern string) types.RuleCondition {
	return types.RuleCondition{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{pattern}}}
}

func onHeader(name, pattern string) types.RuleCondition {
	return types.RuleCondition{Field: new("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, Values: []string{pattern}}}
}

func (d *desk) addRule(priority int, condition types.RuleCondition, action types.Action) (*elb.CreateRuleOutput, error) {
	return d.CreateRule(d.t.Context(), &elb.CreateRuleInput{ListenerArn: &d.listener, Priority: new(int32(priority)), Conditions: []types.RuleCondition{condition}, Actions: []types.Action{action}})
}

// rule makes the rule for everything.
func (d *desk) rule(action types.Action) string {
	d.t.Helper()
	out, err := d.addRule(10, onPath("/*"), action)
	d.must(err)
	return *out.Rules[0].RuleArn
}

func (d *desk) modify(rule string, action types.Action) error {
	_, err := d.ModifyRule(d.t.Context(), &elb.ModifyRuleInput{RuleArn: &rule, Actions: []types.Action{action}})
	return err
}

func (d *desk) described(rule string) types.Rule {
	d.t.Helper()
	out, err := d.DescribeRules(d.t.Context(), &elb.DescribeRulesInput{RuleArns: []string{rule}})
	d.must(err)
	return out.Rules[0]
}

// serve has a handler answer at an address of the group's port and registers it.
func (d *desk) serve(group, ip string, h http.HandlerFunc) (stop func()) {
	d.t.Helper()
	stop = d.network.Serve(ip+":8080", h)
	d.register(group, ip)
	return stop
}

func (d *desk) register(group string, ips ...string) {
	d.t.Helper()
	_, err := d.RegisterTargets(d.t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &group, Targets: targets(ips)})
	d.must(err)
}

func targets(ips []string) (all []types.TargetDescription) {
	for _, ip := range ips {
		all = append(all, types.TargetDescription{Id: &ip})
	}
	return all
}

// health is the state of each target of a group, with the reason if there is one.
func (d *desk) health(group string, ips ...string) map[string]string {
	d.t.Helper()
	out, err := d.DescribeTargetHealth(d.t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: &group, Targets: targets(ips)})
	d.must(err)
	states := map[string]string{}
	for _, h := range out.TargetHealthDescriptions {
		states[*h.Target.Id] = string(h.TargetHealth.State)
		if h.TargetHealth.Reason != "" {
			states[*h.Target.Id] += " " + string(h.TargetHealth.Reason)
		}
	}
	return states
}

// finds fails the test unless the group's only target is in a state.
func (d *desk) finds(group, state string) {
	d.t.Helper()
	for ip, got := range d.health(group) {
		if got != state {
			d.t.Errorf("%s: %s, want %s", ip, got, state)
		}
	}
}

func (d *desk) attribute(group, key, value string) error {
	_, err := d.ModifyTargetGroupAttributes(d.t.Context(), &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &group, Attributes: []types.TargetGroupAttribute{{Key: &key, Value: &value}},
	})
	return err
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// refused fails the test unless an error has the code.
func (d *desk) refused(what string, err error, code string) {
	d.t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		d.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// wait lets time pass, until all that happens in it has happened.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

// dimensions are those of a group's metrics, as record keeps them.
func (d *desk) dimensions(group string) string {
	_, balancer, _ := strings.Cut(d.balancer, ":loadbalancer/")
	_, path, _ := strings.Cut(group, ":targetgroup/")
	return fmt.Sprint(map[string]string{"LoadBalancer": balancer, "TargetGroup": "targetgroup/" + path})
}
