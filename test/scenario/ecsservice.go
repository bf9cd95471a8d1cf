package scenario

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/infra/definition"
	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox"
	"sluice/test/sandbox/ecs"
	"sluice/test/sandbox/elbv2"
	"sluice/test/shop"
)

// OnECS has the target be a service of ECS that ECS itself deploys. It runs two tasks of checkout:1.
type OnECS struct {
	Behind  shop.Behind // empty: two target groups
	Breaker bool        // its circuit breaker is on
}

// ID implements Kind.
func (OnECS) ID() kind.ID { return kind.ECSServiceID }

// Target is the sample's as far as the service has it.
func (s OnECS) Target(service string) string {
	var target rollout.Target
	if err := json.Unmarshal([]byte(definition.Sample(kind.ECSServiceID, service)), &target); err != nil {
		panic(err)
	}
	switch s.Behind {
	case shop.OneGroup:
		target.ECSService.LoadBalancer.Alternate = ""
	case shop.Connect:
		target.ECSService.LoadBalancer, target.ECSService.Connect = nil, service
	}
	text, err := json.Marshal(target)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Make implements Kind.
func (s OnECS) Make(w *World) {
	w.T.Helper()
	s.make(w, func(in *awsecs.CreateServiceInput) {
		if s.Breaker {
			in.DeploymentConfiguration = &types.DeploymentConfiguration{DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true}}
		}
	})
}

func (s OnECS) make(w *World, change func(*awsecs.CreateServiceInput)) {
	w.T.Helper()
	behind := s.Behind
	if behind == "" {
		behind = shop.TwoGroups
	}
	var err error
	w.shop, err = shop.OfService(w.ctx, sandbox.PartOf[elbv2.Service](w.Sandbox), sandbox.PartOf[ecs.Service](w.Sandbox), w.service, behind, change)
	w.must(err)
}

// Serves implements Kind: by the rule, if ECS moves one.
func (s OnECS) Serves(w *World) rollout.Split {
	w.T.Helper()
	if s.Behind != "" && s.Behind != shop.TwoGroups {
		return w.requested()
	}
	share, err := w.shop.Share(w.ctx)
	w.must(err)
	var all []string
	for revision := range share {
		all = append(all, revision)
	}
	slices.Sort(all)
	if len(all) == 1 {
		return rollout.Split{Stable: all[0]}
	}
	return rollout.Split{Stable: all[0], Candidate: all[1], Weight: rollout.Weight(share[all[1]])}
}

// requested is what the last deployment says, of a service without a rule that ECS moves.
func (w *World) requested() rollout.Split {
	last := w.ServiceDeployment()
	to, from := w.runsIn(*last.TargetServiceRevision.Arn), ""
	if len(last.SourceServiceRevisions) > 0 {
		from = w.runsIn(*last.SourceServiceRevisions[0].Arn)
	}
	switch {
	case last.Rollback != nil:
		return rollout.Split{Stable: from}
	case last.TargetServiceRevision.RequestedProductionTrafficWeight == nil || from == "":
		return rollout.Split{Stable: to}
	}
	return rollout.Split{Stable: from, Candidate: to, Weight: rollout.Weight(*last.TargetServiceRevision.RequestedProductionTrafficWeight * 100)}.Plain()
}

// ServiceDeployment is the last that ECS made of the service.
func (w *World) ServiceDeployment() types.ServiceDeployment {
	w.T.Helper()
	tasks := sandbox.PartOf[ecs.Service](w.Sandbox)
	list, err := tasks.ListServiceDeployments(w.ctx, &awsecs.ListServiceDeploymentsInput{Cluster: aws.String("shop"), Service: &w.service})
	w.must(err)
	out, err := tasks.DescribeServiceDeployments(w.ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*list.ServiceDeployments[0].ServiceDeploymentArn}})
	w.must(err)
	return out.ServiceDeployments[0]
}

// Between says between which task definitions a deployment of ECS goes.
func (w *World) Between(deployment string) (from, to string) {
	out, err := sandbox.PartOf[ecs.Service](w.Sandbox).DescribeServiceDeployments(w.ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{deployment}})
	w.must(err)
	d := out.ServiceDeployments[0]
	if len(d.SourceServiceRevisions) > 0 {
		from = w.runsIn(*d.SourceServiceRevisions[0].Arn)
	}
	return from, w.runsIn(*d.TargetServiceRevision.Arn)
}

func (w *World) runsIn(revision string) string {
	out, err := sandbox.PartOf[ecs.Service](w.Sandbox).DescribeServiceRevisions(w.ctx, &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{revision}})
	w.must(err)
	arn := *out.ServiceRevisions[0].TaskDefinition
	return arn[strings.LastIndex(arn, "/")+1:]
}

// Pushed registers a task definition and tells its name.
func (OnECS) Pushed(w *World) (revision string) { return Tasks{}.Pushed(w) }

// Revision is the task definition of a number. Those that are not there yet are registered.
func (OnECS) Revision(w *World, version string) string { return Tasks{}.Revision(w, version) }

// PushedImage pushes an image and registers nothing.
func (OnECS) PushedImage(w *World, n int) (digest string) { return Tasks{}.PushedImage(w, n) }

// Announced has the bus told of an image that was pushed, and returns the release that follows.
func (OnECS) Announced(w *World, digest string) (release string) { return Tasks{}.Announced(w, digest) }

// Breaks has a revision fail each request for which failed answers true. Its health checks pass.
func (OnECS) Breaks(w *World, revision string, failed func() bool) { w.shop.Break(revision, failed) }

// Deploys has somebody else deploy a task definition, as the service is configured.
func (OnECS) Deploys(w *World, revision string) {
	w.T.Helper()
	w.must(w.shop.Deploy(w.ctx, w.service, revision))
}

// DeploysBaking has somebody else deploy a task definition at once to all, which ECS bakes for an hour.
func (OnECS) DeploysBaking(w *World, revision string) {
	w.T.Helper()
	_, err := sandbox.PartOf[ecs.Service](w.Sandbox).UpdateService(w.ctx, &awsecs.UpdateServiceInput{
		Cluster: aws.String("shop"), Service: &w.service, TaskDefinition: &revision,
		DeploymentConfiguration: &types.DeploymentConfiguration{Strategy: types.DeploymentStrategyBlueGreen, BakeTimeInMinutes: aws.Int32(60)},
	})
	w.must(err)
	for range 20 {
		if w.ServiceDeployment().LifecycleStage == types.ServiceDeploymentLifecycleStageBakeTime {
			return
		}
		w.Pass(time.Minute)
	}
	w.T.Fatalf("after twenty minutes ECS is in %s", w.ServiceDeployment().LifecycleStage)
}

// Traffic has clients send requests a minute until the world ends.
func (s OnECS) Traffic(w *World, perMinute int) {
	ask := w.shop.Ask
	if s.Behind == shop.Connect {
		ask = w.shop.AskConnected
	}
	w.steadily(perMinute, func() { ask() })
}

// Answers has clients send requests at once, and counts which revision answered.
func (s OnECS) Answers(w *World, requests int) map[string]int {
	answers := map[string]int{}
	for range requests {
		answers[w.shop.Ask()]++
	}
	return answers
}

// Amends changes how ECS describes the service: as one that somebody else moves, for example.
func (OnECS) Amends(w *World, change func(*types.Service)) {
	sandbox.PartOf[ecs.Service](w.Sandbox).Amend("shop", w.service, change)
}
