package elbv2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The metrics of https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html. A value is recorded
// when something happens, so there is no data point when nothing did.
const namespace = "AWS/ApplicationELB"

// inBalancer are the dimensions of a load balancer's metrics; inGroup those of one target group behind it.
func (b *balancer) inBalancer() map[string]string {
	return map[string]string{"LoadBalancer": b.path()}
}

func (b *balancer) inGroup(g *group) map[string]string {
	return map[string]string{"LoadBalancer": b.path(), "TargetGroup": g.path()}
}

// recordHealth records how many targets of each group are healthy, where any are registered.
func (s *Service) recordHealth(at time.Time) {
	type counted struct {
		dimensions    map[string]string
		healthy, sick float64
	}
	var all []counted
	s.mu.Lock()
	for _, b := range s.balancers {
		for _, g := range s.groups {
			registered := g.registered()
			if !b.groups()[*g.TargetGroupArn] || len(registered) == 0 {
				continue
			}
			c := counted{dimensions: b.inGroup(g)}
			for _, t := range registered {
				switch t.state {
				case types.TargetHealthStateEnumHealthy:
					c.healthy++
				case types.TargetHealthStateEnumUnhealthy:
					c.sick++
				}
			}
			all = append(all, c)
		}
	}
	s.mu.Unlock()
	for _, c := range all {
		s.o.Record(namespace, "HealthyHostCount", c.dimensions, "Count", c.healthy, at)
		s.o.Record(namespace, "UnHealthyHostCount", c.dimensions, "Count", c.sick, at)
	}
}
