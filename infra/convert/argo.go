package convert

import (
	"fmt"

	"sluice/shared/kind"
	"sluice/shared/rollout"
)

const argo = "argoproj.io"

func isRollout(v *value) bool { return isA(v, argo, "Rollout") }

// readRollouts makes a draft of each Rollout (https://argo-rollouts.readthedocs.io/en/stable/features/specification/). Templates of analyses are looked up
// in the same file.
func readRollouts(all []*value, w Wish, found *Result) {
	for _, v := range all {
		if isRollout(v) {
			r := rolled{spec: v.at("spec"), all: all, wish: w, result: found}
			r.read(v)
		}
	}
	found.unnamed(all, func(v *value) bool { return isA(v, argo, "AnalysisTemplate", "ClusterAnalysisTemplate") }, "no Rollout of this file names it")
}

// A rolled is one Rollout.
type rolled struct {
	spec   *value
	all    []*value
	wish   Wish
	result *Result
	draft  Draft
	notes  notes
}

const inKubernetes = "what runs in the pods stays with Kubernetes"

func (r *rolled) read(v *value) {
	name := v.at("metadata", "name").string()
	r.draft = Draft{Service: serviceName(name), From: "Rollout " + name, Line: v.where(), Answers: map[string]string{}}
	v.at("metadata").whole()
	v.at("apiVersion")
	v.at("kind")
	canary, blueGreen := r.spec.at("strategy", "canary"), r.spec.at("strategy", "blueGreen")
	routing := canary.at("trafficRouting")
	if r.draft.Refused = r.taken(routing, blueGreen); r.draft.Refused == nil {
		r.draft.Kind = kind.ALBRuleID
		if r.wish.Kind != "" {
			r.draft.Kind = kind.ID(r.wish.Kind)
		}
		r.outside()
	}
	switch {
	case canary != nil:
		r.canary(canary)
	case blueGreen != nil:
		r.blueGreen(blueGreen)
	default:
		r.draft.Refused = rollout.Because(fmt.Sprintf("line %d: the Rollout has no strategy", v.where()), "write strategy: {canary: ...} or {blueGreen: ...}")
	}
	r.pods()
	r.notes.left(v, "Argo Rollouts")
	r.draft.Notes = r.notes.sorted()
	r.result.Drafts = append(r.result.Drafts, r.draft)
}

// routers are what moves traffic for a Rollout besides load balancers of AWS.
var routers = []string{"istio", "nginx", "smi", "ambassador", "appMesh", "traefik", "apisix", "plugins"}

// taken says why no target of Sluice carries this traffic. Whoever names a kind says that one does.
func (r *rolled) taken(routing, blueGreen *value) *rollout.Rejection {
	alb := routing.at("alb")
	r.balancer(alb)
	if alb != nil || r.wish.Kind != "" {
		for _, name := range routers {
			if v := routing.at(name); v != nil {
				r.notes.lost(v.whole(), "the load balancer in front splits the traffic, and no router in the cluster", "have the router send all that comes to a target group to its own pods")
			}
		}
		return nil
	}
	const remedy = "if an Application Load Balancer stands in front, with a target group for each of two sets of pods, say so: --kind albRule"
	for _, name := range routers {
		if v := routing.at(name); v != nil {
			v.whole()
			return rollout.Because(fmt.Sprintf("line %d: %s splits the traffic inside of the cluster, and Sluice moves what AWS splits", v.where(), name), remedy+"; else keep Argo Rollouts")
		}
	}
	if blueGreen != nil {
		return rollout.Because(fmt.Sprintf("line %d: a Service of Kubernetes is switched from one set of pods to the other, and Sluice moves what AWS splits", blueGreen.where()), remedy+"; else keep Argo Rollouts")
	}
	return rollout.Because(fmt.Sprintf("line %d: the share of traffic is the share of pods, which Kubernetes spreads, and Sluice moves what AWS splits", r.spec.where()), remedy+"; else keep Argo Rollouts")
}

// balancer notes what the Rollout says of the load balancer.
func (r *rolled) balancer(alb *value) {
	if alb == nil {
		return
	}
	if sticky := alb.at("stickinessConfig"); sticky != nil {
		seconds, ok := sticky.at("durationSeconds").number()
		if sticky.at("enabled").yes(false) && ok {
			r.draft.sticks = int(seconds)
			r.notes.kept(sticky.whole(), fmt.Sprintf("target.albRule.stickySeconds is %d", r.draft.sticks))
		} else {
			r.notes.kept(sticky.whole(), "the rule is not sticky")
		}
	}
	for _, name := range []string{"ingress", "ingresses"} {
		if v := alb.at(name); v != nil {
			r.notes.differs(v.whole(), "target.albRule names the rule by its ARN. The AWS Load Balancer Controller would put its own weights back, so Sluice refuses a rule that it owns",
				"make the rule and two target groups outside of Kubernetes, and have a TargetGroupBinding register the pods in each (docs/targets/alb-rule.md)")
		}
	}
	r.notes.gone(alb, "the target groups know their ports", "", "servicePort", "rootService", "annotationPrefix")
}

// outside notes who fills the pools.
func (r *rolled) outside() {
	r.notes = append(r.notes, Note{
		r.spec.where(), "the pods of two revisions", Differs, "two target groups that you fill (blue and green): Sluice moves the rule and starts no pods",
		"have one Deployment for each target group; before a release, bring the new revision up in the one that does not serve, and write its tag sluice:revision",
	})
}

// pods notes what belongs to Kubernetes.
func (r *rolled) pods() {
	r.notes.gone(r.spec, inKubernetes, "put it into the Deployments that fill the two target groups", "replicas", "selector", "template", "workloadRef", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds", "progressDeadlineAbort", "restartAt", "paused")
	r.notes.gone(r.spec, "records of releases are kept, and which of them is seen is no matter of a definition", "", "analysis")
	if v := r.spec.at("rollbackWindow"); v != nil {
		r.notes.differs(v.whole(), "the revert window is a time, and not a number of revisions; after it, sluice undo releases the revision from before with all its steps", "write another revertWindow, if you want one")
	}
}

func (r *rolled) canary(v *value) {
	r.notes.gone(v, inKubernetes, "", "maxSurge", "maxUnavailable", "antiAffinity", "canaryMetadata", "stableMetadata", "dynamicStableScale", "abortScaleDownDelaySeconds", "minPodsPerReplicaSet", "scaleDownDelayRevisionLimit", "replicaProgressThreshold")
	r.notes.gone(v, "target groups stand in for Services", "", "canaryService", "stableService", "pingPong")
	r.delay(v.at("scaleDownDelaySeconds"))
	if most := v.at("trafficRouting", "maxTrafficWeight"); most != nil {
		if n, ok := most.number(); ok && n > 0 && n != 100 {
			r.draft.Refused = rollout.Because(fmt.Sprintf("line %d: weights are parts of %v here, and parts of 100 in Sluice", most.where(), n), "write the weights as percentages, and leave maxTrafficWeight out")
		}
		r.notes.kept(most, "weights are percentages")
	}
	v.at("trafficRouting", "managedRoutes").whole()
	if v.at("steps") == nil {
		r.notes = append(r.notes, Note{v.where(), "canary without steps", Differs, fmt.Sprintf("allAtOnce, with a bake of %s: a rolling update of pods has no weights", leastBake), "write steps, such as {weight: 10, bake: 10m}"})
		r.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: leastBake}}
		r.background(v.at("analysis"))
		return
	}
	c := climb{draft: &r.draft, notes: &r.notes, result: r.result, wish: r.wish}
	for _, step := range v.at("steps").list() {
		r.step(&c, step)
	}
	r.draft.said.Strategy = c.done()
	r.background(v.at("analysis"))
}

// delay is how long the old pods stay, which is as long as anybody can go back to them at once.
func (r *rolled) delay(v *value) {
	switch d, ok := duration(v); {
	case ok && rollout.Duration(d) >= leastBake:
		r.draft.said.RevertWindow = rollout.Duration(d)
		r.notes.differs(v, fmt.Sprintf("revertWindow is %s: so long an alarm brings the old revision back. Nothing scales it down after that", r.draft.said.RevertWindow), "keep the old pods up that long, and scale them down yourself")
	case v != nil:
		r.notes.lost(v, "so short a time is for connections to end, and nobody goes back in it", "keep the old pods up for the revert window, and scale them down yourself")
	}
}

// blueGreen gives the candidate everything at once. What it does before is lost: it needs a listener for testers, which the file does not name.
func (r *rolled) blueGreen(v *value) {
	r.notes.gone(v, "target groups stand in for Services", "", "activeService", "previewService")
	r.notes.gone(v, inKubernetes, "", "previewReplicaCount", "maxUnavailable", "antiAffinity", "activeMetadata", "previewMetadata", "scaleDownDelayRevisionLimit", "abortScaleDownDelaySeconds")
	r.delay(v.at("scaleDownDelaySeconds"))
	c := climb{draft: &r.draft, notes: &r.notes, result: r.result, wish: r.wish}
	promotes, after := v.at("autoPromotionEnabled"), v.at("autoPromotionSeconds")
	if promotes != nil && !promotes.yes(true) {
		c.waits = promotes
		after.whole()
		c.people(rollout.All)
	} else if promotes.whole(); after != nil {
		r.timed(after)
	}
	if pre := v.at("prePromotionAnalysis"); pre != nil {
		r.analysis(pre)
		r.notes.lost(pre.whole(), "nothing is measured of a candidate that has no traffic", "have it answer a request first: strategy: {blueGreen: {test: {request: {path: /health}}, bake: 30m}}, with target.albRule.test (docs/targets/alb-rule.md)")
	}
	bake := leastBake
	post := v.at("postPromotionAnalysis")
	if post != nil {
		took, checked := r.analysis(post)
		bake = max(bake, rollout.Duration(took))
		r.notes.differs(post.whole(), fmt.Sprintf("the bake with all traffic, %s%s", bake, checked), "")
	}
	r.draft.said.Strategy = rollout.Strategy{AllAtOnce: &rollout.AllAtOnce{Bake: bake}}
	r.notes = append(r.notes, Note{v.where(), "blueGreen", Differs, fmt.Sprintf("allAtOnce, with a bake of %s, in which the alarms still bring everything back", bake), "a step before it meets fewer users: canary: {steps: [{weight: 10, bake: 10m}]}"})
}

// timed is a wait that people may end earlier: their silence approves.
func (r *rolled) timed(v *value) {
	d, ok := duration(v)
	if !ok {
		return
	}
	if len(r.wish.Approvers) == 0 {
		r.notes.lost(v, "a release that waits without being watched, and then goes on, is no step", "have people asked, whose silence approves: --approver NAME")
		return
	}
	r.result.asking(&r.draft, &r.notes, v, r.wish, "an approval before 100 %, whose silence approves: Sluice", ask{before: rollout.All, within: rollout.Duration(d), silent: rollout.SilenceApproves})
}
