package kind

import "fmt"

// Pool is what one of the two revisions stands in: a target group, and what fills it. Where nothing is named that fills it, somebody else does.
type Pool struct {
	TargetGroup string           `json:"targetGroup"`           // ARN
	ECS         *ECSPool         `json:"ecs,omitempty"`         // a service of ECS, whose tasks are its targets
	AutoScaling *AutoScalingPool `json:"autoScaling,omitempty"` // an Auto Scaling group, whose instances are
}

// ECSPool is a service of ECS, whose revisions are task definitions.
type ECSPool struct {
	Cluster string `json:"cluster"`
	Service string `json:"service"`
}

// sort is what fills a pool.
func (p Pool) sort() string {
	switch {
	case p.ECS != nil && p.AutoScaling != nil:
		return "both"
	case p.ECS != nil:
		return "ecs"
	case p.AutoScaling != nil:
		return "autoScaling"
	}
	return ""
}

// Services are the services of ECS that fill the pools, blue's first; none when something else fills them.
func (r ALBRule) Services() []ECSPool {
	if r.Blue.ECS == nil || r.Green.ECS == nil {
		return nil
	}
	return []ECSPool{*r.Blue.ECS, *r.Green.ECS}
}

// What becomes of the pool that does not serve, once nobody may come back to what stands in it.
const (
	KeepIdle   = "keep"        // it stays as it is; the default
	ScaleToNil = "scaleToZero" // what fills it is scaled to nothing, until the next release fills it again
)

// Retires implements Retiring.
func (r ALBRule) Retires() bool { return r.WhenIdle == ScaleToNil }

const (
	ecsName  = `^[A-Za-z0-9_-]{1,255}$` // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
	groupARN = `^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]+$`
)

// poolProblems is what is wrong with the pools.
func (r ALBRule) poolProblems() []Problem {
	var found []Problem
	wrong := func(when bool, field, what, remedy string) {
		if when {
			found = append(found, Problem{field, what, remedy})
		}
	}
	for field, pool := range map[string]Pool{"blue": r.Blue, "green": r.Green} {
		wrong(!named(groupARN, pool.TargetGroup), field+".targetGroup", fmt.Sprintf("%.120q is not the ARN of a target group", pool.TargetGroup), "copy it from: aws elbv2 describe-target-groups")
	}
	wrong(r.Blue.TargetGroup != "" && r.Blue.TargetGroup == r.Green.TargetGroup, "green.targetGroup", "it is the target group of blue", "name a second one, for the revision that does not serve")
	wrong(r.Blue.sort() != r.Green.sort(), "green", "it is filled by something else than blue", "have both pools filled by services of ECS, both by Auto Scaling groups, or neither by any")
	wrong(r.Blue.sort() == "both", "blue", "a service of ECS and an Auto Scaling group would fill it", "name one of them")
	for i, s := range r.Services() {
		field := []string{"blue", "green"}[i] + ".ecs."
		wrong(!named(ecsName, s.Cluster), field+"cluster", fmt.Sprintf("%.60q is not the name of a cluster", s.Cluster), "write the name alone, without ARN")
		wrong(!named(ecsName, s.Service), field+"service", fmt.Sprintf("%.60q is not the name of a service", s.Service), "write the name alone, without ARN")
		wrong(i == 1 && s == *r.Blue.ECS, field+"service", "it is the service of blue", "name a second service, for the revision that does not serve")
	}
	wrong(r.WhenIdle != "" && r.WhenIdle != KeepIdle && r.WhenIdle != ScaleToNil, "whenIdle", fmt.Sprintf("%.40q is nothing that can become of a pool", r.WhenIdle), "write keep or scaleToZero")
	wrong(r.Retires() && r.Services() == nil && r.Groups() == nil, "whenIdle", "Sluice does not fill the pools, and cannot scale them", "leave it out, and scale what fills them yourself after the revert window")
	return append(found, r.groupProblems()...)
}

// needsOfPools is what it takes to know what fills the pools, or also whether that may be released to. Task definitions have no resource to name for
// reading (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
func (r ALBRule) needsOfPools(whole bool) []Need {
	all := r.needsOfGroups(whole)
	for _, s := range r.Services() {
		all = append(all, Need{"ReadServices", []string{"ecs:DescribeServices"}, "ecs", s.resource()})
	}
	if whole && r.Services() != nil {
		all = append(all, Need{Sid: "ReadTaskDefinitions", Actions: []string{"ecs:DescribeTaskDefinition"}})
	}
	return all
}

// fills is what it takes to have them run something else.
func (r ALBRule) fills() []Need {
	all := r.fillsGroups()
	for _, s := range r.Services() {
		all = append(all, Need{"FillServices", []string{"ecs:DescribeServices", "ecs:UpdateService"}, "ecs", s.resource()},
			Need{"ReadStoppedTasks", []string{"ecs:ListTasks"}, "ecs", "container-instance/" + s.Cluster + "/*"}, Need{"ReadTasks", []string{"ecs:DescribeTasks"}, "ecs", "task/" + s.Cluster + "/*"})
	}
	return all
}

func (s ECSPool) resource() string { return "service/" + s.Cluster + "/" + s.Service }

// retires is what it takes to scale the pool that does not serve to nothing.
func (r ALBRule) retires() (all []Need) {
	if !r.Retires() {
		return nil
	}
	all = append([]Need{r.reading()}, r.retiresGroups()...)
	for _, s := range r.Services() {
		all = append(all, Need{"RetireServices", []string{"ecs:DescribeServices", "ecs:UpdateService"}, "ecs", s.resource()})
	}
	return all
}
