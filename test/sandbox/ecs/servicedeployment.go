package ecs

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// historyStays is how long a service deployment can be described
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html).
const historyStays = 90 * 24 * time.Hour

// serviceDeployment is the way of a service from the revisions that it runs to another one.
type serviceDeployment struct {
	arn       string
	config    types.DeploymentConfiguration // as it was when the deployment began
	target    *serviceRevision
	source    []*serviceRevision // the one to go back to first; none for the first deployment of a service
	tasks     *deployment        // the target's
	status    types.ServiceDeploymentStatus
	reason    string
	stage     types.ServiceDeploymentLifecycleStage // empty for ROLLING
	since     time.Time                             // when the stage began
	hooks     []*hook
	requested float64   // percent of production traffic that the target is to have; the rule follows
	test      float64   // and of test traffic
	shifted   bool      // the rules follow what was requested
	there     time.Time // since then
	away      bool      // on the way back: the target's tasks stop
	alarms    monitor
	rollback  *types.Rollback

	created, started, finished, stopped, updated time.Time
}

// shifts says whether ECS moves traffic between two sets of tasks in this deployment, and does not replace tasks one by one.
func (d *serviceDeployment) shifts() bool {
	return d.config.Strategy != types.DeploymentStrategyRolling && len(d.source) > 0
}

func (d *serviceDeployment) becomes(status types.ServiceDeploymentStatus, why string) {
	now := time.Now()
	d.status, d.reason, d.updated = status, why, now
	switch status {
	case types.ServiceDeploymentStatusSuccessful, types.ServiceDeploymentStatusRollbackSuccessful, types.ServiceDeploymentStatusRollbackFailed:
		d.finished = now
	case types.ServiceDeploymentStatusStopped:
		d.stopped, d.finished = now, now
	}
}

// goesBack says whether the deployment is on its way back.
func (d *serviceDeployment) goesBack() bool {
	return d.status == types.ServiceDeploymentStatusRollbackRequested || d.status == types.ServiceDeploymentStatusRollbackInProgress
}

// underway is the service's deployment that has not ended.
func (sv *service) underway() *serviceDeployment {
	if len(sv.history) == 0 || !sv.history[len(sv.history)-1].finished.IsZero() {
		return nil
	}
	return sv.history[len(sv.history)-1]
}

// bring begins a service deployment. One that is under way is stopped for it: its target becomes a further source
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html).
func (s *Service) bring(sv *service, d *definition) {
	next := &serviceDeployment{arn: s.below(sv, "service-deployment"), config: sv.config, status: types.ServiceDeploymentStatusPending, created: time.Now(), updated: time.Now()}
	groups := sv.usualGroups()
	if sv.serves != nil {
		next.source, groups = []*serviceRevision{sv.serves}, sv.serves.groups
		if next.shifts() {
			groups = sv.otherGroups(sv.serves)
		}
	}
	if before := sv.underway(); before != nil {
		if sv.serves != nil && before.target != sv.serves {
			next.source = append(next.source, before.target)
		}
		before.becomes(types.ServiceDeploymentStatusStopRequested, "")
		before.becomes(types.ServiceDeploymentStatusStopped, "Service deployment was replaced by a newer one.")
		s.closeHooks(sv, before)
	}
	next.target = s.newRevision(sv, d, groups)
	next.tasks = s.deploy(sv, next.target, "")
	next.alarms = s.monitors(next.config)
	sv.history = append(slices.DeleteFunc(sv.history, func(d *serviceDeployment) bool { return time.Since(d.created) > historyStays }), next)
}

// start takes a deployment out of PENDING.
func (s *Service) start(sv *service, d *serviceDeployment) {
	d.started = time.Now()
	d.becomes(types.ServiceDeploymentStatusInProgress, "")
	if d.shifts() {
		s.enterStage(sv, d, firstStage(d))
	}
}

// DescribeServiceDeployments describes up to twenty deployments by ARN.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html
func (s *Service) DescribeServiceDeployments(_ context.Context, in *awsecs.DescribeServiceDeploymentsInput) (*awsecs.DescribeServiceDeploymentsOutput, error) {
	defer s.lock()()
	if len(in.ServiceDeploymentArns) == 0 || len(in.ServiceDeploymentArns) > 20 {
		return nil, invalid("serviceDeploymentArns must have 1 to 20 elements.")
	}
	out := &awsecs.DescribeServiceDeploymentsOutput{}
	for _, arn := range in.ServiceDeploymentArns {
		sv, d := s.serviceDeployment(arn)
		if d == nil {
			out.Failures = append(out.Failures, missing(arn))
			continue
		}
		out.ServiceDeployments = append(out.ServiceDeployments, sv.describedServiceDeployment(d))
	}
	return out, nil
}

func (s *Service) serviceDeployment(arn string) (*service, *serviceDeployment) {
	for _, c := range s.clusters {
		for _, sv := range c.services {
			if i := slices.IndexFunc(sv.history, func(d *serviceDeployment) bool { return d.arn == arn }); i >= 0 {
				return sv, sv.history[i]
			}
		}
	}
	return nil, nil
}

// ListServiceDeployments lists a service's deployments, by status and time. That the newest come first is not documented.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
func (s *Service) ListServiceDeployments(_ context.Context, in *awsecs.ListServiceDeploymentsInput) (*awsecs.ListServiceDeploymentsOutput, error) {
	defer s.lock()()
	sv, err := s.find(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	var found []types.ServiceDeploymentBrief
	for _, d := range slices.Backward(sv.history) {
		if len(in.Status) > 0 && !slices.Contains(in.Status, d.status) || !within(in.CreatedAt, d.created) {
			continue
		}
		found = append(found, types.ServiceDeploymentBrief{
			ServiceDeploymentArn: &d.arn, ServiceArn: &sv.arn, ClusterArn: &sv.of.arn, Status: d.status, StatusReason: words(d.reason), TargetServiceRevisionArn: &d.target.arn,
			CreatedAt: at(d.created), StartedAt: at(d.started), FinishedAt: at(d.finished),
		})
	}
	size, from := int(aws.ToInt32(or(in.MaxResults, 20))), 0
	if in.NextToken != nil {
		if from, err = strconv.Atoi(*in.NextToken); err != nil || from < 0 || from > len(found) {
			return nil, invalid("Invalid token.")
		}
	}
	if size < 1 || size > 100 {
		return nil, invalid("maxResults must be between 1 and 100.")
	}
	to := min(len(found), from+size)
	out := &awsecs.ListServiceDeploymentsOutput{ServiceDeployments: found[from:to]}
	if to < len(found) {
		out.NextToken = aws.String(strconv.Itoa(to))
	}
	return out, nil
}

func within(span *types.CreatedAt, created time.Time) bool {
	return span == nil || (span.After == nil || created.After(*span.After)) && (span.Before == nil || created.Before(*span.Before))
}

// words is a text, or nothing.
func words(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (sv *service) describedServiceDeployment(d *serviceDeployment) types.ServiceDeployment {
	out := types.ServiceDeployment{
		ServiceDeploymentArn: &d.arn, ServiceArn: &sv.arn, ClusterArn: &sv.of.arn, Status: d.status, StatusReason: words(d.reason), LifecycleStage: d.stage, DeploymentConfiguration: new(d.config),
		CreatedAt: at(d.created), StartedAt: at(d.started), FinishedAt: at(d.finished), StoppedAt: at(d.stopped), UpdatedAt: at(d.updated), Rollback: d.rollback,
		Alarms: d.alarms.described(), DeploymentCircuitBreaker: sv.describedBreaker(d), LifecycleHookDetails: []types.DeploymentLifecycleHookDetail{},
		TargetServiceRevision: new(sv.summary(d.target, d.requested, d.test)),
	}
	for i, r := range d.source {
		left := 0.0
		if i == 0 {
			left = 100
		}
		out.SourceServiceRevisions = append(out.SourceServiceRevisions, sv.summary(r, max(0, left-d.requested), max(0, left-d.test)))
	}
	if !d.shifts() { // no weights are requested of a rolling deployment
		for i := range out.SourceServiceRevisions {
			out.SourceServiceRevisions[i].RequestedProductionTrafficWeight, out.SourceServiceRevisions[i].RequestedTestTrafficWeight = nil, nil
		}
		out.TargetServiceRevision.RequestedProductionTrafficWeight, out.TargetServiceRevision.RequestedTestTrafficWeight = nil, nil
	}
	for _, h := range d.hooks {
		out.LifecycleHookDetails = append(out.LifecycleHookDetails, h.described())
	}
	return out
}

func (sv *service) summary(r *serviceRevision, production, test float64) types.ServiceRevisionSummary {
	out := types.ServiceRevisionSummary{Arn: &r.arn, RequestedProductionTrafficWeight: &production, RequestedTestTrafficWeight: &test}
	for _, dep := range sv.deployments {
		if dep.revision == r {
			out.RequestedTaskCount += int32(sv.wantedOf(dep))
		}
	}
	for _, t := range sv.tasks {
		switch {
		case t.deployment.revision != r:
		case running(t):
			out.RunningTaskCount++
		case starting(t):
			out.PendingTaskCount++
		}
	}
	return out
}

func (sv *service) describedBreaker(d *serviceDeployment) *types.ServiceDeploymentCircuitBreaker {
	b := &types.ServiceDeploymentCircuitBreaker{Status: types.ServiceDeploymentRollbackMonitorsStatusDisabled, FailureCount: int32(d.tasks.failed), Threshold: int32(threshold(sv.desired))}
	switch on := d.config.DeploymentCircuitBreaker.Enable && !d.shifts(); {
	case on && d.tasks.failed >= threshold(sv.desired):
		b.Status = types.ServiceDeploymentRollbackMonitorsStatusTriggered
	case on && d.finished.IsZero():
		b.Status = types.ServiceDeploymentRollbackMonitorsStatusMonitoring
	case on:
		b.Status = types.ServiceDeploymentRollbackMonitorsStatusMonitoringComplete
	}
	return b
}
