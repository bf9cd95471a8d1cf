package elbv2

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// health is what the health checks have found out about a target
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states).
type health struct {
	state          types.TargetHealthStateEnum
	reason         types.TargetHealthReasonEnum
	words          string
	passed, failed int       // in a row
	since          time.Time // when it became healthy
	neverSlow      bool      // it does not begin slowly when it becomes healthy
	slow           bool      // it began slowly
	stop           context.CancelFunc
}

func (h *health) unwatch() {
	if h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// settle has the targets of the groups that an action names checked, and no others: those are unused.
func (s *Service) settle() {
	named := map[string]bool{}
	for _, b := range s.balancers {
		for arn := range b.groups() {
			named[arn] = true
		}
	}
	for _, g := range s.groups {
		g.used = named[*g.TargetGroupArn]
		for _, t := range g.registered() {
			switch {
			case !g.used:
				t.unwatch()
				t.health = health{state: types.TargetHealthStateEnumUnused, reason: types.TargetHealthReasonEnumNotInUse, words: "Target group is not configured to receive traffic from the load balancer", neverSlow: t.neverSlow}
			case t.stop == nil:
				t.health = health{state: types.TargetHealthStateEnumInitial, reason: types.TargetHealthReasonEnumInitialHealthChecking, words: "Initial health checks in progress", neverSlow: t.neverSlow}
				s.watch(g, t)
			}
		}
	}
}

// watch checks a target each interval. That the first check comes after one interval is undocumented; on AWS it comes within it.
func (s *Service) watch(g *group, t *target) {
	ctx, stop := context.WithCancel(s.o.Context)
	t.stop = stop
	go func() {
		for {
			s.mu.Lock()
			settings := g.TargetGroup
			s.mu.Unlock()
			timer := time.NewTimer(time.Duration(*settings.HealthCheckIntervalSeconds) * time.Second)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
			found := s.probe(ctx, settings, t.TargetDescription)
			s.mu.Lock()
			if ctx.Err() == nil {
				t.heard(found, settings, g.startsSlowly(t))
			}
			s.mu.Unlock()
		}
	}()
}

// finding is what one health check came to: no reason when it passed.
type finding struct {
	reason types.TargetHealthReasonEnum
	words  string
}

// heard takes the result of a check in. A target that is new is healthy after its first passed check; one that was unhealthy after as many as the
// threshold says.
func (h *health) heard(f finding, settings types.TargetGroup, slowly bool) {
	if f.reason == "" {
		h.passed, h.failed = h.passed+1, 0
		isNew := h.state == types.TargetHealthStateEnumInitial
		if h.state != types.TargetHealthStateEnumHealthy && (isNew || h.passed >= int(*settings.HealthyThresholdCount)) {
			*h = health{state: types.TargetHealthStateEnumHealthy, since: time.Now(), slow: slowly, stop: h.stop, passed: h.passed}
		}
		return
	}
	h.passed, h.failed = 0, h.failed+1
	if h.state == types.TargetHealthStateEnumUnhealthy || h.failed >= int(*settings.UnhealthyThresholdCount) {
		h.state, h.reason, h.words, h.slow = types.TargetHealthStateEnumUnhealthy, f.reason, f.words, false
	}
}

// probe makes one health check. Its request counts in no metric.
func (s *Service) probe(ctx context.Context, settings types.TargetGroup, d types.TargetDescription) finding {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(*settings.HealthCheckTimeoutSeconds)*time.Second)
	defer cancel()
	port := *settings.HealthCheckPort
	if port == "traffic-port" {
		port = strconv.Itoa(int(*d.Port))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(*d.Id, port)+*settings.HealthCheckPath, nil)
	if err != nil {
		return finding{types.TargetHealthReasonEnumFailedHealthChecks, "Health checks failed"}
	}
	r.Header.Set("User-Agent", "ELB-HealthChecker/2.0")
	r.Header.Set("Connection", "close")
	response, err := s.o.Network.RoundTrip(r)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return finding{types.TargetHealthReasonEnumTimeout, "Request timed out"}
	case err != nil:
		return finding{types.TargetHealthReasonEnumFailedHealthChecks, "Health checks failed"}
	}
	defer response.Body.Close()
	good, _ := statuses(settings.Matcher)
	if !good(response.StatusCode) {
		return finding{types.TargetHealthReasonEnumResponseCodeMismatch, fmt.Sprintf("Health checks failed with these codes: [%d]", response.StatusCode)}
	}
	return finding{}
}

// statuses reads which statuses pass: "200", "200,202" or "200-299", from 200 to 499
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html).
func statuses(m *types.Matcher) (passes func(status int) bool, err error) {
	type span struct{ from, to int }
	var spans []span
	for part := range strings.SplitSeq(aws.ToString(m.HttpCode), ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		if !isNumber(from, 200, 499) || !isNumber(to, 200, 499) {
			return nil, invalid("Health check matcher HTTP code '%s' must be within '200-499' inclusive", aws.ToString(m.HttpCode))
		}
		low, _ := strconv.Atoi(from)
		high, _ := strconv.Atoi(to)
		spans = append(spans, span{low, high})
	}
	return func(status int) bool {
		for _, s := range spans {
			if status >= s.from && status <= s.to {
				return true
			}
		}
		return false
	}, nil
}

// startsSlowly says whether a target that becomes healthy now begins with a small share. One does when another is healthy that does not begin
// itself (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode).
func (g *group) startsSlowly(t *target) bool {
	if g.seconds(slowStart) == 0 || t.neverSlow {
		return false
	}
	now := time.Now()
	for _, other := range g.registered() {
		if other != t && other.state == types.TargetHealthStateEnumHealthy && g.share(other, now) == 1 {
			return true
		}
	}
	return false
}

// share is how much of its full share a healthy target gets: it grows from nothing to 1 while the target begins slowly.
func (g *group) share(t *target, now time.Time) float64 {
	if !t.slow {
		return 1
	}
	return min(1, max(0, now.Sub(t.since).Seconds()/g.seconds(slowStart).Seconds()))
}

// neverSlow ends the slow start of all targets.
func (g *group) neverSlow() {
	for _, t := range g.targets {
		t.slow = false
	}
}

// count has the number of healthy targets of each used group recorded each minute, from the first registration on.
func (s *Service) count() {
	s.counting.Do(func() {
		go func() {
			for {
				timer := time.NewTimer(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)))
				select {
				case <-s.o.Context.Done():
					timer.Stop()
					return
				case <-timer.C:
					s.recordHealth(time.Now())
				}
			}
		}()
	})
}
