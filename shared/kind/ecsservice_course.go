package kind

import (
	"fmt"
	"time"
)

// Silence implements Telling: what ECS holds for Sluice goes back by itself when Sluice says nothing. A rolling deployment asks nobody.
func (e ECSService) Silence() Silence {
	if e.Shifts() {
		return GoesBack
	}
	return GoesOn
}

// WayBack implements Lingering.
func (e ECSService) WayBack() time.Duration {
	if e.Shifts() {
		return ecsService.Way.During
	}
	return ecsService.Way.After
}

// Caution implements Lingering.
func (e ECSService) Caution() string {
	if e.Shifts() {
		return "that holds within the revert window, until the next release begins; after it the old task definition is deployed anew"
	}
	return "ECS replaces tasks one by one: the candidate's share is that of its tasks, and goes on growing whether Sluice is there or not; give the service an alternate target group (advancedConfiguration) to have it held"
}

// The steps that ECS can go, in hundredths of a percent.
const (
	leastStep   = 300 // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html: "multiples of 0.1 from 3.0 to 100.0"
	leastCanary = 10  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html: "multiples of 0.1 from 0.1 to 100.0"
)

// Climbs implements Climbing. A canary has two increments (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html); all
// other ladders are linear. What the last of several equal steps is when they do not make 100 % is not documented: such a ladder is refused.
func (e ECSService) Climbs(weights []int) *Problem {
	switch {
	case len(weights) == 1:
		return nil
	case !e.Shifts():
		return &Problem{"", "ECS replaces the tasks of " + e.String() + " one by one, and gives the candidate no weight between", "write allAtOnce, or name an alternate target group as loadBalancer.alternate"}
	case len(weights) == 2 && weights[0] >= leastCanary && weights[0]%10 == 0:
		return nil
	case len(weights) == 2:
		return &Problem{"", fmt.Sprintf("ECS cannot give a canary %v %%", float64(weights[0])/100), "write a multiple of 0.1 from 0.1 up"}
	}
	step := weights[0]
	equal := step%10 == 0 && step >= leastStep
	for i, w := range weights {
		equal = equal && w == step*(i+1)
	}
	if !equal {
		return &Problem{"", "ECS goes in one step below 100 %, or in equal steps of at least 3 %", "write weights such as 5 and 100, or 25, 50, 75 and 100"}
	}
	return nil
}

// Blends implements Blended.
func (e ECSService) Blends() (why string) {
	switch {
	case e.Grouped():
		return ""
	case e.Connect != "": // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
		return "Service Connect counts by service, and not by revision"
	case e.LoadBalancer != nil:
		return "the tasks of both revisions are targets of one target group"
	}
	return "ECS counts no requests of a service without load balancer and Service Connect"
}

// Metrics implements Spec: those of the target group in which a revision stands. Where revisions cannot be told apart they are those of the whole service.
func (e ECSService) Metrics(place string) Metrics {
	switch b := e.LoadBalancer; {
	case b == nil && e.Connect == "":
		return Metrics{}
	case b == nil:
		return e.connected()
	case place == PlaceTargetGroup || !e.Grouped():
		return countsOf(e.balancer(), b.TargetGroup)
	case place == PlaceAlternate:
		return countsOf(e.balancer(), b.Alternate)
	case place == PlaceAll || place == "":
		return both(countsOf(e.balancer(), b.TargetGroup), countsOf(e.balancer(), b.Alternate))
	}
	return Metrics{}
}

// connected is what Service Connect counts (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html).
func (e ECSService) connected() Metrics {
	d := map[string]string{"ClusterName": e.Cluster, "ServiceName": e.Service, "DiscoveryName": e.Connect}
	metric := func(name string) Metric { return Metric{Namespace: "AWS/ECS", Name: name, Dimensions: d} }
	return Metrics{Requests: metric("RequestCount"), Errors: metric("HTTPCode_Target_5XX_Count"), Duration: metric("TargetResponseTime")}
}

// Answers implements Answering: as for a rule of a load balancer.
func (e ECSService) Answers() (errors Metric, who string) {
	if e.LoadBalancer == nil {
		return Metric{}, ""
	}
	return ALBRule{Rule: e.LoadBalancer.Rule}.Answers()
}

// balancer is the load balancer as its metrics name it.
func (e ECSService) balancer() string { return ALBRule{Rule: e.LoadBalancer.Rule}.loadBalancer() }
