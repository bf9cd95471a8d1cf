package ecs

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// deployment brings one task definition to a service.
type deployment struct {
	id       string
	revision *serviceRevision
	state    types.DeploymentRolloutState
	reason   string
	failed   int // tasks that did not come to run, or whose target was unhealthy
	created  time.Time
	updated  time.Time
}

// deploy begins a deployment, which takes the place of the one that is under way. why is empty unless ECS itself begins it.
func (s *Service) deploy(sv *service, r *serviceRevision, why string) *deployment {
	now := time.Now()
	n, _ := new(big.Int).SetString(s.id(15), 16)
	dep := &deployment{id: fmt.Sprintf("ecs-svc/%019d", n), revision: r, state: types.DeploymentRolloutStateInProgress, created: now}
	if why == "" {
		why = "ECS deployment " + dep.id + " in progress."
	}
	sv.deployments = append([]*deployment{dep}, sv.deployments...)
	sv.steady, sv.impaired, sv.notBefore = time.Time{}, 0, time.Time{}
	s.becomes(sv, dep, types.DeploymentRolloutStateInProgress, why)
	return dep
}

// becomes gives a deployment a state, and tells it.
func (s *Service) becomes(sv *service, dep *deployment, state types.DeploymentRolloutState, why string) {
	dep.state, dep.reason, dep.updated = state, why, time.Now()
	name, kind := "SERVICE_DEPLOYMENT_"+string(state), "INFO"
	if state == types.DeploymentRolloutStateFailed {
		kind = "ERROR"
	}
	s.tellDeployment(sv, kind, name, dep)
}

// finish ends a deployment that has all its tasks and no others.
func (s *Service) finish(sv *service, dep *deployment) {
	sv.deployments = sv.deployments[:1]
	switch d := sv.underway(); {
	case d != nil && d.goesBack():
		d.becomes(types.ServiceDeploymentStatusRollbackSuccessful, d.reason)
	case d != nil:
		sv.serves = dep.revision
		d.becomes(types.ServiceDeploymentStatusSuccessful, "")
		d.alarms.complete()
	}
	s.says(sv, "(deployment %s) deployment completed.", dep.id)
	s.becomes(sv, dep, types.DeploymentRolloutStateCompleted, "ECS deployment "+dep.id+" completed.")
}

// threshold is how many failed tasks end a deployment
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html).
func threshold(desired int) int { return min(200, max(3, (desired+1)/2)) }

// breakCircuit gives up a deployment whose tasks fail too often, if the service has its circuit breaker on. "The deployment circuit breaker can only be
// used for services using the rolling update (ECS) deployment type."
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html
func (s *Service) breakCircuit(sv *service) {
	dep, breaker := sv.primary(), sv.config.DeploymentCircuitBreaker
	if !breaker.Enable || sv.shifting() != nil || dep.state != types.DeploymentRolloutStateInProgress || dep.failed < threshold(sv.desired) {
		return
	}
	s.says(sv, "(deployment %s) deployment failed: tasks failed to start.", dep.id)
	s.becomes(sv, dep, types.DeploymentRolloutStateFailed, "ECS deployment circuit breaker: tasks failed to start.")
	d := sv.underway()
	good := slices.IndexFunc(sv.deployments, func(d *deployment) bool { return d.state == types.DeploymentRolloutStateCompleted })
	if !breaker.Rollback || good < 0 {
		d.becomes(types.ServiceDeploymentStatusStopped, "Deployment circuit breaker: tasks failed to start.")
		return
	}
	back := sv.deployments[good]
	d.becomes(types.ServiceDeploymentStatusRollbackInProgress, "Deployment circuit breaker: tasks failed to start.")
	d.rollback = &types.Rollback{Reason: aws.String(d.reason), ServiceRevisionArn: &back.revision.arn, StartedAt: at(d.updated)}
	s.says(sv, "rolling back to (deployment %s).", back.id)
	s.deploy(sv, back.revision, "ECS deployment circuit breaker: rolling back to deploymentId "+back.id+".")
}

func (sv *service) describedDeployment(dep *deployment) types.Deployment {
	d := types.Deployment{
		Id: &dep.id, Status: aws.String("ACTIVE"), TaskDefinition: dep.revision.definition.TaskDefinitionArn, FailedTasks: int32(dep.failed), LaunchType: sv.launch,
		CreatedAt: aws.Time(dep.created.UTC()), UpdatedAt: aws.Time(dep.updated.UTC()), RolloutState: dep.state, RolloutStateReason: aws.String(dep.reason), ServiceConnectConfiguration: sv.connect,
	}
	if dep == sv.primary() {
		d.Status, d.DesiredCount = aws.String("PRIMARY"), int32(sv.wantedOf(dep))
	}
	for _, t := range sv.tasks {
		switch {
		case t.deployment != dep:
		case running(t):
			d.RunningCount++
		case starting(t):
			d.PendingCount++
		}
	}
	return d
}
