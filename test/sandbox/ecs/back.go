package ecs

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// StopServiceDeployment turns a deployment round that is under way, whether or not it has a circuit breaker. One that is on its way back goes on so.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
func (s *Service) StopServiceDeployment(_ context.Context, in *awsecs.StopServiceDeploymentInput) (*awsecs.StopServiceDeploymentOutput, error) {
	defer s.lock()()
	sv, d := s.serviceDeployment(aws.ToString(in.ServiceDeploymentArn))
	switch {
	case d == nil:
		return nil, unknownDeployment()
	case in.StopType != "" && in.StopType != types.StopServiceDeploymentStopTypeRollback: // "The valid values are ROLLBACK."
		return nil, invalid("The stop type must be ROLLBACK.")
	case !d.finished.IsZero(): // the code is not documented
		return nil, &types.ConflictException{Message: aws.String("The service deployment is in state " + string(d.status) + " and cannot be stopped.")}
	case len(d.source) == 0:
		return nil, &types.ConflictException{Message: aws.String("The service deployment has no service revision to roll back to.")}
	}
	if !d.goesBack() {
		s.turn(sv, d, "Service deployment rolled back because of stop-service-deployment.")
	}
	sv.poke()
	return &awsecs.StopServiceDeploymentOutput{ServiceDeploymentArn: &d.arn}, nil
}

// turn has a deployment go back to its source. There is no stage for the way back (https://github.com/aws/aws-cdk/issues/36764): only hooks of the shifts
// themselves are asked again.
func (s *Service) turn(sv *service, d *serviceDeployment, why string) {
	now := time.Now()
	s.closeHooks(sv, d)
	d.rollback = &types.Rollback{Reason: &why, ServiceRevisionArn: &d.source[0].arn, StartedAt: at(now)}
	d.becomes(types.ServiceDeploymentStatusRollbackRequested, why)
	s.says(sv, "rolling back (deployment %s): %s", d.tasks.id, why)
	if d.shifts() {
		d.requested, d.test, d.shifted, d.since = 0, 0, false, now
		s.askAgain(sv, d)
		return
	}
	s.deploy(sv, d.source[0], "ECS deployment "+d.tasks.id+" rolling back.")
}

// goBack takes a deployment that shifts traffic back: the rule first, then the target's tasks.
func (s *Service) goBack(sv *service, d *serviceDeployment, now time.Time) {
	if !d.goesBack() {
		return
	}
	d.status = types.ServiceDeploymentStatusRollbackInProgress
	if !s.shifted(sv, d, now) {
		return
	}
	d.away = true // its tasks are stopped by the scheduler
	if sv.has(func(t *task) bool { return t.deployment.revision != d.source[0] && t.status != stopped }) || !sv.comesUp(d.source[0]) {
		return
	}
	sv.deployments = slices.DeleteFunc(sv.deployments, func(dep *deployment) bool { return dep.revision != d.source[0] })
	s.says(sv, "(deployment %s) deployment completed.", sv.primary().id)
	d.becomes(types.ServiceDeploymentStatusRollbackSuccessful, d.reason)
}

// comesUp says whether the deployment of a revision has all its tasks.
func (sv *service) comesUp(r *serviceRevision) bool {
	return slices.ContainsFunc(sv.deployments, func(dep *deployment) bool { return dep.revision == r && sv.isUp(dep) })
}

// reconciled takes traffic and tasks from what a newer deployment superseded.
func (s *Service) reconciled(sv *service, d *serviceDeployment) bool {
	if !d.shifted {
		s.setRules(sv, d, 0, 0)
		d.shifted = true
	}
	return !sv.has(func(t *task) bool {
		return t.deployment.revision != d.source[0] && t.deployment.revision != d.target && t.status != stopped
	})
}
