package elbv2

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// byWeight takes a target group by its share of all weights; "" when all are 0.
func byWeight(tuples []types.TargetGroupTuple, chance float64) string {
	total := 0
	for _, t := range tuples {
		total += int(*t.Weight)
	}
	at := chance * float64(total)
	for _, t := range tuples {
		if weight := float64(*t.Weight); at < weight {
			return *t.TargetGroupArn
		} else {
			at -= weight
		}
	}
	return ""
}

// pool are the targets that get requests: the healthy ones, or all when fewer are healthy than the group wants ("fail open"). That targets whose
// first check is still to come count as unhealthy for this is undocumented.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-health
func (g *group) pool() (pool []*target, open bool) {
	all := g.registered()
	for _, t := range all {
		if t.state == types.TargetHealthStateEnumHealthy {
			pool = append(pool, t)
		}
	}
	fewest, _ := strconv.Atoi(g.attributes[fewestHealthy])
	percent, _ := strconv.Atoi(g.attributes[leastHealthy]) // 0 when off
	if len(all) > 0 && (len(pool) < fewest && len(pool) < len(all) || len(pool)*100 < percent*len(all)) {
		return all, true
	}
	return pool, false
}

// next is the target whose turn it is: each gets its share, and the turns of one are spread among those of the others.
func (g *group) next(pool []*target, now time.Time) *target {
	shares := make([]float64, len(pool))
	for i, t := range pool {
		shares[i] = g.share(t, now)
	}
	if len(pool) > 0 && slices.Max(shares) == 0 { // all begin at this moment
		shares = slices.Repeat([]float64{1}, len(pool))
	}
	var chosen *target
	total := 0.0
	for i, t := range pool {
		total += shares[i]
		t.turns += shares[i]
		if chosen == nil || t.turns > chosen.turns {
			chosen = t
		}
	}
	if chosen != nil {
		chosen.turns -= total
	}
	return chosen
}
