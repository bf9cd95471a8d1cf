package faults

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/appconfig"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"sluice/shared/kind"
	"sluice/shared/rollout"
	"sluice/test/sandbox/memory"
	"sluice/test/sandbox/wire"
	"sluice/test/scenario"
)

// observer watches every move of traffic as it takes effect, whether or not the mover hears of it, and checks what must
// hold at that very moment.
type observer struct {
	mu         sync.Mutex
	lease      func(service string) rollout.Lease // as it is now; nil while nothing is watched
	back       map[tenure]bool                    // a rollback has written the traffic back
	inFlight   map[tenure]int                     // forward moves that landed after the fence went up
	violations []string
	divided    map[string]rollout.Split // the last division of each stage
	serves     func() rollout.Split     // reads the target; nil where each call says what it divides
	last       rollout.Split            // that serves read
	goes       func(deployment string) (from, to string)

	lockless bool // a move that lands after a rollback cannot be kept from landing: it comes undone (traffic.Mover)
}

// A tenure is one epoch of one target's lease.
type tenure struct {
	target string
	epoch  int
}

func newObserver(k scenario.Kind) *observer {
	return &observer{lockless: lockless(k), back: map[tenure]bool{}, inFlight: map[tenure]int{}, divided: map[string]rollout.Split{}}
}

// lockless says whether a service takes a move that is based on an old reading.
func lockless(k scenario.Kind) bool {
	switch k := k.(type) {
	case nil:
		return false
	case scenario.InMemory:
		return !k.Locked
	case scenario.Records: // its lock is what serves: a rollback that changes nothing leaves it as it was
		return true
	}
	return !kind.Of(k.ID()).Locks
}

// call is the middleware that watches. It stands inside the injector, next to the effect.
func (o *observer) call(next wire.Handler) wire.Handler {
	return func(ctx context.Context, call *wire.Call) (any, error) {
		out, err := next(ctx, call)
		if err != nil || call.Caller == "" {
			return out, err
		}
		by := scenario.FunctionOf(call.Caller)
		switch in := call.Input.(type) {
		case *apigateway.UpdateStageInput:
			o.stage(by, aws.ToString(in.StageName), out.(*apigateway.UpdateStageOutput))
		case *route53.ChangeResourceRecordSetsInput:
			o.weighed(by, in.ChangeBatch.Changes)
		case *cloudfront.UpdateDistributionInput, *cloudfront.UpdateContinuousDeploymentPolicyInput, *cloudfront.UpdateDistributionWithStagingConfigInput:
			o.changed(by)
		case *cloudformation.ExecuteChangeSetInput, *cloudformation.UpdateStackInput, *cloudformation.CancelUpdateStackInput, *cloudformation.RollbackStackInput, *cloudformation.ContinueUpdateRollbackInput:
			o.changed(by)
		case *appconfig.StartDeploymentInput, *appconfig.StopDeploymentInput:
			o.changed(by)
		case *kvs.PutKeyInput:
			o.put(by, aws.ToString(in.Value))
		case *elb.ModifyRuleInput:
			o.rule(by, in.Actions)
		case *ecs.UpdateServiceInput:
			o.deployed(by, in)
		case *ecs.ContinueServiceDeploymentInput:
			from, to := o.between(in.ServiceDeploymentArn)
			if o.letGo(to) {
				break
			}
			o.moved(by, scenario.Service, rollout.Split{Stable: from, Candidate: to, Weight: 1})
		case *ecs.StopServiceDeploymentInput:
			if o.evicted(by, aws.ToString(in.ServiceDeploymentArn)) {
				break
			}
			from, _ := o.between(in.ServiceDeploymentArn)
			o.moved(by, scenario.Service, rollout.Split{Stable: from})
		case *lambda.UpdateAliasInput:
			o.moved(by, aws.ToString(in.FunctionName), splitOf(in))
		case *memory.WriteInput:
			o.moved(by, aws.ToString(in.Name), rollout.Split{Stable: *in.Serves.Stable, Candidate: aws.ToString(in.Serves.Candidate), Weight: rollout.Weight(aws.ToInt32(in.Serves.Weight))})
		case *memory.StartDeploymentInput:
			o.moved(by, aws.ToString(in.Name), rollout.Split{Stable: aws.ToString(in.Revision)})
		case *memory.AdvanceDeploymentInput:
			next := out.(*memory.AdvanceDeploymentOutput)
			o.moved(by, aws.ToString(in.Name), rollout.Split{Stable: *next.Serves, Candidate: *next.Candidate, Weight: rollout.Weight(*next.Weight)})
		case *memory.StopDeploymentInput:
			if o.evicted(by, aws.ToString(in.Handle)) {
				break
			}
			o.moved(by, aws.ToString(in.Name), rollout.Split{Stable: aws.ToString(in.Stable)})
		}
		return out, err
	}
}

// stage is a change of an API's stage, which is called as its service is. A promotion takes two changes, the second of which divides nothing anew.
func (o *observer) stage(by, service string, out *apigateway.UpdateStageOutput) {
	to := rollout.Split{Stable: aws.ToString(out.DeploymentId)}
	if c := out.CanarySettings; c != nil {
		to.Candidate, to.Weight = aws.ToString(c.DeploymentId), rollout.Percent(c.PercentTraffic)
	}
	o.mu.Lock()
	same := o.divided[service].Same(to)
	o.divided[service] = to
	o.mu.Unlock()
	if !same {
		o.moved(by, service, to.Plain())
	}
}

// weighed is a batch of weighted records, whose name begins with the service's.
func (o *observer) weighed(by string, batch []types.Change) {
	var made []types.ResourceRecordSet
	for _, c := range batch {
		if c.Action == types.ChangeActionCreate {
			made = append(made, *c.ResourceRecordSet)
		}
	}
	service, _, _ := strings.Cut(*made[0].Name, ".")
	to := rollout.Split{Stable: *made[0].SetIdentifier}
	if len(made) == 2 {
		to.Candidate, to.Either = *made[1].SetIdentifier, true
		to.Weight = rollout.Weight(*made[1].Weight * int64(rollout.All) / (*made[0].Weight + *made[1].Weight))
	}
	o.moved(by, service, to)
}

// put is a value of a key value store.
func (o *observer) put(by, value string) {
	to, err := scenario.EdgeSplitOf(value)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.say("%s wrote %q into the key value store", by, value)
		return
	}
	o.moved(by, scenario.Service, to)
}

// weighted is what a rule of the load balancer serves in the stories: blue holds revision 1, and green 2.
func weighted(actions []elbtypes.Action) rollout.Split {
	weights := map[bool]int32{}
	for _, g := range actions[0].ForwardConfig.TargetGroups {
		weights[strings.Contains(aws.ToString(g.TargetGroupArn), "-green/")] = aws.ToInt32(g.Weight)
	}
	share := float64(weights[true]) / float64(weights[true]+weights[false])
	return rollout.Split{Stable: "1", Candidate: "2", Weight: rollout.FromFraction(share)}.Plain()
}

func splitOf(in *lambda.UpdateAliasInput) rollout.Split {
	s := rollout.Split{Stable: aws.ToString(in.FunctionVersion)}
	if in.RoutingConfig != nil {
		for version, weight := range in.RoutingConfig.AdditionalVersionWeights {
			s.Candidate, s.Weight = version, rollout.FromFraction(weight)
		}
	}
	return s
}

// watch begins, or with nil ends.
func (o *observer) watch(lease func(service string) rollout.Lease) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lease = lease
}

// reading has the observer read what the target serves, of which no call alone says it.
func (o *observer) reading(serves func() rollout.Split) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.serves, o.last = serves, serves()
}

// readingOf has the observer read what a kind's calls do not tell.
func (o *observer) readingOf(k scenario.Kind, w *scenario.World) {
	if k == nil {
		return
	}
	switch k.ID() {
	case kind.ECSServiceID:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.goes = w.Between
	case kind.StackID:
		o.reading(func() rollout.Split { return scenario.Stacks{}.Heads(w) })
	case kind.DistributionID, kind.ConfigurationID:
		o.reading(func() rollout.Split { return k.Serves(w) })
	}
	switch k.(type) {
	case scenario.Tasks, scenario.Instances: // which revision a pool holds is read; the pools of External hold what their names say
		o.reading(func() rollout.Split { return k.Serves(w) })
	}
}

// between says between which revisions a deployment of ECS goes.
func (o *observer) between(arn *string) (from, to string) {
	o.mu.Lock()
	goes := o.goes
	o.mu.Unlock()
	return goes(aws.ToString(arn))
}

// deployed is the start of a deployment. Where ECS only fills the pools of a rule, that moves no traffic.
func (o *observer) deployed(by string, in *ecs.UpdateServiceInput) {
	o.mu.Lock()
	ours := o.goes != nil
	o.mu.Unlock()
	if ours {
		o.moved(by, scenario.Service, rollout.Split{Stable: aws.ToString(in.TaskDefinition)})
	}
}

// rule is a change of a rule. Which task definitions its pools hold is read.
func (o *observer) rule(by string, actions []elbtypes.Action) {
	o.mu.Lock()
	reads := o.serves != nil
	o.mu.Unlock()
	if reads {
		o.changed(by)
		return
	}
	o.moved(by, scenario.Service, weighted(actions))
}

// changed is a call after which the target may serve something else. What is only announced is served by nobody.
func (o *observer) changed(by string) {
	o.mu.Lock()
	serves, last := o.serves, o.last
	o.mu.Unlock()
	if serves == nil {
		return
	}
	now := serves()
	if now.Announced || now.Same(last) {
		return
	}
	o.mu.Lock()
	o.last = now
	o.mu.Unlock()
	to := now.Plain()
	to.Either = to.Candidate != "" // of two pools, which is stable is what the lease says
	o.moved(by, "", to)
}

// letGo says whether ECS is told to go on with the deployment of what serves all already: it stops the tasks before, for the next release.
func (o *observer) letGo(brings string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lease != nil && brings == o.lease("").Stable
}

// evicted says whether a stop is admit's, which makes way for its release: that is none of Sluice's own moves, and must not touch one.
func (o *observer) evicted(by, deployment string) bool {
	if !strings.HasPrefix(by, "admit") {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch l := o.lease(""); {
	case l.Phase != rollout.Held:
		o.say("I1: %s had deployment %s taken back while the lease was %s", by, deployment, l.Phase)
	case strings.HasPrefix(l.Tag+" ", deployment+" "):
		o.say("I1: %s had deployment %s taken back, which is Sluice's own", by, deployment)
	}
	return true
}

func (o *observer) moved(by, service string, to rollout.Split) {
	for _, f := range kind.All() {
		by = strings.TrimSuffix(by, f.Suffix)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lease == nil {
		return
	}
	l := o.lease(service)
	now := tenure{l.Target, l.Epoch}
	to = to.From(l.Stable)
	if to.Serves(l.Stable) {
		if by != "shift" && l.Phase == rollout.Held && l.Fence == nil {
			o.say("I1: %s took back the traffic of %s, whose fence is down", by, l.Owner)
		}
		o.back[now] = o.back[now] || l.Fence != nil
		return
	}
	gets := to.Candidate
	if to.Weight == rollout.None {
		gets = to.Stable
	}
	switch {
	case l.Phase != rollout.Held:
		o.say("I1: %s moved traffic to %v while the lease was %s", by, to, l.Phase)
	case gets != l.Candidate:
		o.say("I1: %s moved traffic to version %s, and the lease is held for version %s", by, gets, l.Candidate)
	case o.back[now] && !o.lockless:
		o.say("I3: %s moved traffic to %v after it had been taken back", by, to)
	case l.Fence != nil && o.inFlight[now] > 0:
		o.say("I3: %s moved traffic to %v, the second time after the fence had gone up", by, to)
	case l.Fence != nil:
		o.inFlight[now]++ // one move may have been in flight: ADR 0004
	}
}

func (o *observer) say(format string, args ...any) {
	o.violations = append(o.violations, fmt.Sprintf(format, args...))
}
