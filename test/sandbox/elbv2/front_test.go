package elbv2_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// name is a target that answers with its name.
func name(n string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(n)) }
}

// url is where clients in this process find the load balancer.
func (d *desk) url(path string) string {
	d.t.Helper()
	out, err := d.service.DescribeLoadBalancers(d.t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{d.balancer}})
	d.must(err)
	return "http://" + *out.LoadBalancers[0].DNSName + path
}

func (d *desk) client() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Transport: d.network, Jar: jar}
}

// gets sends one request and tells what came back: the answer of a target, or a status.
func (d *desk) gets(c *http.Client, path string, headers ...string) string {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), http.MethodGet, d.url(path), nil)
	d.must(err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.Do(r)
	d.must(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Sprint(response.StatusCode)
	}
	text := make([]byte, 100)
	n, _ := response.Body.Read(text)
	return string(text[:n])
}

// sends sends requests of new clients, evenly over all chances, and counts the answers.
func (d *desk) sends(n int) map[string]int {
	d.t.Helper()
	got := map[string]int{}
	for i := range n {
		d.chance = (float64(i) + 0.5) / float64(n)
		got[d.gets(d.client(), "/")]++
	}
	return got
}

func (d *desk) expects(n int, want map[string]int) {
	d.t.Helper()
	if got := d.sends(n); !maps.Equal(got, want) {
		d.t.Errorf("got %v, want %v", got, want)
	}
}

// pair has one target in each group, under a rule, and lets both become healthy.
func (d *desk) pair(action types.Action) (rule string) {
	d.t.Helper()
	rule = d.rule(action)
	d.serve(d.blue, "10.0.0.1", name("blue"))
	d.serve(d.green, "10.0.0.2", name("green"))
	wait(time.Minute)
	return rule
}

func TestRequestsFollowTheWeights(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.pair(forward(d.blue, 95, d.green, 5))
		d.expects(100, map[string]int{"blue": 95, "green": 5})
		d.must(d.modify(rule, forward(d.blue, 1, d.green, 3))) // of the sum, not of 100
		d.expects(100, map[string]int{"blue": 25, "green": 75})
		d.must(d.modify(rule, forward(d.blue, 1, d.green, 0)))
		d.expects(100, map[string]int{"blue": 100})
		d.must(d.modify(rule, forward(d.blue, 0, d.green, 0)))
		d.expects(10, map[string]int{"503": 10})
	})
}

// The first rule that a request meets decides; the default action takes what is left.
func TestRulesAreTriedByPriority(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.pair(forward(d.blue, 1, d.green, 0))
		add := func(priority int, conditions ...types.RuleCondition) {
			_, err := d.CreateRule(t.Context(), &elb.CreateRuleInput{ListenerArn: &d.listener, Priority: new(int32(priority)), Conditions: conditions, Actions: []types.Action{forward(d.green, 1)}})
			d.must(err)
		}
		add(1, onHeader("X-Try", "candidate"))
		add(2, onHeader("Cookie", "*try=candidate*"))
		add(3, onPath("/new/?*"), types.RuleCondition{Field: new("host-header"), Values: []string{"*.Example.com"}})
		add(4, types.RuleCondition{Field: new("query-string"), QueryStringConfig: &types.QueryStringConditionConfig{Values: []types.QueryStringKeyValuePair{{Key: new("try"), Value: new("1")}}}})
		for _, c := range []struct {
			path    string
			headers []string
			want    string
		}{
			{"/", nil, "blue"},
			{"/", []string{"X-Try", "Candidate"}, "green"},
			{"/", []string{"X-Try", "candidates"}, "blue"},
			{"/", []string{"Cookie", "a=b; try=candidate; c=d"}, "green"},
			{"/?try=1", nil, "green"},
			{"/?try=2", nil, "blue"},
			{"/new/x", nil, "blue"},
		} {
			if got := d.gets(d.client(), c.path, c.headers...); got != c.want {
				t.Errorf("%s %v: %s, want %s", c.path, c.headers, got, c.want)
			}
		}
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url("/new/x"), nil)
		r.Host = "shop.example.com:80"
		response, err := d.network.RoundTrip(r)
		d.must(err)
		text := make([]byte, 5)
		if n, _ := response.Body.Read(text); string(text[:n]) != "green" {
			t.Errorf("path and host: %s", text)
		}
		_, err = d.DeleteRule(t.Context(), &elb.DeleteRuleInput{RuleArn: new(d.first())})
		d.must(err)
		if got := d.gets(d.client(), "/", "X-Try", "candidate"); got != "blue" {
			t.Errorf("after the rule was deleted: %s", got)
		}
	})
}

// first is the rule of the highest priority.
func (d *desk) first() string {
	out, err := d.DescribeRules(d.t.Context(), &elb.DescribeRulesInput{ListenerArn: &d.listener})
	d.must(err)
	return *out.Rules[0].RuleArn
}

// A client that has a cookie stays with its group, even at weight 0, for as long as the action keeps clients.
func TestStickyClientsKeepTheirGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		sticky := func(action types.Action, on bool) types.Action {
			action.ForwardConfig.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: &on, DurationSeconds: new(int32(600))}
			return action
		}
		rule := d.pair(sticky(forward(d.blue, 1, d.green, 1), true))
		early, late := d.client(), d.client()
		d.chance = 0.9
		check := func(c *http.Client, want string) {
			t.Helper()
			if got := d.gets(c, "/"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		check(early, "green")
		wait(5 * time.Minute)
		check(late, "green")
		d.chance = 0.1
		check(early, "green")
		d.must(d.modify(rule, sticky(forward(d.blue, 1, d.green, 0), true)))
		check(early, "green")
		check(d.client(), "blue")
		wait(5 * time.Minute) // early's time is over, and its jar has thrown the cookie away
		check(early, "blue")
		check(late, "green")
		d.must(d.modify(rule, sticky(forward(d.blue, 1, d.green, 0), false)))
		check(late, "blue")
	})
}

func TestCookiesHaveATwinForOtherSites(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		action := forward(d.blue, 1, d.green, 1)
		action.ForwardConfig.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: new(int32(60))}
		d.pair(action)
		d.chance = 0.9
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url("/"), nil)
		response, err := d.network.RoundTrip(r)
		d.must(err)
		cookies := response.Cookies()
		if len(cookies) != 2 || cookies[0].Name != "AWSALBTG" || cookies[1].Name != "AWSALBTGCORS" || cookies[1].SameSite != http.SameSiteNoneMode || !cookies[1].Secure {
			t.Fatalf("cookies %v", cookies)
		}
		d.chance = 0.1
		if got := d.gets(d.client(), "/", "Cookie", cookies[1].String()); got != "green" {
			t.Errorf("with the twin alone: %s", got)
		}
		if got := d.gets(d.client(), "/", "Cookie", "AWSALBTG=bogus"); got != "blue" {
			t.Errorf("with a cookie that nobody can read: %s", got)
		}
	})
}

func TestTargetsOfAGroupTakeTurns(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		for i := range 3 {
			d.serve(d.blue, fmt.Sprint("10.0.0.", i), name(fmt.Sprint(i)))
		}
		wait(time.Minute)
		d.expects(30, map[string]int{"0": 10, "1": 10, "2": 10})
		_, err := d.DeregisterTargets(t.Context(), &elb.DeregisterTargetsInput{TargetGroupArn: &d.blue, Targets: targets([]string{"10.0.0.1"})})
		d.must(err)
		if got := d.sends(30); got["1"] != 0 || got["0"] != 15 {
			t.Errorf("while one drains: %v", got)
		}
		d.must(d.attribute(d.blue, "stickiness.enabled", "true"))
		client := d.client()
		first := d.gets(client, "/")
		for range 5 {
			if got := d.gets(client, "/"); got != first {
				t.Errorf("a client that is kept at %s went to %s", first, got)
			}
		}
	})
}

// While one target is healthy the others get nothing; when none is, all get requests.
func TestTheBalancerFailsOpen(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		sick := func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/health" {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			name("sick")(w, r)
		}
		d.serve(d.blue, "10.0.0.1", sick)
		stop := d.serve(d.blue, "10.0.0.2", name("well"))
		wait(time.Minute)
		d.expects(10, map[string]int{"well": 10})
		stop()
		wait(time.Minute)
		d.expects(10, map[string]int{"sick": 5, "502": 5})
		if got := len(d.values["UnhealthyRoutingRequestCount "+d.dimensions(d.blue)]); got != 10 {
			t.Errorf("%d requests were counted as routed to unhealthy targets", got)
		}
	})
}

// A target that comes to others begins with nothing and gets its whole share after the time that the group gives it.
func TestNewTargetsBeginSlowly(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		d.must(d.attribute(d.blue, "slow_start.duration_seconds", "100"))
		d.serve(d.blue, "10.0.0.1", name("old"))
		wait(11 * time.Second)
		d.serve(d.blue, "10.0.0.2", name("new"))
		wait(10 * time.Second)
		var shares []float64
		for range 5 {
			got := d.sends(100)
			shares = append(shares, float64(got["new"])/100)
			wait(25 * time.Second)
		}
		for i, want := range []float64{0, 0.2, 1. / 3, 3. / 7, 0.5} { // of 0, 1/4, 1/2, 3/4 and 1 beside 1
			if math.Abs(shares[i]-want) > 0.021 {
				t.Errorf("shares %v, want about %v at %d", shares, want, i)
			}
		}
	})
}

// What the load balancer answers by itself is counted for it alone, and a target that refuses connections has requests without answers.
func TestErrorsOfTheBalancerItself(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		var behave http.HandlerFunc = ok
		stop := d.serve(d.blue, "10.0.0.1", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/health" {
				return
			}
			behave(w, r)
		})
		wait(time.Minute)
		empty := d.gets(d.client(), "/") // 200 without a body
		behave = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		cut := d.gets(d.client(), "/")
		behave = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
		own := d.gets(d.client(), "/")
		behave = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		before := time.Now()
		silent := d.gets(d.client(), "/")
		if took := time.Since(before); took != time.Minute {
			t.Errorf("a silent target was given up after %v", took)
		}
		stop()
		refused := d.gets(d.client(), "/")
		_, err := d.DeregisterTargets(t.Context(), &elb.DeregisterTargetsInput{TargetGroupArn: &d.blue, Targets: targets([]string{"10.0.0.1"})})
		d.must(err)
		none := d.gets(d.client(), "/")
		if got := []string{empty, cut, own, silent, refused, none}; strings.Join(got, " ") != " 502 503 504 502 503" {
			t.Errorf("answers %q", got)
		}
		d.counted(d.dimensions(d.blue), map[string]int{"RequestCount": 5, "HTTPCode_Target_2XX_Count": 1, "HTTPCode_Target_5XX_Count": 1, "TargetConnectionErrorCount": 1, "TargetResponseTime": 2})
		_, balancer, _ := strings.Cut(d.balancer, ":loadbalancer/")
		d.counted(fmt.Sprint(map[string]string{"LoadBalancer": balancer}), map[string]int{
			"RequestCount": 5, "HTTPCode_Target_2XX_Count": 1, "HTTPCode_Target_5XX_Count": 1, "TargetConnectionErrorCount": 1, "TargetResponseTime": 2,
			"HTTPCode_ELB_5XX_Count": 4, "HTTPCode_ELB_502_Count": 2, "HTTPCode_ELB_503_Count": 1, "HTTPCode_ELB_504_Count": 1,
		})
	})
}

// counted compares how often something was recorded under dimensions, but for the health of targets. Nothing else was.
func (d *desk) counted(dimensions string, want map[string]int) {
	d.t.Helper()
	got := map[string]int{}
	for key, values := range d.values {
		if metric, dims, _ := strings.Cut(key, " "); dims == dimensions && !strings.HasSuffix(metric, "HostCount") {
			got[metric] = len(values)
		}
	}
	if !maps.Equal(got, want) {
		d.t.Errorf("recorded under %s: %v, want %v", dimensions, got, want)
	}
}

func TestResponseTimeIsTheTargets(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		d.serve(d.blue, "10.0.0.1", func(http.ResponseWriter, *http.Request) { time.Sleep(1500 * time.Millisecond) })
		wait(time.Minute)
		d.gets(d.client(), "/")
		if got := d.values["TargetResponseTime "+d.dimensions(d.blue)]; len(got) != 1 || got[0] != 1.5 {
			t.Errorf("got %v", got)
		}
	})
}

func TestADeletedListenerIsNotReached(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		if got := d.gets(d.client(), "/"); got != "404" {
			t.Errorf("the default action: %s", got)
		}
		url := d.url("/")
		_, err := d.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: &d.balancer})
		d.must(err)
		if response, err := d.client().Get(url); err == nil {
			t.Errorf("got %v", response)
		}
	})
}
