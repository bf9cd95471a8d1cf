package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"sluice/test/sandbox/wire"
)

// mostEvents is how many events a service shows (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html).
const mostEvents = 100

// service is one service of a cluster.
type service struct {
	of          *cluster
	name, arn   string
	desired     int
	launch      types.LaunchType
	config      types.DeploymentConfiguration
	grace       time.Duration // in which a task's unhealthy target does not matter
	balancers   []types.LoadBalancer
	networking  *types.NetworkConfiguration
	tags        []types.Tag
	created     time.Time
	connect     *types.ServiceConnectConfiguration
	deployments []*deployment        // the newest first: it is the primary one
	history     []*serviceDeployment // the oldest first
	revisions   []*serviceRevision
	serves      *serviceRevision // of the last deployment that succeeded; nil before the first
	tasks       []*task          // with those that stopped within the hour
	events      []types.ServiceEvent
	wake        chan struct{}
	deleted     bool
	disconnect  []func()         // from Service Connect
	target      *serviceRevision // whose tasks the proxies of Service Connect give percent of the requests
	percent     float64
	turn        float64
	asked       int
	amend       func(*types.Service)

	steady    time.Time // when the service last said so; zero while it is not
	impaired  int       // tasks in a row that did not come to run
	notBefore time.Time // no task is started until then
}

// CreateService makes a service and its first deployment.
func (s *Service) CreateService(_ context.Context, in *awsecs.CreateServiceInput) (*awsecs.CreateServiceOutput, error) {
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	d, err := s.usable(in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	if err := unsupported(in); err != nil {
		return nil, err
	}
	config, err := s.configured(in.DeploymentConfiguration)
	if err != nil {
		return nil, err
	}
	if err := s.checkBalancers(in.LoadBalancers, d); err != nil {
		return nil, err
	}
	if err := fits(config, in.LoadBalancers, in.ServiceConnectConfiguration); err != nil {
		return nil, err
	}
	if err := checkConnect(in.ServiceConnectConfiguration, d); err != nil {
		return nil, err
	}
	name := aws.ToString(in.ServiceName)
	switch {
	case name == "":
		return nil, invalid("Service name cannot be empty.")
	case in.DesiredCount == nil || *in.DesiredCount < 0:
		return nil, invalid("The desired count must be 0 or more.")
	case c.service(&name) != nil:
		return nil, invalid("Creation of service was not idempotent.")
	}
	sv := s.newService(c, in, config)
	c.services = append(c.services, sv)
	s.bring(sv, d)
	s.connectTo(sv)
	go s.run(sv)
	return &awsecs.CreateServiceOutput{Service: sv.described()}, nil
}

func (s *Service) newService(c *cluster, in *awsecs.CreateServiceInput, config types.DeploymentConfiguration) *service {
	launch := in.LaunchType
	if launch == "" {
		launch = types.LaunchTypeEc2
	}
	return &service{
		of: c, name: *in.ServiceName, arn: s.arn("service/" + c.name + "/" + *in.ServiceName), desired: int(*in.DesiredCount), launch: launch, config: config, balancers: in.LoadBalancers,
		grace: time.Duration(aws.ToInt32(in.HealthCheckGracePeriodSeconds)) * time.Second, networking: in.NetworkConfiguration, connect: in.ServiceConnectConfiguration, tags: in.Tags, created: time.Now(), wake: make(chan struct{}, 1),
	}
}

// UpdateService changes a service. Another task definition or ForceNewDeployment begins a deployment; another number of tasks does not.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
func (s *Service) UpdateService(_ context.Context, in *awsecs.UpdateServiceInput) (*awsecs.UpdateServiceOutput, error) {
	defer s.lock()()
	sv, err := s.find(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	if in.LoadBalancers != nil || in.NetworkConfiguration != nil || in.CapacityProviderStrategy != nil || in.ServiceConnectConfiguration != nil || in.ServiceRegistries != nil || in.DeploymentController != nil {
		return nil, wire.NotImplemented("UpdateService of load balancers, networks, capacity providers, controllers or service discovery")
	}
	d := sv.primary().revision.definition
	if in.TaskDefinition != nil {
		if d, err = s.usable(in.TaskDefinition); err != nil {
			return nil, err
		}
		if err := s.checkBalancers(sv.balancers, d); err != nil {
			return nil, err
		}
	}
	config := sv.config
	if in.DeploymentConfiguration != nil {
		if config, err = s.configured(in.DeploymentConfiguration); err != nil {
			return nil, err
		}
		if err := fits(config, sv.balancers, sv.connect); err != nil {
			return nil, err
		}
	}
	if in.DesiredCount != nil && *in.DesiredCount < 0 {
		return nil, invalid("The desired count must be 0 or more.")
	}
	sv.config = config
	if in.HealthCheckGracePeriodSeconds != nil {
		sv.grace = time.Duration(*in.HealthCheckGracePeriodSeconds) * time.Second
	}
	if in.DesiredCount != nil && int(*in.DesiredCount) != sv.desired {
		sv.desired, sv.steady = int(*in.DesiredCount), time.Time{}
	}
	if in.ForceNewDeployment || d != sv.primary().revision.definition {
		s.bring(sv, d)
	}
	sv.poke()
	return &awsecs.UpdateServiceOutput{Service: sv.described()}, nil
}

// DeleteService stops a service's tasks and forgets it. One that wants tasks is refused unless it is forced.
func (s *Service) DeleteService(_ context.Context, in *awsecs.DeleteServiceInput) (*awsecs.DeleteServiceOutput, error) {
	defer s.lock()()
	sv, err := s.find(in.Cluster, in.Service)
	switch {
	case err != nil:
		return nil, err
	case sv.desired > 0 && !aws.ToBool(in.Force):
		return nil, invalid("The service cannot be stopped while it is scaled above 0.")
	}
	sv.desired, sv.deleted = 0, true
	for _, stop := range sv.disconnect {
		stop()
	}
	sv.poke()
	return &awsecs.DeleteServiceOutput{Service: sv.described()}, nil
}

// DescribeServices describes services by name or ARN, at most ten.
func (s *Service) DescribeServices(_ context.Context, in *awsecs.DescribeServicesInput) (*awsecs.DescribeServicesOutput, error) {
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	switch {
	case err != nil:
		return nil, err
	case len(in.Services) == 0:
		return nil, invalid("Services cannot be empty.")
	case len(in.Services) > 10:
		return nil, invalid("Services cannot have more than 10 elements.")
	}
	out := &awsecs.DescribeServicesOutput{}
	for _, name := range in.Services {
		sv := c.service(&name)
		if sv == nil {
			out.Failures = append(out.Failures, missing(s.arn("service/"+c.name+"/"+last(&name))))
			continue
		}
		d := sv.described()
		if slices.Contains(in.Include, types.ServiceFieldTags) {
			d.Tags = sv.tags
		}
		out.Services = append(out.Services, *d)
	}
	return out, nil
}

// ListServices lists the services of a cluster.
func (s *Service) ListServices(_ context.Context, in *awsecs.ListServicesInput) (*awsecs.ListServicesOutput, error) {
	defer s.lock()()
	c, err := s.cluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if in.NextToken != nil || in.MaxResults != nil {
		return nil, wire.NotImplemented("ListServices in pages")
	}
	out := &awsecs.ListServicesOutput{}
	for _, sv := range c.services {
		out.ServiceArns = append(out.ServiceArns, sv.arn)
	}
	return out, nil
}

// Amend changes how a service is described: as one whose traffic ECS or CodeDeploy moves, for example, which do not move any here.
func (s *Service) Amend(cluster, name string, change func(*types.Service)) {
	defer s.lock()()
	if sv, err := s.find(&cluster, &name); err == nil {
		sv.amend = change
	}
}

func (sv *service) described() *types.Service {
	d := types.Service{
		ServiceArn: &sv.arn, ServiceName: &sv.name, ClusterArn: &sv.of.arn, Status: aws.String("ACTIVE"), TaskDefinition: sv.primary().revision.definition.TaskDefinitionArn,
		DesiredCount: int32(sv.desired), RunningCount: sv.count(running), PendingCount: sv.count(starting), LaunchType: sv.launch, LoadBalancers: sv.balancers,
		CreatedAt: aws.Time(sv.created.UTC()), DeploymentConfiguration: new(sv.config), DeploymentController: &types.DeploymentController{Type: types.DeploymentControllerTypeEcs},
		SchedulingStrategy: types.SchedulingStrategyReplica, NetworkConfiguration: sv.networking, Events: slices.Clone(sv.events),
	}
	if sv.grace > 0 {
		d.HealthCheckGracePeriodSeconds = aws.Int32(int32(sv.grace / time.Second))
	}
	if sv.deleted {
		d.Status = aws.String("DRAINING")
	}
	if moving := sv.underway(); moving != nil {
		d.CurrentServiceDeployment = &moving.arn
	}
	for _, p := range sv.deployments {
		d.Deployments = append(d.Deployments, sv.describedDeployment(p))
	}
	if sv.amend != nil {
		sv.amend(&d)
	}
	return &d
}

func (s *Service) find(cluster, name *string) (*service, error) {
	c, err := s.cluster(cluster)
	if err != nil {
		return nil, err
	}
	sv := c.service(name)
	switch {
	case sv == nil:
		return nil, &types.ServiceNotFoundException{Message: aws.String("Service not found.")}
	case sv.deleted:
		return nil, &types.ServiceNotActiveException{Message: aws.String("Service was not ACTIVE.")}
	}
	return sv, nil
}

func (c *cluster) service(name *string) *service {
	if i := slices.IndexFunc(c.services, func(sv *service) bool { return sv.name == last(name) }); i >= 0 {
		return c.services[i]
	}
	return nil
}

func (sv *service) primary() *deployment { return sv.deployments[0] }

// poke has the scheduler look at once.
func (sv *service) poke() {
	select {
	case sv.wake <- struct{}{}:
	default:
	}
}

// says adds to the messages that a service shows, the newest first
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html).
func (s *Service) says(sv *service, format string, args ...any) {
	e := types.ServiceEvent{Id: aws.String(s.id(32)), CreatedAt: aws.Time(time.Now().UTC()), Message: aws.String(fmt.Sprintf("(service %s) ", sv.name) + fmt.Sprintf(format, args...))}
	sv.events = append([]types.ServiceEvent{e}, sv.events[:min(len(sv.events), mostEvents-1)]...)
}
