package elbv2_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// switched is a target whose answer a test changes.
type switched struct{ status atomic.Int32 }

func (s *switched) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/health" || r.UserAgent() != "ELB-HealthChecker/2.0" {
		panic("not a health check")
	}
	switch status := s.status.Load(); status {
	case 0:
		<-r.Context().Done()
	default:
		w.WriteHeader(int(status))
	}
}

func (d *desk) serveSwitched(group, ip string) *switched {
	s := &switched{}
	s.status.Store(200)
	d.serve(group, ip, s.ServeHTTP)
	return s
}

// A group is not checked until an action names it, with whatever weight.
func TestTargetsAreCheckedOnceARuleNamesTheirGroup(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		rule := d.rule(forward(d.blue, 1))
		d.serveSwitched(d.green, "10.0.0.1")
		wait(time.Hour)
		d.finds(d.green, "unused Target.NotInUse")
		d.must(d.modify(rule, forward(d.blue, 1, d.green, 0)))
		wait(9 * time.Second)
		d.finds(d.green, "initial Elb.InitialHealthChecking")
		wait(time.Second)
		d.finds(d.green, "healthy")
		d.must(d.modify(rule, forward(d.blue, 1)))
		d.finds(d.green, "unused Target.NotInUse")
	})
}

// The first passed check makes a new target healthy; after that it takes as many in a row as the thresholds say.
func TestHealthFollowsTheThresholds(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.green, 1))
		s := d.serveSwitched(d.green, "10.0.0.1")
		for _, step := range []struct {
			status int32
			state  string // after one more check
		}{
			{200, "healthy"},
			{503, "healthy"},
			{503, "unhealthy Target.ResponseCodeMismatch"},
			{200, "unhealthy Target.ResponseCodeMismatch"},
			{200, "unhealthy Target.ResponseCodeMismatch"},
			{200, "healthy"},
			{503, "healthy"},
			{200, "healthy"},
			{503, "healthy"},
			{503, "unhealthy Target.ResponseCodeMismatch"},
		} {
			s.status.Store(step.status)
			wait(10 * time.Second)
			d.finds(d.green, step.state)
		}
	})
}

func TestReasonsOfFailedChecks(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1, d.green, 1))
		silent := d.serveSwitched(d.blue, "10.0.0.1")
		silent.status.Store(0)
		d.register(d.green, "10.0.0.2") // where nothing listens
		wait(time.Minute)
		d.finds(d.blue, "unhealthy Target.Timeout")
		d.finds(d.green, "unhealthy Target.FailedHealthChecks")
	})
}

// A target that is deregistered drains for as long as the group says, and is gone then.
func TestTargetsDrain(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.green, 1))
		d.must(d.attribute(d.green, "deregistration_delay.timeout_seconds", "60"))
		d.serveSwitched(d.green, "10.0.0.1")
		leave := func() {
			_, err := d.DeregisterTargets(t.Context(), &elb.DeregisterTargetsInput{TargetGroupArn: &d.green, Targets: targets([]string{"10.0.0.1"})})
			d.must(err)
		}
		leave()
		wait(59 * time.Second)
		d.finds(d.green, "draining Target.DeregistrationInProgress")
		d.register(d.green, "10.0.0.1")
		d.finds(d.green, "initial Elb.InitialHealthChecking")
		leave()
		wait(time.Minute)
		if got := d.health(d.green); len(got) != 0 {
			t.Errorf("after the delay: %v", got)
		}
		if got := d.health(d.green, "10.0.0.1")["10.0.0.1"]; got != "unused Target.NotRegistered" {
			t.Errorf("asked by its address: %s", got)
		}
	})
}

// The number of healthy targets is recorded each minute while a rule names the group and it has targets.
func TestHealthIsRecorded(t *testing.T) {
	inBubble(t, func(t *testing.T, d *desk) {
		d.rule(forward(d.blue, 1))
		d.serveSwitched(d.blue, "10.0.0.1")
		d.register(d.blue, "10.0.0.2")
		d.register(d.green, "10.0.0.3")
		wait(3*time.Minute + time.Second)
		dims := d.dimensions(d.blue)
		if healthy, sick := d.values["HealthyHostCount "+dims], d.values["UnHealthyHostCount "+dims]; len(healthy) != 3 || healthy[2] != 1 || len(sick) != 3 || sick[2] != 1 {
			t.Errorf("healthy %v, unhealthy %v", healthy, sick)
		}
		if got := d.values["HealthyHostCount "+d.dimensions(d.green)]; len(got) != 0 {
			t.Errorf("of a group that no rule names: %v", got)
		}
	})
}
