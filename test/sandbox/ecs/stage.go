package ecs

import (
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The stages of a deployment that shifts traffic
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html).
const (
	reconcile      = types.ServiceDeploymentLifecycleStageReconcileService
	preScaleUp     = types.ServiceDeploymentLifecycleStagePreScaleUp
	scaleUp        = types.ServiceDeploymentLifecycleStageScaleUp
	postScaleUp    = types.ServiceDeploymentLifecycleStagePostScaleUp
	testShift      = types.ServiceDeploymentLifecycleStageTestTrafficShift
	postTest       = types.ServiceDeploymentLifecycleStagePostTestTrafficShift
	preProduction  = types.ServiceDeploymentLifecycleStage(types.DeploymentLifecycleHookStagePreProductionTrafficShift) // the SDK names it for hooks alone
	production     = types.ServiceDeploymentLifecycleStageProductionTrafficShift
	postProduction = types.ServiceDeploymentLifecycleStagePostProductionTrafficShift
	bakeTime       = types.ServiceDeploymentLifecycleStageBakeTime
	cleanUp        = types.ServiceDeploymentLifecycleStageCleanUp
)

var stages = []types.ServiceDeploymentLifecycleStage{reconcile, preScaleUp, scaleUp, postScaleUp, testShift, postTest, preProduction, production, postProduction, bakeTime, cleanUp}

// longestStage is how long a stage may last that is not a PAUSE hook's
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html).
const longestStage = 24 * time.Hour

// firstStage is RECONCILE_SERVICE only when more than one revision is active.
func firstStage(d *serviceDeployment) types.ServiceDeploymentLifecycleStage {
	if len(d.source) > 1 {
		return reconcile
	}
	return preScaleUp
}

// after is the stage that follows: a linear or canary deployment comes back to PRE_PRODUCTION_TRAFFIC_SHIFT before each step.
func (d *serviceDeployment) after() types.ServiceDeploymentLifecycleStage {
	if d.stage == production && d.requested < 100 {
		return preProduction
	}
	return stages[slices.Index(stages, d.stage)+1]
}

// nextWeight is what the target gets by the next step.
func (d *serviceDeployment) nextWeight() float64 {
	switch {
	case d.config.Strategy == types.DeploymentStrategyLinear:
		return min(100, math.Round((d.requested+*d.config.LinearConfiguration.StepPercent)*10)/10)
	case d.config.Strategy == types.DeploymentStrategyCanary && d.requested == 0:
		return *d.config.CanaryConfiguration.CanaryPercent
	}
	return 100
}

// stepBake is how long the target keeps a weight below 100. "This bake time is not applied after reaching 100 percent traffic."
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
func (d *serviceDeployment) stepBake() time.Duration {
	switch {
	case d.requested >= 100:
	case d.config.Strategy == types.DeploymentStrategyLinear:
		return minutes(d.config.LinearConfiguration.StepBakeTimeInMinutes)
	case d.config.Strategy == types.DeploymentStrategyCanary:
		return minutes(d.config.CanaryConfiguration.CanaryBakeTimeInMinutes)
	}
	return 0
}

func minutes(n *int32) time.Duration { return time.Duration(aws.ToInt32(n)) * time.Minute }

// enterStage begins a stage: its hooks, and what the stage asks for.
func (s *Service) enterStage(sv *service, d *serviceDeployment, stage types.ServiceDeploymentLifecycleStage) {
	d.stage, d.since, d.updated = stage, time.Now(), time.Now()
	switch stage {
	case testShift:
		d.test, d.shifted = 100, false
	case production:
		d.requested, d.shifted = d.nextWeight(), false
	}
	s.openHooks(sv, d)
}

// proceed takes a deployment through all stages that are over.
func (s *Service) proceed(sv *service, now time.Time) {
	d := sv.underway()
	if d == nil {
		return
	}
	if d.status == types.ServiceDeploymentStatusPending {
		s.start(sv, d)
	}
	s.watchAlarms(sv, d)
	if !d.shifts() {
		return
	}
	s.expireHooks(sv, d, now)
	for d.finished.IsZero() && !d.goesBack() && s.passed(sv, d, now) && d.allowed() { // traffic moves while a hook of the shift itself is asked
		if d.stage == cleanUp {
			s.succeed(sv, d)
			return
		}
		s.enterStage(sv, d, d.after())
	}
	if stuck := now.Sub(d.since) > longestStage && d.allowed(); stuck && d.finished.IsZero() && !d.goesBack() {
		s.turn(sv, d, "Service deployment rolled back because the lifecycle stage "+string(d.stage)+" took longer than 24 hours.")
	}
	s.goBack(sv, d, now)
}

// passed says whether a stage has done what it is for.
func (s *Service) passed(sv *service, d *serviceDeployment, now time.Time) bool {
	switch d.stage {
	case reconcile: // belief: what was superseded loses its traffic and its tasks first, because the new revision needs its target group
		return s.reconciled(sv, d)
	case scaleUp:
		return sv.isUp(d.tasks)
	case testShift:
		return s.shifted(sv, d, now)
	case production:
		return s.shifted(sv, d, now) && !now.Before(d.there.Add(d.stepBake()))
	case bakeTime:
		return !now.Before(d.since.Add(minutes(d.config.BakeTimeInMinutes)))
	case cleanUp:
		return !sv.has(func(t *task) bool { return t.deployment != d.tasks && t.status != stopped })
	}
	return true
}

// isUp says whether all tasks of a deployment run, and their targets are healthy.
func (sv *service) isUp(dep *deployment) bool {
	well := 0
	for _, t := range sv.wanted() {
		if t.deployment == dep && t.well {
			well++
		}
	}
	return well >= sv.desired
}

func (sv *service) has(which func(*task) bool) bool { return slices.ContainsFunc(sv.tasks, which) }

// succeed ends a deployment whose target is all that is left.
func (s *Service) succeed(sv *service, d *serviceDeployment) {
	sv.serves = d.target
	s.finish(sv, d.tasks)
}

// shifting is the deployment that has two revisions run beside each other. That both stay when an alarm stopped it, and nothing rolls back, is not
// documented.
func (sv *service) shifting() *serviceDeployment {
	if len(sv.history) == 0 {
		return nil
	}
	d := sv.history[len(sv.history)-1]
	if !d.shifts() || !d.finished.IsZero() && d.status != types.ServiceDeploymentStatusStopped {
		return nil
	}
	return d
}

// wantedOf is how many tasks a deployment is to have. While traffic is shifted, both revisions run at full scale.
func (sv *service) wantedOf(dep *deployment) int {
	d := sv.shifting()
	if d == nil {
		if dep == sv.primary() {
			return sv.desired
		}
		return 0
	}
	switch dep.revision {
	case d.target:
		if d.away || slices.Index(stages, d.stage) < slices.Index(stages, scaleUp) {
			return 0
		}
		return sv.desired
	case d.source[0]:
		if d.stage == cleanUp && d.rollback == nil {
			return 0
		}
		return sv.desired
	}
	if d.stage == reconcile && !d.shifted { // it has traffic yet
		return sv.desired
	}
	return 0
}

// untilDue is how long nothing will happen to a deployment by itself, if it waits for a time or for somebody.
func (d *serviceDeployment) untilDue(now time.Time) (wait time.Duration, waits bool) {
	switch {
	case d.goesBack() || !d.shifts() || (d.stage == production || d.stage == testShift) && !d.shifted:
	case !d.allowed():
		return d.nextExpiry().Sub(now), true
	case d.stage == bakeTime:
		return d.since.Add(minutes(d.config.BakeTimeInMinutes)).Sub(now), true
	case d.stage == production && d.shifted:
		return d.there.Add(d.stepBake()).Sub(now), true
	}
	return 0, false
}
